import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {Change, Entry} from '../../source/domain/events.ts';
import {desktopSequence, terminalShows} from '../../source/domain/notice-signal.ts';
import {FLICKER_MS, watchForNotices} from '../../source/domain/notice-watch.ts';
import {digest, noticeReason, readNotice, waitingForOf} from '../../source/domain/notices.ts';
import type {Session} from '../../source/domain/session.ts';
import {session} from '../store/records.ts';

const T = 1_000_000;
const running = {status: 'running', activity: 'working'} as const;
const asks = (detail: string, ...ids: string[]): Partial<Session> => ({
  ...running,
  activity: 'waiting',
  waitingFor: {kind: 'permission', detail},
  requests: ids.map(id => ({id})) as Session['requests'],
});
const limited: Partial<Session> = {...running, activity: 'waiting', waitingFor: {kind: 'limit', detail: 'until 5 pm'}};
const finished: Partial<Session> = {...running, activity: 'finished', unseen: true};

const pasted: Change = {kind: 'message.state', id: 'm1', state: 'pasted', reason: '', changedAt: 1};

let cursor = 0;
const told = (change: Partial<Session>, at: number, type: Entry['type'] = 'session.activity'): Entry => {
  const record = session('s1', {name: 'pay', ...change});
  cursor++;
  return {
    cursor,
    at: T + at,
    type,
    actor: type === 'approval.settled' ? 'cli' : 'supervisor',
    session: {id: 's1', name: 'pay'},
    reason: '',
    changes: [type === 'message.state' ? pasted : {kind: 'session.put', session: record}],
  };
};

/** What goes out when all of this happens; `at` in ms. */
function noticesOf(story: [at: number, change: Partial<Session>, type?: Entry['type']][], until = 60_000): string[] {
  const watch = watchForNotices([], [session('s1', {name: 'pay', ...running})]);
  const out: string[] = [];
  const look = (now: number) => {
    for (const {session: about, news} of watch.take(now)) out.push(`${about?.name} ${news.kind}: ${news.text}`);
  };
  for (const [at, change, type] of story) {
    for (let wake = watch.wake(); wake !== null && wake <= T + at; wake = watch.wake()) look(wake);
    watch.follow(told(change, at, type));
  }
  look(T + until);
  assert.equal(watch.wake(), null);
  return out;
}

const stories: Record<string, {story: Parameters<typeof noticesOf>[0]; out: string[]}> = {
  'a permission is one notice': {
    story: [[0, asks('Bash: rm', 'r1')]],
    out: ['pay waiting: permission: Bash: rm'],
  },
  'what a rule answers at once is none': {
    story: [
      [0, asks('Bash: rm', 'r1')],
      [300, running],
    ],
    out: [],
  },
  'a flicker is one notice': {
    story: [
      [0, asks('Bash: rm')],
      [3000, running],
      [4000, asks('Bash: rm')],
      [9000, running],
      [9000 + FLICKER_MS - 1, asks('Bash: rm')],
    ],
    out: ['pay waiting: permission: Bash: rm'],
  },
  'the same question later is another': {
    story: [
      [0, asks('Bash: rm')],
      [3000, running],
      [3000 + FLICKER_MS, asks('Bash: rm')],
    ],
    out: ['pay waiting: permission: Bash: rm', 'pay waiting: permission: Bash: rm'],
  },
  'the same question soon, after somebody answered it, is another': {
    story: [
      [0, asks('Bash: rm', 'r1')],
      [3000, running, 'approval.settled'],
      [4000, asks('Bash: rm', 'r2')],
    ],
    out: ['pay waiting: permission: Bash: rm', 'pay waiting: permission: Bash: rm'],
  },
  'the same question soon, after the next message, is another': {
    story: [
      [0, asks('Bash: rm')],
      [3000, running],
      [3500, running, 'message.state'],
      [4000, asks('Bash: rm')],
    ],
    out: ['pay waiting: permission: Bash: rm', 'pay waiting: permission: Bash: rm'],
  },
  'a turn that is finished still when its process has come back is one notice': {
    story: [
      [0, {...running, activity: 'finished', unseen: true}],
      [5000, {...running, status: 'starting', activity: 'unknown', unseen: true}, 'session.status'],
      [7000, {...running, activity: 'working', unseen: true, rested: false}],
      [20_000, {...running, activity: 'finished', unseen: true}],
      [30_000, {...running, activity: 'working', unseen: false}],
      [40_000, {...running, activity: 'finished', unseen: true}],
    ],
    out: ['pay finished: its turn has ended', 'pay finished: its turn has ended'],
  },
  'the next question, without work in between, is another': {
    story: [
      [0, asks('Bash: rm', 'r1')],
      [4000, asks('Bash: ls', 'r2')],
    ],
    out: ['pay waiting: permission: Bash: rm', 'pay waiting: permission: Bash: ls'],
  },
  'a detail that is read better is none': {
    story: [
      [0, asks('permission')],
      [4000, asks('Bash: rm -rf dist', 'r1')],
    ],
    out: ['pay waiting: permission'],
  },
  'of what is drawn in pieces the last says what it is': {
    story: [
      [0, asks('Ba')],
      [200, asks('Bash: rm')],
    ],
    out: ['pay waiting: permission: Bash: rm'],
  },
  'a limit is no question': {story: [[0, limited]], out: ['pay limit: limit: until 5 pm']},
  'the end of a turn is one notice, also when it is seen at once': {
    story: [
      [0, finished],
      [1500, {...running, activity: 'idle'}],
    ],
    out: ['pay finished: its turn has ended'],
  },
  'a turn that goes on with the next message of its queue has not ended': {
    story: [
      [0, finished],
      [900, running],
      [8000, finished],
    ],
    out: ['pay finished: its turn has ended'],
  },
  'each turn is a notice, however short': {
    story: [
      [0, finished],
      [2500, running],
      [2500, running, 'message.state'],
      [3000, finished],
    ],
    out: ['pay finished: its turn has ended', 'pay finished: its turn has ended'],
  },
  'a crash that is restarted at once is none': {
    story: [
      [0, {status: 'failed', reason: 'killed by SIGKILL'}, 'session.status'],
      [500, {status: 'starting'}, 'session.status'],
    ],
    out: [],
  },
  'a failure is one notice, with its reason': {
    story: [
      [0, {status: 'failed', reason: 'exit code 3'}, 'session.status'],
      [9000, {status: 'failed', reason: 'exit code 3', tags: ['a']}, 'session.changed'],
    ],
    out: ['pay failed: exit code 3'],
  },
  'a command that worked until it ended well is done': {
    story: [[0, {status: 'completed', activity: 'unknown'}, 'session.status']],
    out: ['pay finished: it has ended, exit code 0'],
  },
  'an agent that was at rest was left by a person': {
    story: [
      [0, {...running, activity: 'idle'}],
      [9000, {status: 'completed', activity: 'unknown'}, 'session.status'],
    ],
    out: [],
  },
  'a stop on request is none': {story: [[0, {status: 'stopped', activity: 'unknown'}, 'session.status']], out: []},
};

describe('notices', () => {
  for (const [name, {story, out}] of Object.entries(stories)) {
    test(name, () => assert.deepEqual(noticesOf(story), out));
  }

  test('a budget is told at once, and belongs to no session', () => {
    const watch = watchForNotices([], []);
    watch.follow({...told({}, 0), type: 'budget.over', session: null, reason: '100% of $5 is used', changes: []});
    assert.ok(watch.wake()! <= T);
    assert.deepEqual(
      watch.take(T).map(({session: about, news}) => [about, news.kind, news.text]),
      [[null, 'budget', '100% of $5 is used']],
    );
    assert.deepEqual(watch.take(T), []);
  });

  test('what the watchdog found is told when it begins, and not what it only reports or what is over', () => {
    const reasons = [
      'stuck: stuck; no evidence of progress for 20m',
      'stuck: over; it goes on',
      'stuck: would be stuck; no evidence of progress for 20m',
      'envelope: restart; memory 5 GB of 4 GB; at its next turn boundary',
      'envelope: within; below its caps again',
      'stale-claim: mark; AMX-1 "door": ada is not there any more',
      'crash: restart; killed by SIGKILL',
    ];
    const watch = watchForNotices([], []);
    for (const reason of reasons) watch.follow({...told({}, 0), type: 'watchdog.fired', reason, changes: []});
    assert.deepEqual(
      watch.take(T).map(({news}) => `${news.kind} · ${news.text}`),
      [
        'waiting · stuck: no evidence of progress for 20m',
        'waiting · envelope: memory 5 GB of 4 GB; at its next turn boundary',
        'waiting · claim: AMX-1 "door": ada is not there any more',
      ],
    );
  });

  test('a supervisor that was killed leaves what it had not told to the next, and nothing else', () => {
    const first = told(asks('one', 'r1'), 0);
    const out = {...told({}, 1600), type: 'notice.told' as const, reason: 'waiting · permission: one', changes: []};
    const work = told(running, 20_000);
    const second = told(asks('two', 'r2'), 30_000);
    const now = (entry: Entry) =>
      entry.changes.flatMap(change => (change.kind === 'session.put' ? change.session : []));
    const said = (past: Entry[], last: Entry) =>
      watchForNotices(past, now(last))
        .take(T + 90_000)
        .map(({news}) => news.text);
    assert.deepEqual(said([first], first), ['permission: one']);
    assert.deepEqual(said([first, out], first), []);
    assert.deepEqual(said([first, work], work), []);
    assert.deepEqual(said([first, out, work, second], second), ['permission: two']);
    // Only the state is known: it was told when it began.
    assert.deepEqual(said([], first), []);
    // It was passed over, because somebody looked at it, and the journal went on.
    assert.deepEqual(said([first, {...told({}, 9000), type: 'notice', changes: []}], first), []);
  });

  test('what begins while a notice goes out is told as well', () => {
    const watch = watchForNotices([], [session('s1', {name: 'pay', ...running})]);
    watch.follow(told(asks('one', 'r1'), 0));
    assert.equal(watch.take(T + 2000).length, 1);
    watch.follow(told(asks('two', 'r2'), 2000));
    watch.follow({...told({}, 2001), type: 'notice.told', reason: 'waiting · permission: one', changes: []});
    assert.deepEqual(
      watch.take(T + 9000).map(({news}) => news.text),
      ['permission: two'],
    );
  });

  test('what the journal says is read again', () => {
    const entry = {
      ...told({}, 0),
      type: 'notice.told' as const,
      reason: noticeReason({kind: 'waiting', text: 'plan: a · b'}),
    };
    const notice = readNotice(entry)!;
    assert.deepEqual([notice.kind, notice.text, notice.session?.name], ['waiting', 'plan: a · b', 'pay']);
    assert.deepEqual(waitingForOf(notice), {kind: 'plan', detail: 'a · b'});
    assert.equal(waitingForOf({kind: 'failed', text: 'exit code: 3'}), null);
    assert.equal(readNotice({...entry, type: 'notice'}), null);
    assert.equal(readNotice({...entry, reason: 'else · x'}), null);
  });

  test('several at once are told as one', () => {
    const of = (name: string, kind: 'waiting' | 'failed') => ({kind, text: 'x', session: {id: name, name}});
    assert.deepEqual(digest([of('a', 'waiting')]), {title: 'amux: a needs you', body: 'x'});
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map(name => of(name, 'failed'));
    assert.deepEqual(digest([of('z', 'waiting'), ...many]), {
      title: 'amux: 7 notices',
      body: 'waiting: z; failed: a, b, c, d and 2 more',
    });
  });
});

describe('a terminal', () => {
  const hostile = 'x\x07\x1b]52;c;aGk=\x07\x9c\x9d;y\u202ez\nend';
  const notice = {kind: 'waiting' as const, text: hostile, session: {id: 's1', name: 'pay'}};

  test('gets one sequence, and none inside it', () => {
    for (const [env, form] of [
      [{TERM: 'xterm-256color'}, /^\x1b\]9;([^\x00-\x1f\x7f-\x9f]*)\x07$/],
      [{TERM: 'foot'}, /^\x1b\]777;notify;[^\x00-\x1f\x7f-\x9f;]*;[^\x00-\x1f\x7f-\x9f;]*\x07$/],
      [{TERM: 'tmux-256color', TMUX: '/x'}, /^\x1bPtmux;\x1b\x1b\]9;[^\x00-\x1f\x7f-\x9f]*\x07\x1b\\$/],
    ] as const) {
      assert.match(desktopSequence([notice], env)!, form);
    }
    const long = desktopSequence([{...notice, text: '界'.repeat(5000)}], {TERM: 'xterm'})!;
    assert.ok([...long].length < 300);
  });

  test('gets none where it would print it', () => {
    for (const TERM of ['linux', 'dumb', 'vt100', '']) assert.equal(desktopSequence([notice], {TERM}), null);
  });

  test('shows what the desktop of the supervisor does not', () => {
    const ssh = {SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22'};
    for (const [way, env, served, shows] of [
      ['terminal', {}, true, true],
      ['notify-send', {}, false, false],
      ['off', ssh, false, false],
      ['auto', {}, true, false],
      ['auto', {}, false, true],
      ['auto', ssh, true, true],
    ] as const) {
      assert.equal(terminalShows(way, {env, served}), shows, `${way} ${JSON.stringify(env)} ${served}`);
    }
  });
});
