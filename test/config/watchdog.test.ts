import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {validateFile} from '../../source/config/settings.ts';
import {defaultWatch} from '../../source/domain/watch.ts';
import {watchFiles} from '../../source/supervisor/watch-settings.ts';
import {temporaryDirectory, write} from './directories.ts';

/** A home and a project, what holds in it, and a clock that makes every look a new one. */
function files(said: {home?: string; project?: string} = {}) {
  const root = temporaryDirectory();
  const dir = join(root, 'shop');
  const config = join(root, 'home', 'config.yaml');
  const project = join(dir, '.amux', 'config.yaml');
  mkdirSync(join(dir, '.git'), {recursive: true});
  write(config, said.home ?? '');
  if (said.project !== undefined) write(project, said.project);
  const notes: string[] = [];
  let at = 0;
  const now = () => {
    at += 10_000;
    return at;
  };
  const {of} = watchFiles({config, home: join(root, 'home'), now, note: why => notes.push(why)});
  return {config, project, notes, here: () => of({dir}), fleet: () => of(null)};
}

describe('what is said of the watchdog', () => {
  test('is the default where nobody says anything', () => {
    assert.deepEqual(files().here(), defaultWatch);
    assert.deepEqual(files({home: 'watchdog:\n', project: 'watchdog: {crash: }\n'}).here(), defaultWatch);
  });

  test('may be one word for all rules, or for one', () => {
    const {modes} = files({home: 'watchdog: report\n'}).here();
    assert.deepEqual([...new Set(Object.values(modes))], ['report']);
    const {modes: own} = files({home: 'watchdog: {default: report, stuck: off, crash: {mode: on}}\n'}).here();
    assert.deepEqual([own.stuck, own.crash, own.limit], ['off', 'on', 'report']);
  });

  test('has amounts as people write them', () => {
    const {stuck, envelope} = files({
      home: 'watchdog:\n  stuck: {after: 90s, interrupt: true}\n  envelope: {memory: 1.5GB, cpu: 200%, processes: 50}\n',
    }).here();
    assert.deepEqual(stuck, {after: 90_000, interrupt: true});
    assert.deepEqual(envelope, {...defaultWatch.envelope, memory: 1.5 * 1024 ** 3, cpu: 200, processes: 50});
  });

  test('a project says it over the home, for itself alone, key by key', () => {
    const {here, fleet} = files({
      home: 'watchdog: {default: report, stuck: {after: 1h}, envelope: {memory: 4GB, cpu: 100%}}\n',
      project: 'watchdog: {stuck: {mode: on, interrupt: true}, envelope: {memory: none}}\n',
    });
    assert.deepEqual([here().modes.stuck, here().modes.crash], ['on', 'report']);
    assert.deepEqual(here().stuck, {after: 3_600_000, interrupt: true});
    assert.deepEqual([here().envelope.memory, here().envelope.cpu], [null, 100]);
    assert.deepEqual([fleet().stuck.interrupt, fleet().envelope.memory], [false, 4 * 1024 ** 3]);
  });

  test('holds as the files stand; one that is broken changes nothing and is told once', () => {
    const {here, config, project, notes} = files({home: 'watchdog: {stuck: off}\n'});
    assert.equal(here().modes.stuck, 'off');
    writeFileSync(config, 'watchdog: {stuck: report}\n');
    assert.equal(here().modes.stuck, 'report');
    write(project, 'watchdog: {stuck: on}\n');
    assert.equal(here().modes.stuck, 'on');
    writeFileSync(project, 'watchdog: {stuck: sometimes}\n');
    assert.equal(here().modes.stuck, 'on');
    assert.equal(here().modes.stuck, 'on');
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /goes on as before: .*config\.yaml:1:\d+: watchdog\.stuck\.mode/);
  });

  const wrong: [string, RegExp][] = [
    ['watchdog: sometimes', /^1:1 watchdog\.default: expected one of/],
    [
      'watchdog:\n  stuck: {after: 20}',
      /^2:11 watchdog\.stuck\.after: expected string, received number; put it in quotes/,
    ],
    ['watchdog:\n  stuck: {after: 20x}', /^2:11 watchdog\.stuck\.after: expected a time such as/],
    ['watchdog:\n  envelope: {memory: lots}', /watchdog\.envelope\.memory: expected a size such as/],
    ['watchdog:\n  envelope: {cpu: 200}', /watchdog\.envelope\.cpu: expected string/],
    ['watchdog:\n  envelope: {processes: 0}', /watchdog\.envelope\.processes: Too small: expected number to be >=1/],
    ['watchdog:\n  envelope: {action: explode}', /watchdog\.envelope\.action: expected one of/],
    ['watchdog:\n  stuk: off', /^2:3 watchdog\.stuk is not known here and has no effect; did you mean stuck\?/],
    [
      'watchdog:\n  stuck: {afer: 2m}',
      /watchdog\.stuck\.afer is not known here and has no effect; did you mean after\?/,
    ],
  ];
  for (const [text, why] of wrong) {
    test(`is refused with its place: ${text.replaceAll('\n', ' ')}`, () => {
      const {problems} = validateFile(write(join(temporaryDirectory(), 'c.yaml'), `${text}\n`), 'home');
      assert.match(problems.map(each => `${each.line}:${each.column} ${each.why}`).join('\n'), why);
    });
  }
});
