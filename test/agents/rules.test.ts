import assert from 'node:assert/strict';
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {createContext, Script} from 'node:vm';
import {capturedScreen} from '../../source/agents/captured.ts';
import {claude} from '../../source/agents/claude.ts';
import {generic} from '../../source/agents/generic.ts';
import {withRules} from '../../source/agents/reader.ts';
import {agents} from '../../source/agents/registry.ts';
import {PATTERN_MS, type RuleData} from '../../source/agents/rule-data.ts';
import {inRange, isFor} from '../../source/agents/versions.ts';
import {composerOf} from '../../source/supervisor/composer.ts';

const border = '─'.repeat(40);
const composer = `${border}\n❯ \n${border}\n  ⏸ manual mode on\n`;
const read = (text: string, rules: RuleData[], version: string | null = null, slow: string[] = []) =>
  withRules(claude, {version, rules, onSlow: rule => slow.push(rule)}).read!(capturedScreen(text));

test('a rule of the home comes before the built-in ones, one of higher priority before that', () => {
  const screen = `● compiling the kernel\n\n${composer}`;
  assert.equal(read(screen, []).activity, 'idle');
  const working: RuleData = {rule: 'mine', in: 'status', pattern: 'compiling', says: 'working'};
  assert.deepEqual([read(screen, [working]).activity, read(screen, [working]).rule], ['working', 'mine']);
  const asks: RuleData = {rule: 'first', in: 'status', pattern: 'kernel', says: {waiting: 'error'}, priority: 1};
  assert.equal(read(screen, [working, asks]).rule, 'first');
  const last: RuleData = {...asks, priority: -1};
  assert.equal(
    read(` ❯ No, exit\n   Yes, I trust this folder\n kernel`, [{...last, in: 'bottom'}]).rule,
    'trust dialog',
  );
});

test('a rule may name a dialog, how its lines are chosen, and what Escape does there', () => {
  const dialog: RuleData = {
    rule: 'mine',
    in: 'bottom',
    pattern: '(?<detail>Delete the database\\?)',
    says: {dialog: 'permission', choose: 'walk', cancel: 'Leave it'},
  };
  const {waitingFor, choices} = read(' Delete the database?\n ❯ Maybe\n   Certainly\n', [dialog]);
  assert.deepEqual(waitingFor, {kind: 'permission', detail: 'Delete the database?'});
  const offered = choices.map(({label, means, keys}) => `${means} ${keys.join(',')}: ${label}`);
  assert.deepEqual(offered, ['other Enter: Maybe', 'other Down,Enter: Certainly', 'deny Escape: Leave it']);
});

test('a program of which nothing else is known has the dialogs that rules of the home tell of', () => {
  const rules: RuleData[] = [
    {rule: 'mine', in: 'bottom', pattern: '^ (?<detail>Bash: .+)\\n +❯ 1', flags: 'm', says: {dialog: 'permission'}},
  ];
  const told = (rules: readonly RuleData[]) => withRules(generic, {version: null, rules, onSlow: () => {}});
  assert.equal(told([]).read, null);
  const {read, input} = told(rules);
  const asks = capturedScreen('● working\n\n Bash: rm -rf dist\n\n  ❯ 1. Yes\n    2. No\n');
  const {waitingFor, choices, dialog} = read!(asks);
  assert.deepEqual([waitingFor, dialog], [{kind: 'permission', detail: 'Bash: rm -rf dist'}, true]);
  const offered = choices.map(({label, means, keys}) => `${means} ${keys.join(',')}: ${label}`);
  assert.deepEqual(offered, ['allow 1: Yes', 'deny 2: No']);
  const {activity, composer, rule} = read!(capturedScreen('$ make\n'));
  assert.deepEqual([activity, composer, rule], [null, false, 'none'], 'of all else they say nothing');
  assert.equal(input, null);
  assert.equal(composerOf(asks, 'hello', {read, input}), 'busy', 'what is typed would answer it');
  assert.equal(composerOf(capturedScreen('$ make\n'), 'hello', {read, input}), 'free');
});

test('a screen that is to be skipped says nothing and lets nothing be typed', () => {
  const {activity, dialog, composer, layer} = read('PRESENTATION', [
    {rule: 'overlay', in: 'bottom', pattern: 'PRESENTATION', says: 'skip'},
  ]);
  assert.deepEqual([activity, dialog, composer, layer], [null, true, false, 'overlay']);
});

test('a pattern that backtracks without end is broken off, told once, and not used any more', () => {
  const slow: string[] = [];
  const rule: RuleData = {rule: 'endless', in: 'status', pattern: '^(a+)+$', says: 'working'};
  const agent = withRules(claude, {version: null, rules: [rule], onSlow: name => slow.push(name)});
  const screen = capturedScreen(`${'a'.repeat(60)}!\n\n${composer}`);
  assert.equal(agent.read!(screen).activity, 'idle');
  assert.equal(agent.read!(screen).activity, 'idle');
  assert.deepEqual(slow, ['endless']);
});

test('a rule that has no processor for a while is used on: what others take counts against nobody', async () => {
  const child = fork(join(import.meta.dirname, 'fixture-searches.ts'), {execArgv: ['--import', 'tsx']});
  const ended = once(child, 'exit');
  await once(child, 'message');
  for (let i = 0; i < 15; i++) {
    child.kill('SIGSTOP');
    await pause(2 * PATTERN_MS);
    child.kill('SIGCONT');
    await pause(PATTERN_MS / 3);
  }
  const said = once(child, 'message');
  child.send('end');
  const [{slow, searches}] = (await said) as [{slow: string[]; searches: number}];
  assert.deepEqual(slow, []);
  assert.ok(searches > 0);
  await ended;
});

test('a range of versions', () => {
  const cases: [string, string, boolean][] = [
    ['2.1.328', '2.1.x', true],
    ['2.1.328', '2.1', true],
    ['2.2.0', '2.1.x', false],
    ['2.1.300', '>=2.1.300', true],
    ['2.1.299', '>=2.1.300', false],
    ['0.169.0', '>=0.160 <0.170', true],
    ['0.170.0', '>=0.160 <0.170', false],
    ['3.0.0', '1.x || 3.x', true],
    ['2.10.0', '>2.9', true],
    ['2.1.0', 'nonsense', false],
  ];
  for (const [version, range, expected] of cases)
    assert.equal(inRange(version, range), expected, `${version} ${range}`);
});

test('the newest rules are used for a version that nobody knows', () => {
  const agent = {knownVersions: ['1.0', '2.1']};
  assert.equal(isFor('2.1.x', {agent, version: '9.9.9'}), true);
  assert.equal(isFor('1.0.x', {agent, version: '9.9.9'}), false);
  assert.equal(isFor('>=9', {agent, version: '9.9.9'}), true);
  assert.equal(isFor('2.1.x', {agent, version: null}), true);
  assert.equal(isFor('2.1.x', {agent, version: '1.0.4'}), false);
  assert.equal(isFor(undefined, {agent, version: '1.0.4'}), true);
});

/** What takes so long would stop the supervisor; breaking it off here names it. */
const ENDLESS_MS = 5000;
const reading = new Script('read(screen)');

test('no built-in rule backtracks without end, whatever a program prints', () => {
  const rows = [
    (i: number) => (i % 3 ? `│ ${'a'.repeat(180)}` : `  1. Yes ${'┃ '.repeat(80)}`),
    () => `› 1. Yes ? ${'? '.repeat(80)} ● 1. Trust`,
    () => ` ┃  ${'Do you want to ? '.repeat(9)}`,
    (i: number) => `❯ 1. ☐ question ${i} Enter to select · API Error ✕ ■`,
    (i: number) => `Would you like to ${i} ✕ [retrying Question 1/2 a needs your approval. Review your answers`,
  ];
  for (const {name, read} of agents) {
    if (read === null) continue;
    for (const row of rows) {
      const screen = capturedScreen(Array.from({length: 60}, (_, i) => row(i)).join('\n'));
      const context = createContext({read, screen});
      assert.doesNotThrow(
        () => reading.runInContext(context, {timeout: ENDLESS_MS}),
        `${name}: ${row(0).slice(0, 40)}`,
      );
    }
  }
});
