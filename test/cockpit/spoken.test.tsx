import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {spokenChanges, spokenSessions} from '../../source/cockpit/panes/spoken.ts';
import {openCockpit} from './open-cockpit.tsx';
import {sceneSessions} from './scene.ts';
import {CockpitTerminal} from './terminal.ts';

before(() => {
  process.env['INK_SCREEN_READER'] = 'true';
});
after(() => {
  delete process.env['INK_SCREEN_READER'];
});

const DRAWN = /[\u2500-\u25ff▶◆○✗✓■◌⏎⚡]/;

test('a screen reader hears a line for each session, its state as a word, and nothing that is drawn', async () => {
  using cockpit = openCockpit({cols: 49});
  await cockpit.see(/payments/);
  assert.deepEqual(cockpit.frame().split('\n'), [
    'amux, 2 need you, 1 failed, 2 working, 1 starting, 2 idle, 1 stopped, hosted.',
    'Screens: 1 Fleet (open), 2 Board, 3 Approvals, 4 Tokens, 5 Events.',
    '> payments, needs you: permission, Bash: rm -rf dist, claude opus, feature/refunds, 4 changed files, 1 queued, since 14:29',
    '  docs, needs you: question, Which colour? Red · Blue, gemini, docs/api, since 14:30',
    '  batch, failed, exit 1, Error: quota exceeded, opencode, fix/批量导入, since 13:30',
    '  api, working, Running 214 tests…, claude opus, feature/auth, 3 queued, since 14:25',
    '  web, working, Reading src/app.tsx, claude sonnet, feature/cart, 1 queued, yolo, since 14:30',
    '  mobile, starting: unknown, Do you trust the files here, claude haiku, fix/scroll, since 14:31',
    '  infra, idle, PR #247 is ready, claude sonnet, chore/ci, since 14:22',
    '  search, idle, 索引已重建 ✅ 12,400 条, codex, spike/vectors, since 13:08',
    '  notes, stopped, ada@box:~/work/notes$, shell, since 13:32',
    'Keys: space send, i type, enter attach, tab next, n new, s stop, f fork, z zoom, V tiles, d diff, m mark, * mark all, r restart, [ scrollback, w needs me, M model, / filter, C compact, # tag, : command, ? help, q leave.',
  ]);
});

test('the screens are told with the keys that count', async () => {
  using cockpit = openCockpit({cols: 49, keys: {tokens: 'alt+t', board: '='}});
  await cockpit.see(/Screens: 1 Fleet \(open\), = Board, 3 Approvals, alt\+t Tokens, 5 Events\./);
});

test('what changes is said last, and time alone says nothing', async () => {
  using cockpit = openCockpit({cols: 49});
  await cockpit.see(/payments/);
  const before = cockpit.frame();
  cockpit.pass(120_000);
  await cockpit.see(/payments/);
  assert.equal(cockpit.frame(), before);
  cockpit.fleet.set('api', {activity: 'finished'});
  await cockpit.see(/\napi finished$/);
  cockpit.fleet.set('api', {activity: 'waiting', waitingFor: {kind: 'question', detail: 'Go on?'}});
  await cockpit.see(/\napi needs you: question$/);
  cockpit.press('t');
  await cockpit.see(/\napi needs you: question\ntheme high-contrast; /);
});

test('dialogs, text fields and other screens are plain lines as well', async () => {
  using cockpit = openCockpit({cols: 49});
  await cockpit.see(/payments/);
  for (const [keys, seen] of [
    [
      '?',
      /\nKeys .*\n> +type to search; .*\n> space +send text to the session, or to all marked ones\n *i +typing mode/,
    ],
    ['\x1b', /> payments/],
    ['j', /> docs/],
    ['j', /> batch/],
    ['j', /> api/],
    ['s', /\nStop api\?/],
    ['n', /> api/],
    [' ', /> api >$/],
    ['hello', /> api > hello$/],
    ['\x1b', /Keys: space send/],
    ['2', /2 Board \(open\)/],
    ['5', /5 Events \(open\)/],
    ['1', /> api/],
    ['z', /api , claude opus.*\n✻ Running 214 tests/],
  ] as const) {
    cockpit.press(keys);
    await cockpit.see(seen);
    assert.doesNotMatch(cockpit.frame().replaceAll(/✻|❯|⎿|●/g, ''), DRAWN, keys);
    for (const line of cockpit.frame().split('\n')) assert.equal(line.trimEnd(), line);
  }
});

test('states that change, come and go are told in one sentence', () => {
  const [api, web, payments] = sceneSessions();
  assert.equal(spokenChanges([api!, web!], [{...api!, preview: 'more'}, web!]), '');
  const ended = {...api!, status: 'failed' as const, exit: {code: 3, signal: null, at: 0}};
  assert.equal(
    spokenChanges([api!, web!], [ended, payments!]),
    'api failed, exit 3; payments is new, needs you: permission; web is gone',
  );
});

test('a fleet that is too long is told around the selected one, with how many are left out', () => {
  const sessions = Array.from({length: 40}, (_, i) => ({...sceneSessions()[0]!, id: `id-${i}`, name: `s${i}`}));
  const lines = spokenSessions({sessions, selected: 'id-20', marks: ['id-20'], rows: 5});
  assert.deepEqual(
    lines.map(line => line.slice(0, 16).replace(/, w.*/, '')),
    ['  s18', '  s19', '> marked, s20', '  s21', '  s22', '  35 more'],
  );
});

test('in a real terminal nothing but text and its erasing is written', async () => {
  await using terminal = new CockpitTerminal({cols: 100, rows: 30, env: {INK_SCREEN_READER: 'true'}});
  await terminal.expectRow(/^> payments, needs you: permission/);
  terminal.press('j');
  await terminal.expectRow(/^> docs, needs you: question/);
  assert.doesNotMatch(terminal.output, /\x1b\[[\d;]*m/);
  assert.doesNotMatch(terminal.rows().join('\n'), DRAWN);
  terminal.press('q');
  await terminal.expectRow(/^END quit/);
});
