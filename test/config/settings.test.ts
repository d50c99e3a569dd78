// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {parse} from 'yaml';
import {earlySettings, unwritten} from '../../source/config/before-start.ts';
import {dumpSettings, loadSettings, validateFile} from '../../source/config/settings.ts';
import {temporaryDirectory, write} from './directories.ts';

const file = (text: string) => write(join(temporaryDirectory(), 'config.yaml'), text);
const defaults = {
  backend: 'auto',
  autostart: true,
  port: 8822,
  logLevel: 'info',
  detachKey: 'C-b d',
  leaveKey: 'C-]',
  keys: {},
  mouse: true,
  onQuit: 'handover',
  theme: 'auto',
  idleExit: 300,
  allowedHosts: [],
  cors: [],
  approvals: [],
  trustWorktrees: false,
  board: {claimsPerSession: 1, columns: ['backlog', 'todo', 'doing', 'review', 'done']},
  notices: {
    on: ['waiting', 'finished', 'failed', 'limit', 'budget'],
    bell: ['waiting', 'failed', 'limit', 'budget'],
    desktop: 'auto',
    webhooks: [],
  },
  agents: {},
  prices: {},
};

describe('the settings of a home', () => {
  test('have defaults, without a file too', () => {
    assert.deepEqual(loadSettings(join(temporaryDirectory(), 'config.yaml')), {settings: defaults, notices: []});
    assert.deepEqual(loadSettings(file('theme: light\nidleExit: 5\n')).settings, {
      ...defaults,
      theme: 'light',
      idleExit: 5,
    });
  });

  test('where nothing is written, commands know the same without reading it', async () => {
    const read = await earlySettings(file('logLevel: info\n'));
    for (const [key, value] of Object.entries(unwritten)) {
      const checked = read[key as keyof typeof read];
      assert.deepEqual(key === 'board' ? {columns: read.board.columns} : checked, value, key);
    }
    assert.deepEqual(await earlySettings(join(temporaryDirectory(), 'config.yaml')), unwritten);
    assert.equal((await earlySettings(file('backend: pty\n'))).backend, 'pty');
    await assert.rejects(earlySettings(file('backend: 5\n')), {code: 'config.invalid'});
  });

  test('take other keys for the cockpit: one, several, none', () => {
    const keys = (text: string) => loadSettings(file(`keys: ${text}\n`)).settings.keys;
    assert.deepEqual(keys('{send: ".", zoom: [Z, ctrl+g], quit: []}'), {send: '.', zoom: ['Z', 'ctrl+g'], quit: []});
    assert.throws(() => keys('{send: 5}'), {code: 'config.invalid'});
    assert.throws(() => keys('{send: ""}'), {code: 'config.invalid'});
  });

  test('take further columns of the board, and refuse what is no short word', () => {
    const columns = (text: string) => loadSettings(file(`board:\n  columns: ${text}\n`)).settings.board.columns;
    assert.deepEqual(columns('[qa]'), ['backlog', 'todo', 'doing', 'review', 'qa', 'done']);
    assert.deepEqual(columns('[]'), ['backlog', 'todo', 'doing', 'review', 'done']);
    for (const wrong of ['[In Test]', '[""]', '[qa, qa]', '[a, b, c, d, e, f, g, h]', 'qa']) {
      assert.throws(() => columns(wrong), {code: 'config.invalid'}, wrong);
    }
  });

  test('say what people are told of, per channel', () => {
    const notices = (text: string) => loadSettings(file(`notices: ${text}\n`)).settings.notices;
    assert.deepEqual(notices('{bell: true, on: [failed]}').bell, ['failed']);
    assert.deepEqual(notices('{bell: false}').bell, []);
    assert.deepEqual(notices('{webhooks: [{url: "https://a.example/x"}], on: [limit]}').webhooks, [
      {url: 'https://a.example/x', secret: null, on: ['limit']},
    ]);
    const named = notices('{webhooks: [{url: "${HOOK}", secret: "${S}", on: []}]}');
    assert.deepEqual(named.webhooks, [{url: '${HOOK}', secret: '${S}', on: []}]);
    for (const wrong of [
      '{webhooks: [{url: "ftp://a.example"}]}',
      '{webhooks: [{url: "https://u:p@a.example"}]}',
      '{webhooks: [{url: a.example}]}',
      '{on: [everything]}',
      '{desktop: growl}',
    ]) {
      assert.throws(() => notices(wrong), {code: 'config.invalid'}, wrong);
    }
  });

  test('show of a webhook neither path nor secret', () => {
    const hooks = [
      '{url: "https://hooks.example/T0/B0/top", secret: geheim-1234567}',
      '{url: "https://hooks.example/${PART}/top", secret: "${S}"}',
      '{url: "${HOOK}", secret: kurz}',
      '{url: "https://hooks.example"}',
    ];
    const {settings} = loadSettings(file(`notices:\n  webhooks: [${hooks.join(', ')}]\n`));
    const shown = parse(dumpSettings(settings)) as {notices: {webhooks: {url: string; secret: string | null}[]}};
    assert.deepEqual(
      shown.notices.webhooks.map(({url, secret}) => [url, secret]),
      [
        ['https://hooks.example/***', 'geh…'],
        ['https://hooks.example/***', '${S}'],
        ['${HOOK}', '***'],
        ['https://hooks.example', null],
      ],
    );
  });

  for (const keys of ['C-b d', 'C-]', 'C-\\\\', 'M-x', 'F12', 'C-a C-a', 'C-Space', 'Escape', 'q']) {
    test(`accept ${keys} as keys`, () => {
      assert.equal(loadSettings(file(`detachKey: "${keys}"`)).settings.detachKey, keys.replace('\\\\', '\\'));
    });
  }

  for (const [text, line, why] of [
    ['theme: dark\nbackend: screen\n', 2, /backend: expected one of "auto"\|"tmux"\|"pty"/],
    ['autostart: maybe\n', 1, /autostart: expected boolean, received string/],
    ['detachKey: Ctrl+b\n', 1, /detachKey: expected one to three keys/],
    ['detachKey: ""\n', 1, /expected one to three keys/],
    ['leaveKey: a b c d\n', 1, /expected one to three keys/],
    ['idleExit: -1\n', 1, /idleExit: Too small/],
    ['allowedHosts: ["a b"]\n', 1, /allowedHosts\.0: expected a name or address without a port/],
    ['allowedHosts: ["box:8822"]\n', 1, /allowedHosts\.0/],
    ['cors: ["*"]\n', 1, /cors\.0: expected an origin/],
    ['cors: ["https://a.example/"]\n', 1, /cors\.0: expected an origin/],
    ['agents:\n  a:\n    quiet: x\n', 3, /agents\.a\.quiet/],
    ['prices:\n  mine:\n    input: -1\n    output: 2\n', 3, /prices\.mine\.input/],
  ] as [string, number, RegExp][]) {
    test(`refuse ${JSON.stringify(text)}`, () => {
      const where = file(text);
      assert.throws(() => loadSettings(where), {code: 'config.invalid'});
      const {problems} = validateFile(where, 'home');
      assert.equal(problems.length, 1);
      assert.equal(problems[0]!.line, line);
      assert.match(problems[0]!.why, why);
    });
  }

  test('are validated to the last problem, by kind of file', () => {
    const where = file('backend: x\nautostart: y\n');
    assert.deepEqual(
      validateFile(where, 'home').problems.map(({line}) => line),
      [1, 2],
    );
    const project = validateFile(where, 'project');
    assert.deepEqual([project.problems.length, project.notices.length], [2, 0]);
  });

  test('are shown with their defaults and without secrets', () => {
    const {settings} = loadSettings(
      file(
        'agents:\n  a:\n    command: x\n    environment:\n      API_KEY: sk-1234567890abc\n      T_TOKEN: ${T}\n      LANG: C\n',
      ),
    );
    const shown = dumpSettings(settings);
    assert.deepEqual(parse(shown), {
      ...defaults,
      agents: {a: {command: 'x', environment: {API_KEY: 'sk-…', T_TOKEN: '${T}', LANG: 'C'}}},
    });
    assert.equal(settings.agents['a']?.environment?.['API_KEY'], 'sk-1234567890abc');
  });
});
