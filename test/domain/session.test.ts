import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {SILENT_START_MS, STREAM_TAKEN_UP_MS, TAKEN_UP_MS} from '../../source/domain/activity.ts';
import type {Request} from '../../source/domain/approvals.ts';
import {
  type Evidence,
  noSignals,
  type ProgramState,
  type Reading,
  type WordSource,
} from '../../source/domain/evidence.ts';
import {mayDeliver, type Session} from '../../source/domain/session.ts';
import {STARTING_SETTLE_MS, transition} from '../../source/domain/transition.ts';
import {defaultWatch} from '../../source/domain/watch.ts';
import {session as stored} from '../store/records.ts';

const T0 = 1_000_000;
const run = {id: 'r1', pid: 7, argv: ['x'], backend: 'tmux' as const, startedAt: T0, endedAt: null, exit: null};
const reading = (change: Partial<Reading>): Reading => ({
  activity: null,
  waitingFor: null,
  dialog: false,
  composer: false,
  rule: 'r',
  choices: [],
  ...change,
});

/** Feeds evidence in order; a number is the clock at that time. */
function play(start: Session, ...steps: (Evidence | number)[]): Session {
  return steps.reduce<Session>((session, step) => {
    const evidence: Evidence = typeof step === 'number' ? {source: 'clock', at: step} : step;
    const after = transition(session, evidence, evidence.at);
    const looks = after.effects.some(effect => effect.do === 'look-at-tree');
    return looks ? play(after.session, {source: 'tree', at: evidence.at, busy: null}) : after.session;
  }, start);
}

const started = (change: Partial<Session> = {}): Session =>
  play(
    stored('s1', {quietMs: 1000, hasScreenRules: false, signals: noSignals(), ...change}),
    {source: 'request', at: T0, act: 'start'},
    {source: 'process', at: T0, state: 'started', run},
  );
const output = (at: number): Evidence => ({source: 'output', at});
const program = (
  at: number,
  state: 'idle' | 'working' | 'blocked' | 'done' | 'error' | 'clear',
  kind = '',
  message = '',
): Evidence => {
  return {source: 'program', at, state, kind, message};
};
const screen = (at: number, change: Partial<Reading>): Evidence => ({source: 'screen', at, reading: reading(change)});

describe('the life of a session', () => {
  test('it is starting until it lived for a moment, whatever it prints', () => {
    assert.equal(started().status, 'starting');
    assert.equal(play(started(), output(T0 + 10)).status, 'starting');
    assert.equal(play(started(), T0 + STARTING_SETTLE_MS - 1).status, 'starting');
    assert.equal(play(started(), T0 + STARTING_SETTLE_MS).status, 'running');
  });

  test('on a slow machine that moment begins when its process is there', () => {
    const made = started();
    const late = T0 + 3 * STARTING_SETTLE_MS;
    const before = {...made, run: {...made.run!, pid: null}};
    assert.equal(play(before, late).status, 'starting');
    const up = {...made, run: {...made.run!, upAt: late}};
    assert.equal(play(up, late + STARTING_SETTLE_MS - 1).status, 'starting');
    assert.equal(play(up, late + STARTING_SETTLE_MS).status, 'running');
  });

  test('a second start is starting until its own process is there', () => {
    const over = play(started(), T0 + 500, exited(1, null));
    const again = play(over, {source: 'request', at: T0 + 5000, act: 'start'}, T0 + 9000);
    assert.equal(again.status, 'starting');
    assert.match(again.reason, /requested/);
  });

  const ends: [string, Evidence[], Session['status'], RegExp][] = [
    ['exit 0 completes it', [exited(0, null)], 'completed', /exit code 0/],
    ['another exit code fails it', [exited(3, null)], 'failed', /exit code 3/],
    ['a signal fails it', [exited(null, 'SIGKILL')], 'failed', /SIGKILL/],
    [
      'a stop on request stops it, whatever the code',
      [{source: 'request', at: T0 + 500, act: 'stop'}, exited(143, null)],
      'stopped',
      /on request/,
    ],
    ['an end that nobody saw is said as such', [exited(null, null)], 'failed', /unknown/],
    [
      'the death of the terminals fails it with that reason',
      [{source: 'backend', at: T0 + 900, state: 'lost', why: 'the tmux server died'}],
      'failed',
      /tmux server died/,
    ],
    [
      'a refused start fails it',
      [{source: 'process', at: T0 + 1, state: 'refused', why: 'command not found', run}],
      'failed',
      /not found/,
    ],
  ];
  for (const [title, evidence, status, reason] of ends) {
    test(title, () => {
      const before = play(started({restart: 'never'}), T0 + 500);
      const after = play(before, ...evidence);
      assert.equal(after.status, status);
      assert.match(after.reason, reason);
      assert.equal(after.wanted, false);
      assert.deepEqual(after.signals, noSignals());
    });
  }

  test('an end keeps the last screen, once', () => {
    const before = play(started(), T0 + 500);
    const first = transition(before, exited(0, null), T0 + 1000);
    assert.ok(first.effects.some(effect => effect.do === 'keep-last-screen'));
    const second = transition(first.session, exited(0, null), T0 + 1001);
    assert.deepEqual(second.effects, []);
    assert.equal(second.reason, null);
  });

  test('a directory that goes makes a stopped session orphaned, and its return undoes that', () => {
    const gone = play(stored('s1'), {source: 'directory', at: T0, state: 'gone'});
    assert.equal(gone.status, 'orphaned');
    assert.equal(play(gone, {source: 'directory', at: T0 + 1, state: 'back'}).status, 'stopped');
    assert.equal(play(started(), {source: 'directory', at: T0, state: 'gone'}).status, 'starting');
  });
});

describe('the activity of a program that reports nothing', () => {
  test('output makes it work, quiet makes it idle, and the change carries its reason', () => {
    const busy = play(started(), output(T0 + 100), T0 + 500);
    assert.equal(busy.activity, 'working');
    const quiet = transition(busy, {source: 'clock', at: T0 + 1100}, T0 + 1100);
    assert.equal(quiet.session.activity, 'working');
    assert.deepEqual(quiet.effects, [{do: 'look-at-tree'}]);
    const {session, reason} = transition(quiet.session, {source: 'tree', at: T0 + 1300, busy: null}, T0 + 1300);
    assert.equal(session.activity, 'idle');
    assert.match(reason!, /quiet for 1 s/);
    assert.equal(session.decidedBy, 'output');
  });

  test('the next look is planned for the end of the quiet time, and none after it', () => {
    const up = play(started(), output(T0 + 100), T0 + 500);
    assert.equal(transition(up, output(T0 + 600), T0 + 600).wake, T0 + 1600);
    const unwatched = {...defaultWatch, modes: {...defaultWatch.modes, stuck: 'off' as const}};
    assert.equal(transition(up, {source: 'clock', at: T0 + 1100}, T0 + 1100, unwatched).wake, null);
  });

  test('one that prints nothing at all is ready after a longer silence', () => {
    assert.equal(play(started(), T0 + 1500).activity, 'unknown');
    assert.equal(play(started(), T0 + SILENT_START_MS).activity, 'idle');
  });

  test('a turn that a message began ends as finished, and is idle once seen', () => {
    const idle = play(started(), output(T0 + 100), T0 + 1200);
    const busy = play(idle, output(T0 + 2000), {source: 'delivery', at: T0 + 2001, message: 'm1'});
    assert.equal(busy.activity, 'working');
    const done = play(busy, T0 + 3100);
    assert.equal(done.activity, 'finished');
    assert.equal(play(done, {source: 'person', at: T0 + 4000, act: 'seen'}).activity, 'idle');
  });

  test('a short burst without a message is no turn; a long one is', () => {
    const idle = play(started(), output(T0 + 100), T0 + 1200);
    assert.equal(play(idle, output(T0 + 2000), T0 + 3100).activity, 'idle');
    const long = [2000, 2500, 3000, 3500, 4000, 4500].map(ms => output(T0 + ms));
    assert.equal(play(idle, ...long, T0 + 5600).activity, 'finished');
  });
});

describe('the activity of a program that reports its status', () => {
  const rows: [string, Evidence[], Session['activity'], string | null][] = [
    ['working outranks silence', [program(T0 + 600, 'working')], 'working', null],
    [
      'blocked is waiting for a permission',
      [program(T0 + 600, 'blocked', 'permission', 'Bash: rm')],
      'waiting',
      'Bash: rm',
    ],
    [
      'blocked on a question says the question',
      [program(T0 + 600, 'blocked', 'question', 'Which?')],
      'waiting',
      'Which?',
    ],
    ['an error waits for a person', [program(T0 + 600, 'error', '', 'API Error')], 'waiting', 'API Error'],
    ['done is finished until it is seen', [program(T0 + 600, 'working'), program(T0 + 700, 'done')], 'finished', null],
    [
      'idle after working is an interrupt, not a finish',
      [program(T0 + 600, 'working'), program(T0 + 700, 'idle')],
      'idle',
      null,
    ],
    [
      'a program that clears its status is judged by output again',
      [program(T0 + 600, 'working'), program(T0 + 700, 'clear')],
      'idle',
      null,
    ],
  ];
  for (const [title, evidence, activity, waitingFor] of rows) {
    test(title, () => {
      const session = play(started(), output(T0 + 10), ...evidence, T0 + 20_000);
      assert.equal(session.activity, activity);
      assert.equal(session.waitingFor?.detail ?? null, waitingFor);
    });
  }

  test('blocked without a word is told by what its screen shows', () => {
    const waitingFor = {kind: 'trust' as const, detail: '/home/dev/shop'};
    const blocked = play(started({hasScreenRules: true}), program(T0 + 600, 'blocked', 'permission'));
    assert.equal(blocked.waitingFor?.detail, 'permission');
    const shown = play(blocked, screen(T0 + 700, {activity: 'waiting', waitingFor, dialog: true}));
    assert.deepEqual(shown.waitingFor, waitingFor);
    assert.equal(shown.decidedBy, 'program');
  });

  test('a message that went in makes it work until the program reports, or is not taken up', () => {
    const idle = play(started(), program(T0 + 600, 'idle'));
    const sent = play(idle, {source: 'delivery', at: T0 + 5000, message: 'm1'});
    assert.equal(sent.activity, 'working');
    assert.equal(mayDeliver(sent), false);
    assert.equal(play(sent, program(T0 + 5200, 'working'), program(T0 + 5300, 'done')).activity, 'finished');
    assert.equal(play(sent, T0 + 5000 + TAKEN_UP_MS).activity, 'finished');
  });

  test('a program that reports late says of the time before a message that it is idle', () => {
    const composer = screen(T0 + 800, {activity: 'idle', composer: true});
    const up = play(started({hasScreenRules: true}), output(T0 + 700), composer, T0 + 3000);
    const sent = play(up, {source: 'delivery', at: T0 + 5000, message: 'm1'});
    const late = play(sent, program(T0 + 5200, 'idle'));
    assert.deepEqual([late.activity, mayDeliver(late)], ['working', false]);
    const over = play(late, program(T0 + 5400, 'working'), program(T0 + 5600, 'idle'));
    assert.equal(over.activity, 'finished', 'interrupted');
    assert.equal(play(late, T0 + 5000 + TAKEN_UP_MS).activity, 'finished', 'it was not taken up');
    const working = play(up, program(T0 + 4000, 'working'), {source: 'delivery', at: T0 + 5000, message: 'm1'});
    assert.notEqual(play(working, program(T0 + 5200, 'idle')).activity, 'working', 'interrupted with the turn before');
  });

  test('a program whose API tells may take long to take up a message', () => {
    const stream = (at: number, state: 'idle' | 'working'): Evidence => {
      return {source: 'stream', at, state, kind: '', message: ''};
    };
    const idle = play(started(), stream(T0 + 600, 'idle'));
    const sent = play(idle, {source: 'delivery', at: T0 + 5000, message: 'm1'}, output(T0 + 5100));
    const waits = play(sent, T0 + 5000 + STREAM_TAKEN_UP_MS - 1);
    assert.equal(waits.activity, 'working');
    assert.equal(play(waits, stream(T0 + 20_100, 'working'), stream(T0 + 20_200, 'idle')).activity, 'finished');
    assert.equal(play(waits, T0 + 5000 + STREAM_TAKEN_UP_MS).activity, 'finished', 'it was not taken up');
  });

  test('a message that is judged later than it went in began the turn all the same', () => {
    const idle = play(started(), program(T0 + 600, 'idle'));
    const {session} = transition(idle, {source: 'delivery', at: T0 + 5000, message: 'm1'}, T0 + 5001);
    assert.equal(session.activity, 'working');
    assert.equal(play(session, program(T0 + 5200, 'working'), program(T0 + 5300, 'idle')).activity, 'finished');
  });

  test('a turn with a dialog in it ends as one, however soon after the answer', () => {
    const idle = play(started(), program(T0 + 600, 'idle'));
    const sent = play(idle, {source: 'delivery', at: T0 + 5000, message: 'm1'}, program(T0 + 5100, 'working'));
    const asked = play(sent, program(T0 + 8000, 'blocked'), output(T0 + 8001));
    assert.equal(asked.activity, 'waiting');
    const over = play(asked, program(T0 + 9000, 'working'), output(T0 + 9100), program(T0 + 9200, 'idle'));
    assert.equal(over.activity, 'finished');
    const seen = play(over, {source: 'person', at: T0 + 10_000, act: 'seen'});
    const redrawn = play(seen, program(T0 + 11_000, 'working'), output(T0 + 11_100), program(T0 + 11_200, 'idle'));
    assert.equal(redrawn.activity, 'idle', 'the message began one turn');
  });

  test('output while it is blocked does not make it work', () => {
    const blocked = play(started(), output(T0 + 10), program(T0 + 600, 'blocked', 'permission', 'x'));
    assert.equal(play(blocked, output(T0 + 700)).activity, 'waiting');
  });
});

describe('the activity of an agent with screen rules', () => {
  const agent = () => started({hasScreenRules: true});

  test('silence alone never makes it idle: its input line has to be on screen', () => {
    const quiet = play(agent(), output(T0 + 100), T0 + 5000);
    assert.equal(quiet.activity, 'unknown');
    assert.equal(mayDeliver(quiet), false);
    const ready = play(quiet, screen(T0 + 5100, {activity: 'idle', composer: true}));
    assert.equal(ready.activity, 'idle');
    assert.equal(mayDeliver(ready), true);
  });

  test('what it draws while it starts up is no turn, however long that takes', () => {
    const spins = program(T0 + 600, 'working');
    const drawn = [600, 1600, 2600, 3600].map(ms => output(T0 + ms));
    const up = play(
      agent(),
      spins,
      ...drawn,
      screen(T0 + 3650, {activity: 'idle', composer: true}),
      program(T0 + 3700, 'idle'),
    );
    assert.equal(up.activity, 'idle');
    const typed = play(
      up,
      program(T0 + 9000, 'working'),
      output(T0 + 9100),
      output(T0 + 12_000),
      program(T0 + 12_100, 'idle'),
    );
    assert.equal(typed.activity, 'finished', 'what a person typed in its terminal');
  });

  test('a spinner keeps it working without any output', () => {
    const busy = play(agent(), output(T0 + 100), screen(T0 + 200, {activity: 'working', composer: true}), T0 + 60_000);
    assert.equal(busy.activity, 'working');
  });

  test('a dialog is waiting, and nothing may be typed', () => {
    const waitingFor = {kind: 'permission' as const, detail: 'Bash'};
    const asked = play(
      agent(),
      output(T0 + 100),
      screen(T0 + 200, {activity: 'waiting', waitingFor, dialog: true}),
      T0 + 9000,
    );
    assert.equal(asked.activity, 'waiting');
    assert.equal(asked.decidedBy, 'screen');
    assert.equal(mayDeliver(asked), false);
  });

  test('a dialog drawn right behind a word that knows nothing of it counts once it still stands', () => {
    const asks = {activity: 'waiting' as const, dialog: true, waitingFor: {kind: 'permission' as const, detail: 'rm'}};
    for (const word of ['idle', 'working', 'done'] as const) {
      const drawn = play(started(), output(T0 + 5000), program(T0 + 5000, word), screen(T0 + 5150, asks));
      assert.notEqual(drawn.activity, 'waiting', `${word}: it may be of before`);
      const {wake} = transition(drawn, screen(T0 + 5200, asks), T0 + 5200);
      assert.equal(wake, T0 + 5501);
      assert.deepEqual(play(drawn, T0 + 5501).waitingFor, asks.waitingFor, word);
      const redrawn = play(drawn, output(T0 + 5300), T0 + 5501);
      assert.notEqual(redrawn.activity, 'waiting', `${word}: something was drawn since`);
    }
  });

  test('after a failed turn and at a limit only an urgent message may be typed', () => {
    const failed = (kind: 'error' | 'limit') =>
      play(
        agent(),
        output(T0 + 100),
        screen(T0 + 200, {activity: 'waiting', waitingFor: {kind, detail: 'x'}, composer: true}),
        T0 + 9000,
      );
    for (const kind of ['error', 'limit'] as const) {
      assert.equal(mayDeliver(failed(kind)), false);
      assert.equal(mayDeliver(failed(kind), {id: 'm1', now: true}), true);
    }
  });

  test('a menu that the person opened is quiet, yet nothing may be typed', () => {
    const menu = play(
      agent(),
      output(T0 + 100),
      screen(T0 + 1200, {activity: 'idle', composer: true, dialog: true}),
      T0 + 9000,
    );
    assert.equal(menu.activity, 'idle');
    assert.equal(mayDeliver(menu), false);
  });

  test('a picture older than the last output proves nothing', () => {
    const old = play(
      agent(),
      output(T0 + 100),
      screen(T0 + 110, {activity: 'waiting', dialog: true}),
      output(T0 + 900),
    );
    assert.equal(old.activity, 'working');
  });
});

function exited(code: number | null, signal: string | null): Evidence {
  return {source: 'process', at: T0 + 900, state: 'exited', exit: {code, signal, at: T0 + 900}};
}

describe('words of several sources', () => {
  const word = (source: WordSource, at: number, state: ProgramState, kind = '', message = ''): Evidence => {
    return {source, at: T0 + at, state, kind, message};
  };
  const shownOnce = screen(T0 + 450, {activity: 'idle', composer: true});
  const busy = screen(T0 + 3000, {activity: 'working', rule: 'spinner'});
  const free = screen(T0 + 3000, {activity: 'idle', composer: true, rule: 'input line'});
  const dialog = screen(T0 + 3000, {activity: 'waiting', waitingFor: {kind: 'trust', detail: '/x'}, dialog: true});
  const failed = screen(T0 + 3000, {
    activity: 'waiting',
    waitingFor: {kind: 'error', detail: '500'},
    rule: 'API error',
  });
  const cases: [string, Evidence[], Session['activity'], Session['decidedBy']][] = [
    ['the newest word counts', [word('program', 1000, 'working'), word('hook', 2000, 'done')], 'finished', 'hook'],
    [
      'of two words of the same moment the more trusted one counts, whichever came last',
      [word('program', 2000, 'blocked', 'permission'), word('title', 2300, 'idle')],
      'waiting',
      'program',
    ],
    [
      'a title that is drawn again is no news',
      [word('title', 1000, 'working'), word('hook', 1800, 'done'), word('title', 2900, 'working')],
      'finished',
      'hook',
    ],
    ['a hook does not grow old', [word('hook', 1000, 'working'), screen(T0 + 900_000, {})], 'working', 'hook'],
    ['a dialog on a later screen is believed', [word('program', 1000, 'idle'), dialog], 'waiting', 'screen'],
    ['a dialog at the same moment is not', [word('program', 2800, 'idle'), dialog], 'idle', 'program'],
    [
      'an error at the same moment is, where only ends are told',
      [word('title', 2800, 'idle'), failed],
      'waiting',
      'screen',
    ],
    ['an error on a screen of before the end is not', [word('title', 3100, 'idle'), failed], 'idle', 'title'],
    [
      'an error of a turn whose end was told as one is not',
      [word('stream', 1000, 'done'), failed],
      'finished',
      'stream',
    ],
    [
      'work on a later screen ends what the program waited for',
      [word('program', 1000, 'blocked', 'permission'), busy],
      'working',
      'screen',
    ],
    [
      'work that word and screen both tell is by the word',
      [word('stream', 1000, 'working'), busy],
      'working',
      'stream',
    ],
    [
      'work on a screen goes on while it prints, until the next look',
      [word('title', 1000, 'idle'), busy, output(T0 + 3500), output(T0 + 4000)],
      'working',
      'screen',
    ],
    [
      'a dialog stays one while something is drawn around it, until the next look',
      [word('title', 1000, 'idle'), dialog, output(T0 + 3400)],
      'waiting',
      'screen',
    ],
    ['work on a later screen is believed', [word('program', 1000, 'done'), busy], 'working', 'screen'],
    [
      'a still and free input line ends what only hooks called work: an interrupt has no hook',
      [word('hook', 1000, 'working'), free, {source: 'clock', at: T0 + 4000}],
      'idle',
      'screen',
    ],
    [
      'a program that reports everything is not taken back by a quiet screen',
      [word('program', 1000, 'working'), free, {source: 'clock', at: T0 + 9000}],
      'working',
      'program',
    ],
    [
      'a word that is taken back leaves the next best',
      [
        word('hook', 900, 'working'),
        word('program', 1000, 'idle'),
        {source: 'program', at: T0 + 2000, state: 'clear', kind: '', message: ''},
      ],
      'working',
      'hook',
    ],
  ];
  for (const [title, evidence, activity, by] of cases) {
    test(title, () => {
      const session = play(started({hasScreenRules: true}), shownOnce, T0 + 500, ...evidence);
      assert.equal(session.activity, activity, session.reason);
      assert.equal(session.decidedBy, by);
    });
  }

  test('which error it is may be told by a less trusted source of the same moment', () => {
    const both = [word('program', 1000, 'error'), word('hook', 1100, 'error', 'limit', '429')];
    assert.equal(play(started(), T0 + 500, ...both).waitingFor?.kind, 'limit');
    const apart = [word('hook', 1000, 'error', 'limit', '429'), word('program', 9000, 'error')];
    assert.equal(play(started(), T0 + 500, ...apart).waitingFor?.kind, 'error');
  });

  test('which error it is may stand on the screen', () => {
    const waitingFor = {kind: 'limit' as const, detail: '429'};
    const limited = screen(T0 + 1100, {activity: 'waiting', waitingFor});
    assert.deepEqual(play(started(), T0 + 500, word('program', 1000, 'error'), limited).waitingFor, waitingFor);
    const older = screen(T0 + 900, {activity: 'waiting', waitingFor});
    assert.equal(play(started(), T0 + 500, older, word('program', 1000, 'error')).waitingFor?.kind, 'error');
  });

  test('a command that was entered begins no turn by itself', () => {
    const ready = play(started({hasScreenRules: true}), shownOnce, T0 + 500, word('program', 1000, 'idle'));
    const entered = (command: boolean) =>
      play(ready, {source: 'delivery', at: T0 + 2000, message: 'm', command}, T0 + 2100).activity;
    assert.equal(entered(true), 'idle');
    assert.equal(entered(false), 'working');
  });

  test('a word of idleness counts only once the input line was seen, or after a while', () => {
    const said = play(started({hasScreenRules: true}), T0 + 500, word('title', 1000, 'idle'));
    assert.equal(said.activity, 'unknown');
    assert.equal(mayDeliver(said), false);
    assert.equal(play(said, screen(T0 + 2000, {activity: 'idle', composer: true})).activity, 'idle');
    const {wake} = transition(said, {source: 'clock', at: T0 + 1100}, T0 + 1100);
    assert.equal(play(said, wake!).activity, 'idle');
  });

  test('a window that a person opened waits for nobody, whatever is told of it', () => {
    const menu = screen(T0 + 1600, {activity: 'idle', dialog: true, rule: 'menu'});
    const agent = play(started({hasScreenRules: true}), shownOnce, T0 + 500);
    assert.equal(play(agent, word('file', 1500, 'blocked', 'permission', 'dialog open'), menu).activity, 'idle');
  });

  test('trust in a directory is told as such', () => {
    const asks = word('program', 1000, 'blocked', 'permission', 'trust this folder');
    assert.equal(play(started(), T0 + 500, asks).waitingFor?.kind, 'trust');
  });

  test('an error names its kind', () => {
    const session = play(started(), T0 + 500, word('file', 1000, 'error', 'context', 'no room left'));
    assert.deepEqual(session.waitingFor, {kind: 'context', detail: 'no room left'});
  });
});

describe('silence', () => {
  test('a program that prints nothing works while its processes do, and is looked at again', () => {
    const quiet = play(started(), output(T0 + 1000), T0 + 1500);
    const looked = transition(quiet, {source: 'tree', at: T0 + 2000, busy: 'make'}, T0 + 2000);
    assert.equal(looked.session.activity, 'working');
    assert.equal(looked.session.decidedBy, 'tree');
    assert.equal(looked.wake, T0 + 3000);
    const again = transition(looked.session, {source: 'clock', at: T0 + 3000}, T0 + 3000);
    assert.deepEqual(again.effects, [{do: 'look-at-tree'}]);
    assert.equal(play(again.session, {source: 'tree', at: T0 + 3200, busy: null}).activity, 'idle');
  });
});

describe('what an agent asks', () => {
  const request = (id: string, ref: string): Request => {
    const asked = {kind: 'permission' as const, tool: 'Bash', input: {}, title: id, suggestions: [], choices: []};
    return {...asked, id, ref, via: 'hook', at: T0, shown: null, missedAt: null};
  };

  test('nothing is delivered while a request is open, and each is settled by its own name', () => {
    const idle = play(started(), T0 + 500, program(T0 + 600, 'idle'));
    assert.equal(mayDeliver(idle), true);
    const two = play(
      idle,
      {source: 'asked', at: T0 + 700, request: request('a1', 'r1')},
      {source: 'asked', at: T0 + 701, request: request('a2', 'r2')},
    );
    assert.equal(mayDeliver(two), false);
    const one = play(two, {source: 'settled', at: T0 + 800, ref: 'r1'});
    assert.deepEqual(
      one.requests.map(({id}) => id),
      ['a2'],
    );
    assert.deepEqual(play(one, {source: 'settled', at: T0 + 900, ref: null}).requests, []);
  });
});
