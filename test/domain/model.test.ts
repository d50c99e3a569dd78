import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {type Evidence, noSignals} from '../../source/domain/evidence.ts';
import {type Exchange, isCalled, maySwitch, modelNamed, modelView, wantsOther} from '../../source/domain/model.ts';
import type {RunRecord} from '../../source/domain/run.ts';
import type {Session} from '../../source/domain/session.ts';
import {transition} from '../../source/domain/transition.ts';
import {session} from '../store/records.ts';

const run = (id: string, change: Partial<RunRecord> = {}): RunRecord => ({
  id,
  pid: 7,
  argv: ['claude'],
  backend: 'tmux',
  startedAt: 1000,
  endedAt: null,
  exit: null,
  model: null,
  ownModel: null,
  ...change,
});
const running = (change: Partial<Session> = {}): Session =>
  session('s', {status: 'running', wanted: true, activity: 'idle', run: run('r1'), ...change});
const exchange: Exchange = {from: null, conversation: {id: 'c', fork: false}, run: 'r1', back: false, size: null};
const exit = {code: 1, signal: null, at: 2000};

describe('a wish for a model', () => {
  const cases: [string, Partial<Session>, boolean][] = [
    ['nothing was asked for', {}, false],
    ['another was asked for', {model: 'small'}, true],
    ['it was launched with that one', {model: 'small', run: run('r', {model: 'small', ownModel: 'small'})}, false],
    ['its profile gave it that one', {model: 'small', run: run('r', {model: 'small'})}, false],
    ['its own was taken away', {run: run('r', {model: 'small', ownModel: 'small'})}, true],
    ['it has the one of its profile, whatever that says now', {run: run('r', {model: 'small'})}, false],
    ['an older amux launched it', {model: 'small', run: run('r', {model: undefined})}, false],
    ['it is being stopped', {model: 'small', wanted: false}, false],
  ];
  for (const [title, change, expected] of cases) it(title, () => assert.equal(wantsOther(running(change)), expected));
});

describe('a turn boundary for another model', () => {
  const waiting = (kind: 'limit' | 'error' | 'context' | 'permission' | 'login'): Partial<Session> => {
    return {activity: 'waiting', waitingFor: {kind, detail: ''}};
  };
  const cases: [string, Partial<Session>, boolean][] = [
    ['idle', {}, true],
    ['finished', {activity: 'finished'}, true],
    ['working', {activity: 'working'}, false],
    ['unknown', {activity: 'unknown'}, false],
    ['starting', {status: 'starting'}, false],
    ['at a limit, which another model may not have', waiting('limit'), true],
    ['with a full context', waiting('context'), true],
    ['after a failed turn', waiting('error'), true],
    ['at a permission', waiting('permission'), false],
    ['at a login', waiting('login'), false],
    ['while its process is exchanged', {exchange}, false],
  ];
  for (const [title, change, expected] of cases) it(title, () => assert.equal(maySwitch(running(change)), expected));
});

describe('the end of a process', () => {
  const over = (change: Partial<Session>) =>
    transition(
      running({status: 'starting', exchange, ...change}),
      {source: 'process', at: 2000, state: 'exited', exit},
      2000,
    );

  it('that is exchanged is none: the next one is launched', () => {
    const {session: after, effects} = over({});
    assert.deepEqual([after.status, after.run?.endedAt, after.exchange], ['starting', 2000, exchange]);
    assert.deepEqual(
      effects.map(effect => effect.do),
      ['launch-again'],
    );
  });

  it('with the new model is none either, that of the way back is', () => {
    assert.equal(over({run: run('r2')}).session.status, 'starting');
    const back = over({run: run('r3'), exchange: {...exchange, run: 'r2', back: true}}).session;
    assert.deepEqual([back.status, back.exchange], ['failed', null]);
  });

  it('counts when somebody stopped it', () => {
    const stopping = transition(running({exchange}), {source: 'request', at: 1500, act: 'stop'}, 1500).session;
    const after = transition(stopping, {source: 'process', at: 2000, state: 'exited', exit}, 2000).session;
    assert.deepEqual([after.status, after.exchange], ['stopped', null]);
  });

  it('comes once the new process takes input', () => {
    const next = running({status: 'starting', exchange, run: run('r2'), hasScreenRules: true, ready: false});
    const up = transition(next, {source: 'clock', at: 5000}, 5000).session;
    assert.deepEqual([up.status, up.exchange], ['running', exchange]);
    const reading = {
      activity: 'idle',
      waitingFor: null,
      dialog: false,
      composer: true,
      rule: 'x',
      choices: [],
    } as const;
    const ready = transition(up, {source: 'screen', at: 5100, reading: {...reading, choices: []}}, 5100).session;
    assert.equal(ready.exchange, null);
  });

  it('that is exchanged leaves the turn before it finished until somebody looks', () => {
    const word = (at: number, state: 'working' | 'idle'): Evidence => {
      return {source: 'program', at, state, kind: '', message: ''};
    };
    const steps: Evidence[] = [
      {source: 'exchange', at: 1500, exchange, why: 'model changed'},
      {source: 'process', at: 2000, state: 'exited', exit},
      {source: 'process', at: 2500, state: 'started', run: run('r2')},
      word(3000, 'working'),
      word(4000, 'idle'),
    ];
    const play = (start: Session) => steps.reduce((each, step) => transition(each, step, step.at).session, start);
    assert.equal(play(running({activity: 'finished', unseen: true})).activity, 'finished');
    assert.equal(play(running({activity: 'idle', unseen: false})).activity, 'idle');
  });
});

it('a conversation stays as new as it was when its history is read again', () => {
  const known = running({conversation: {id: 'c', file: '/f', at: 5000}});
  const heard = (id: string, at: number) =>
    transition(known, {source: 'conversation', at, id, file: null}, 6000).session.conversation;
  assert.deepEqual(heard('c', 100), {id: 'c', file: '/f', at: 5000});
  assert.deepEqual(heard('c', 5500), {id: 'c', file: '/f', at: 5500});
  assert.deepEqual(heard('d', 5500), {id: 'd', file: null, at: 5500});
});

describe('what is shown of a model', () => {
  const small = run('r', {model: 'small', ownModel: 'small'});
  const cases: [string, Partial<Session>, RegExp][] = [
    ['launched', {model: 'small', run: small}, /not said yet/],
    ['verified', {model: 'small', run: {...small, saidModel: 'agent-small-4'}}, /says that it runs agent-small-4/],
    ['launched', {model: 'small', run: {...small, saidModel: 'agent-large-4'}}, /says that it runs agent-large-4/],
    ['waiting', {model: 'large', run: small, activity: 'working'}, /end of its turn/],
    ['switching', {model: 'large', run: small, status: 'starting', exchange}, /restarted/],
    ['next start', {model: 'small', status: 'stopped'}, /does not run/],
    ['refused', {refused: {model: 'x', why: 'no such model'}}, /^no such model$/],
  ];
  for (const [state, change, reason] of cases) {
    it(`${state}: ${reason.source}`, () => {
      const view = modelView(running({signals: noSignals(), ...change}));
      assert.equal(view.state, state);
      assert.match(view.reason, reason);
    });
  }
});

describe('names of models', () => {
  const calls: [string, string, boolean][] = [
    ['claude-sonnet-5-5', 'sonnet', true],
    ['claude-sonnet-5-5', 'sonnet[1m]', true],
    ['claude-sonnet-5-5', 'opus', false],
    ['claude-sonnet-4-20250514', 'claude-sonnet-4', true],
    ['gpt-5-codex', 'gpt-5', false],
    ['gpt-5.5', 'gpt-5.5', true],
    ['fake/gpt-fake', 'gpt-fake', true],
    ['fake/gpt-fake', 'fake/gpt-fake', true],
  ];
  for (const [said, asked, expected] of calls) {
    it(`${said} ${expected ? 'is' : 'is not'} ${asked}`, () => assert.equal(isCalled(said, asked), expected));
  }

  it('are one argument, and never an option', () => {
    assert.equal(modelNamed(' opus '), 'opus');
    for (const none of [null, 'default']) assert.equal(modelNamed(none), null);
    for (const wrong of ['', '  ', '-x', '--yolo', 'a\nb', 'a\u001b[2J', 'x'.repeat(201)]) {
      assert.throws(() => modelNamed(wrong), {code: 'input.invalid'}, JSON.stringify(wrong));
    }
  });
});
