import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {Asked, Choice, Request} from '../../source/domain/approvals.ts';
import {choiceFor, forDoor} from '../../source/domain/approvals.ts';
import {
  type Evidence,
  noSignals,
  type ProgramState,
  type Reading,
  type WordSource,
} from '../../source/domain/evidence.ts';
import {
  ECHO_MS,
  inputText,
  MISSED_MS,
  STEADY_MS,
  sightOf,
  UNKNOWN_DIALOG_MS,
  unheard,
  whyEnded,
} from '../../source/domain/requests.ts';
import {complete, type Session} from '../../source/domain/session.ts';
import {transition} from '../../source/domain/transition.ts';
import {session as stored} from '../store/records.ts';

const T0 = 1_000_000;
const yes: Choice = {label: 'Yes', means: 'allow', keys: ['1']};
const no: Choice = {label: 'No', means: 'deny', keys: ['3']};
const run = {id: 'r1', pid: 7, argv: ['x'], backend: 'tmux' as const, startedAt: T0 - 9000, endedAt: null, exit: null};

const session = (requests: Request[] = [], change: Partial<Session> = {}): Session =>
  stored('s1', {status: 'running', run, requests, hasScreenRules: true, signals: noSignals(), ...change});

const asked = (change: Partial<Asked> = {}): Asked => ({
  ref: 'r',
  kind: 'permission',
  tool: 'Bash',
  input: {command: 'rm -rf dist'},
  title: 'Bash(rm -rf dist)',
  suggestions: [],
  choices: [],
  ...change,
});
const hook = (id: string, change: Partial<Request> = {}): Request => ({
  ...asked(),
  id,
  via: 'hook',
  at: T0,
  shown: null,
  missedAt: null,
  ...change,
});
const reading = (change: Partial<Reading>): Reading => ({
  activity: null,
  waitingFor: null,
  dialog: false,
  composer: false,
  rule: 'none',
  choices: [],
  ...change,
});
const dialog = (at: number, detail: string, change: Partial<Reading> = {}): Evidence => {
  const waitingFor = {kind: 'permission' as const, detail};
  const open = {activity: 'waiting' as const, dialog: true, rule: 'permission', choices: [yes, no], waitingFor};
  return {source: 'screen', at, reading: reading({...open, ...change})};
};
const inputLine = (at: number): Evidence => {
  return {source: 'screen', at, reading: reading({activity: 'idle', composer: true, rule: 'input line'})};
};
const word = (source: WordSource, at: number, state: ProgramState): Evidence => {
  return {source, at, state, kind: '', message: ''};
};

/** Feeds evidence as a runner does: what the screen tells becomes a request of its own. */
function play(start: Session, ...steps: Evidence[]): Session {
  let count = 0;
  return steps.reduce<Session>((before, evidence) => {
    const {session: after} = transition(before, evidence, evidence.at);
    const found = unheard(after, evidence.at, {echo: null, since: evidence.at - STEADY_MS});
    if (found === null || !('open' in found)) return after;
    const request = {...found.open, id: `seen-${++count}`};
    return transition(after, {source: 'asked', at: found.open.at, request}, evidence.at).session;
  }, start);
}
const open = ({requests}: Session) => requests.map(({id, via, title}) => `${id} ${via} ${title}`);

describe('a dialog on the screen', () => {
  test('is a request with what it offers, and is over when an input line stands there instead', () => {
    const seen = play(session(), dialog(T0, 'rm -rf dist'));
    assert.deepEqual(open(seen), ['seen-1 screen rm -rf dist']);
    assert.deepEqual(seen.requests[0]?.choices, [yes, no]);
    assert.deepEqual(open(play(seen, dialog(T0 + 900, 'rm -rf dist'))), ['seen-1 screen rm -rf dist']);
    assert.deepEqual(play(seen, inputLine(T0 + 900)).requests, []);
  });

  test('that was wrapped elsewhere is the same one; another one takes its place', () => {
    const seen = play(session(), dialog(T0, 'rm -rf dist'), dialog(T0 + 500, 'rm  -rf\n di st'));
    assert.deepEqual(
      seen.requests.map(({id, shown}) => [id, shown?.since, shown?.at]),
      [['seen-1', T0 - STEADY_MS, T0 + 500]],
    );
    const other = play(seen, dialog(T0 + 1000, 'rm -rf dist/old'));
    assert.deepEqual(open(other), ['seen-1 screen rm -rf dist/old']);
    assert.equal(other.requests[0]?.at, T0 + 1000 - STEADY_MS, 'a request of its own');
    assert.equal(whyEnded(dialog(T0, 'x')), 'another dialog took its place');
  });

  test('stays while a menu lies over it or the screen is half drawn', () => {
    const seen = play(session(), dialog(T0, 'x'));
    for (const over of [reading({dialog: true, activity: 'idle', rule: 'menu'}), reading({}), null]) {
      assert.equal(play(seen, {source: 'screen', at: T0 + 500, reading: over}).requests.length, 1);
    }
  });

  test('is read from the newest capture: an older one that arrives later tells nothing', () => {
    assert.deepEqual(play(session(), inputLine(T0 + 500), dialog(T0, 'x')).requests, []);
  });

  test('of limits and errors asks nothing that could be answered', () => {
    const limit = dialog(T0, 'x', {waitingFor: {kind: 'limit', detail: 'x'}});
    assert.deepEqual(play(session(), limit).requests, []);
  });
});

describe('what an agent tells of itself', () => {
  const told: Evidence = {source: 'asked', at: T0, request: hook('a-1')};

  test('gets its choices from the screen, and no second request stands beside it', () => {
    const seen = play(session(), told, dialog(T0 + 300, 'Bash command rm -rf dist'));
    assert.deepEqual(open(seen), ['a-1 hook Bash(rm -rf dist)']);
    assert.deepEqual(seen.requests[0]?.choices, [yes, no]);
  });

  test('takes the place of its dialog, under the name that people have seen', () => {
    const seen = play(session(), dialog(T0 - 200, 'Bash command rm -rf dist'), told);
    assert.deepEqual(open(seen), ['seen-1 hook Bash(rm -rf dist)']);
    assert.deepEqual(seen.requests[0]?.choices, [yes, no]);
  });

  test('told twice is one request', () => {
    assert.deepEqual(open(play(session(), told, {...told, at: T0 + 5} as Evidence)), ['a-1 hook Bash(rm -rf dist)']);
  });

  test('of several questions is called after the one that stands there', () => {
    const questions = [{question: 'Which fruits?'}, {question: 'Which colour?'}];
    const ask = (input: unknown) =>
      hook('a-1', {kind: 'question', tool: 'AskUserQuestion', input, title: 'Which fruits?'});
    const next = (request: Request) =>
      play(
        session([request]),
        dialog(T0 + 500, 'Which colour?', {rule: 'question', waitingFor: {kind: 'question', detail: 'Which colour?'}}),
      ).requests.map(({id, title}) => [id, title]);
    assert.deepEqual(next(ask({questions})), [['a-1', 'Which colour?']]);
    assert.deepEqual(next(ask({questions: questions.slice(0, 1)})), [['a-1', 'Which fruits?']]);
  });

  test('two at once: only the one whose dialog stands there has choices', () => {
    const second = hook('a-2', {ref: 'r2', input: {command: 'npm test'}, title: 'Bash(npm test)', at: T0 + 10});
    const two = play(session(), told, {source: 'asked', at: T0 + 10, request: second});
    const shown = (at: Session) => at.requests.map(({choices}) => choices.length);
    const later = play(two, dialog(T0 + 300, 'Bash command npm test'));
    assert.deepEqual(shown(later), [0, 2]);
    assert.deepEqual(shown(play(later, dialog(T0 + 600, 'Bash command rm -rf dist'))), [2, 0]);
  });

  const working = [
    {by: 'program' as const, over: true},
    {by: 'stream' as const, over: true},
    {by: 'hook' as const, over: false},
    {by: 'file' as const, over: false},
    {by: 'title' as const, over: false},
  ];
  for (const {by, over} of working) {
    test(`a ${by} that says "working" ${over ? 'ends it' : 'may speak of another tool'}`, () => {
      assert.equal(play(session(), told, word(by, T0 + 2000, 'working')).requests.length, over ? 0 : 1);
      assert.equal(play(session(), told, word(by, T0 + 200, 'working')).requests.length, 1, 'not of the same moment');
    });
  }

  test('the end of the turn ends it; a title that looks idle does not', () => {
    assert.deepEqual(play(session(), told, word('hook', T0 + 2000, 'done')).requests, []);
    assert.equal(play(session(), told, word('title', T0 + 2000, 'idle')).requests.length, 1);
  });

  test('it is over when its dialog was there and is gone', () => {
    assert.deepEqual(play(session(), told, dialog(T0 + 300, 'rm -rf dist'), inputLine(T0 + 900)).requests, []);
  });

  test('a dialog that is not drawn yet is waited for', () => {
    const early = play(session(), told, inputLine(T0 + 50));
    assert.equal(early.requests.length, 1);
    assert.equal(play(early, dialog(T0 + 400, 'rm -rf dist')).requests[0]?.missedAt, null);
    const [letGo] = play(early, inputLine(T0 + 50 + MISSED_MS)).requests;
    assert.deepEqual([letGo?.id, letGo?.ref], ['a-1', null], 'its hook is let go of');
    assert.deepEqual(play(early, inputLine(T0 + 50 + MISSED_MS), inputLine(T0 + 50 + 2 * MISSED_MS)).requests, []);
  });

  test('a dialog that is drawn only when its hook is over is the same request', () => {
    const late = play(session(), told, inputLine(T0 + 50), inputLine(T0 + 50 + MISSED_MS));
    const shown = play(late, dialog(T0 + 300 + MISSED_MS, 'Bash command · from the general-purpose agent rm -rf dist'));
    assert.deepEqual(open(shown), ['a-1 hook Bash(rm -rf dist)']);
    assert.equal(shown.requests[0]?.choices.length, 2);
    assert.deepEqual(play(shown, inputLine(T0 + 600 + MISSED_MS)).requests, []);
  });

  test('the end of the process ends all', () => {
    const exit = {code: 0, signal: null, at: T0 + 10};
    const ended = play(session(), told, {source: 'process', at: T0 + 10, state: 'exited', exit});
    assert.deepEqual(ended.requests, []);
    assert.equal(whyEnded({source: 'process', at: 0, state: 'exited', exit}), 'its process ended');
  });

  test('what is settled by name leaves the others', () => {
    const two = play(session(), told, {source: 'asked', at: T0, request: hook('a-2', {ref: 'r2'})});
    assert.deepEqual(open(play(two, {source: 'settled', at: T0 + 9, ref: 'r'})), ['a-2 hook Bash(rm -rf dist)']);
    assert.deepEqual(open(play(two, {source: 'settled', at: T0 + 9, ref: null, id: 'a-2'})), [
      'a-1 hook Bash(rm -rf dist)',
    ]);
    assert.deepEqual(play(two, {source: 'settled', at: T0 + 9, ref: null}).requests, []);
  });
});

describe('a program that says it waits', () => {
  const blocked = word('program', T0, 'blocked');

  test('asks at once where its screen cannot be read, and goes on by its next word', () => {
    const waiting = play(session([], {hasScreenRules: false}), blocked);
    assert.deepEqual(open(waiting), ['seen-1 screen permission']);
    assert.deepEqual(play(waiting, word('program', T0 + 90, 'working')).requests, []);
  });

  test('asks after a while when its screen shows no dialog that is known', () => {
    const waiting = play(session(), blocked);
    assert.deepEqual(waiting.requests, []);
    assert.deepEqual(unheard(waiting, T0 + 5, {echo: null, since: 0}), {wait: T0 + UNKNOWN_DIALOG_MS});
    const late = play(waiting, {source: 'clock', at: T0 + UNKNOWN_DIALOG_MS});
    assert.equal(late.requests.length, 1);
    assert.deepEqual(open(play(late, dialog(T0 + 5000, 'rm -rf dist'))), ['seen-1 screen rm -rf dist']);
  });
});

test('a dialog counts when it has stood for a moment: what is half drawn is none', () => {
  const {session: after} = transition(session(), dialog(T0, 'rm'), T0);
  assert.deepEqual(unheard(after, T0, {echo: null, since: T0}), {wait: T0 + STEADY_MS});
  const sight = sightOf(null, after.signals.screen!);
  assert.equal(sightOf(sight, {at: T0 + 90, reading: after.signals.screen!.reading})?.since, T0);
  const {session: other} = transition(after, dialog(T0 + 50, 'rm -rf dist'), T0 + 50);
  assert.equal(sightOf(sight, other.signals.screen!)?.since, T0 + 50);
  assert.equal(sightOf(sight, {at: T0, reading: reading({})}), null);
});

test('a dialog that still stands right after its answer is no new request', () => {
  const shown = play(session(), dialog(T0, 'rm -rf dist'));
  const [request] = shown.requests;
  const answered = transition(shown, {source: 'settled', at: T0 + 100, ref: null, id: request!.id}, T0 + 100).session;
  const before = {echo: {request: request!, at: T0 + 100}, since: 0};
  assert.deepEqual(unheard(answered, T0 + 200, before), {wait: T0 + 100 + ECHO_MS});
  assert.ok('open' in unheard(answered, T0 + 100 + ECHO_MS, before)!);
});

test('a session that an older amux stored has no requests, or requests without their dialogs', () => {
  const old = {...session(), requests: [{...asked(), id: 'a-1', via: 'hook', at: T0} as Request]};
  assert.deepEqual(complete(old).requests[0]?.shown, null);
});

test('the text of an input is its command, its address or its file, whatever the agent calls it', () => {
  const cases: [unknown, string][] = [
    [{command: 'ls'}, 'ls'],
    [{command: ['bash', '-lc', 'ls']}, 'bash -lc ls'],
    [{url: 'http://x'}, 'http://x'],
    [{file_path: '/a', content: 'b'}, '/a'],
    ['rm x', 'rm x'],
    [{other: 1}, ''],
    [null, ''],
  ];
  for (const [input, text] of cases) assert.equal(inputText(input), text);
});

test('a decision means one of the choices, by its number, its words or what it does', () => {
  const always: Choice = {label: "Yes, and don't ask again", means: 'always', keys: ['2']};
  const red: Choice = {label: 'Red', means: 'answer', keys: ['1']};
  const choices = [yes, always, no];
  assert.equal(choiceFor(choices, {behaviour: 'allow'}), yes);
  assert.equal(choiceFor(choices, {behaviour: 'always'}), always);
  assert.equal(choiceFor(choices, {behaviour: 'deny', answer: '1'}), no, 'a denial stays one');
  assert.equal(choiceFor(choices, {behaviour: 'allow', answer: '2'}), always);
  assert.equal(choiceFor([red], {behaviour: 'allow', answer: 'red'}), red);
  assert.equal(choiceFor([red], {behaviour: 'allow'}), null, 'nothing is picked for anybody');
  assert.equal(choiceFor([red], {behaviour: 'allow', answer: 'Green'}), null);
  assert.equal(choiceFor([red], {behaviour: 'allow', answer: '4'}), null);
});

test('a number means its line of the dialog also where a door takes the answer', () => {
  const other: Choice = {label: 'Yes, and switch to auto mode', means: 'other', keys: ['2']};
  const request = hook('a-1', {choices: [yes, other, no]});
  assert.deepEqual(forDoor(request, {behaviour: 'allow', answer: '1'}), {behaviour: 'allow'});
  assert.equal(forDoor(request, {behaviour: 'allow', answer: '2'}), null, 'only its key says that');
  assert.deepEqual(forDoor(request, {behaviour: 'allow', answer: '3'}), {behaviour: 'deny'});
  assert.equal(forDoor(request, {behaviour: 'allow', answer: '4'}), null, 'never a plain yes');
  assert.equal(forDoor(request, {behaviour: 'always'}), null, 'no rule is suggested');
  const question = {kind: 'question' as const, choices: [{label: 'Red', means: 'answer' as const, keys: ['1']}, no]};
  for (const answer of ['1', 'red', 'a darker one']) {
    assert.deepEqual(forDoor(hook('a-1', question), {behaviour: 'allow', answer}), {behaviour: 'allow', answer});
  }
  assert.deepEqual(forDoor(hook('a-1', question), {behaviour: 'allow', answer: '2'}), {behaviour: 'deny'});
  const several = hook('a-1', {...question, input: {questions: [{}, {}]}});
  assert.equal(forDoor(several, {behaviour: 'allow', answer: '1'}), null);
});

test('a plan is allowed by its dialog, which says how its edits are approved; a hook takes a denial or another plan', () => {
  const keep: Choice = {label: 'Keep planning', means: 'deny', keys: ['3']};
  const request = hook('a-1', {kind: 'plan', choices: [{...yes, label: 'Yes, manually approve edits'}, keep]});
  assert.equal(forDoor(request, {behaviour: 'allow'}), null);
  assert.equal(forDoor(request, {behaviour: 'allow', answer: '1'}), null);
  const another = {behaviour: 'allow' as const, input: {plan: 'less'}};
  assert.equal(forDoor(request, another), another);
  const denial = {behaviour: 'deny' as const, message: 'less'};
  assert.equal(forDoor(request, denial), denial);
  assert.deepEqual(forDoor(request, {behaviour: 'allow', answer: '2'}), {behaviour: 'deny'});
  const asked = {behaviour: 'allow' as const};
  assert.equal(forDoor({...request, via: 'stream'}, asked), asked);
});
