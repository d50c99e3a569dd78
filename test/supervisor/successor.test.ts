import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {after, describe, test} from 'node:test';
import type {Entry} from '../../source/domain/events.ts';
import {noSignals} from '../../source/domain/evidence.ts';
import type {RunRecord} from '../../source/domain/run.ts';
import type {Session} from '../../source/domain/session.ts';
import {newWatch} from '../../source/domain/watch.ts';
import {openStore} from '../../source/store/store.ts';
import {watchMassDeath} from '../../source/supervisor/mass-death.ts';
import {until} from '../helpers/home.ts';
import {supervise} from '../helpers/live-home.ts';
import {isAlive} from '../helpers/processes.ts';
import {entry, message, session as stored, temporaryHome} from '../store/records.ts';

const BOUND_MS = 30_000;
const sleeps = `'${process.execPath}' -e 'setInterval(() => {}, 1000)' --`;
const old: RunRecord = {
  id: 'run-old',
  pid: 1,
  argv: ['claude'],
  backend: 'pty',
  startedAt: 1000,
  endedAt: 2000,
  exit: {code: 0, signal: null, at: 2000},
};

const put = (session: Session, change: Partial<Entry> = {}) =>
  entry([{kind: 'session.put', session}], {session: {id: session.id, name: session.name}, ...change});

/** A start was asked for, and its supervisor died before there was a process. */
function asked(dir: string, change: Partial<Session>): Session {
  const workspace = {id: 'main', name: 'main', path: dir};
  const place = {dir, workspace, agent: 'claude', agentType: 'claude', command: sleeps};
  return stored('s1', {name: 'one', ...place, status: 'starting', wanted: true, signals: noSignals(), ...change});
}

describe('a start that the supervisor before did not get to', () => {
  const conversation = {id: 'c-old', file: null, at: 1500};
  const cases: [string, Partial<Session>, RegExp | null][] = [
    ['of a session that never ran', {}, null],
    ['without a conversation, where the run before had one', {run: old, conversation}, null],
    [
      'with that conversation',
      {
        run: old,
        conversation,
        watch: {...newWatch(), starting: {conversation: {id: 'c-old', fork: false}}},
      },
      /--resume\0c-old/,
    ],
  ];
  for (const [what, change, resumes] of cases) {
    test(`is done: ${what}`, async () => {
      const watch = {...newWatch(), starting: {conversation: null}};
      await using home = await supervise({left: work => [put(asked(work, {watch, ...change}))]});
      const fleet = home.supervisor.as('test');
      for await (const {reason} of fleet.events({since: 0, signal: AbortSignal.timeout(BOUND_MS)})) {
        if (reason.startsWith('pid ')) break;
      }
      const {pid, status} = await fleet.session('one');
      assert.ok(['starting', 'running'].includes(status), status);
      // Its process has a number before it is that program.
      const line = await until('the program', () => {
        const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return text.includes('setInterval') && text;
      });
      if (resumes === null) assert.doesNotMatch(line, /c-old/);
      else assert.match(line, resumes);
      assert.equal((await fleet.session('one')).watchdog.crashes, 0);
    });
  }

  test('is a failed one where it cannot be done: what a one-shot session was given went with it', async () => {
    const watch = {...newWatch(), starting: {conversation: null}};
    await using home = await supervise({left: work => [put(asked(work, {kind: 'one-shot', restart: 'never', watch}))]});
    const {status, reason} = await home.supervisor.as('test').session('one');
    assert.deepEqual([status, reason], ['failed', 'its supervisor ended before its process began']);
  });
});

test('the number of a process that has ended means nobody: whoever has it now is left alone', async () => {
  const stranger = spawn('sh', ['-c', 'sleep 1000 & echo $!; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  after(() => void process.kill(-stranger.pid!, 'SIGKILL'));
  const [line] = (await once(stranger.stdout, 'data')) as [Buffer];
  const run = {...old, pid: stranger.pid!};
  const rests = {agent: 'generic', agentType: 'generic', restart: 'never', status: 'stopped', wanted: false} as const;
  await using home = await supervise({left: work => [put(asked(work, {...rests, run}))]});
  const fleet = home.supervisor.as('test');
  await fleet.start('one', {});
  await fleet.stop('one', {force: false});
  assert.equal((await fleet.session('one')).status, 'stopped');
  assert.ok(isAlive(Number(line)));
});

describe('a message that was entered when its program was killed, and its supervisor right behind it', () => {
  const entered = {kind: 'message.put' as const, message: message('m-entered', {state: 'entered', changedAt: 1990})};
  const killed = {...old, argv: ['sh'], exit: {code: null, signal: 'SIGKILL' as const, at: 2000}};
  const cases: [string, Partial<Session>][] = [
    ['that comes back', {status: 'starting', watch: {...newWatch(), crashes: [2000], comeback: 3000}}],
    ['that does not', {status: 'failed', wanted: false}],
  ];
  for (const [what, change] of cases) {
    test(`is decided of a session ${what}: nothing waits behind it for ever`, async () => {
      const left = (work: string) => [put(asked(work, {run: killed, ...change}), {}), entry([entered])];
      await using home = await supervise({left});
      const [fate] = await home.supervisor.as('test').queue('one');
      assert.notEqual(fate?.state ?? 'gone', 'entered');
    });
  }
});

describe('many sessions that went at once', () => {
  const crashed = (id: string, at: number): Session =>
    stored(id, {
      status: 'starting',
      wanted: true,
      run: {...old, endedAt: at, exit: {code: null, signal: 'SIGKILL', at}},
      watch: {...newWatch(), crashes: [at], comeback: at + 1000},
    });
  const ends = (ages: readonly number[], now: number) =>
    ages.map((age, i) => put(crashed(`s${i}`, now - age), {type: 'session.status', at: now - age}));
  const alarm = (at: number) => entry([], {type: 'watchdog.alarm', at});

  /** What a supervisor tells that takes over after these entries. */
  async function told(entries: (now: number) => ReturnType<typeof put>[]): Promise<string[]> {
    const store = await openStore({paths: temporaryHome(), readOnly: false, now: Date.now});
    const now = Date.now();
    for (const each of entries(now)) store.append(each);
    const reasons: string[] = [];
    const masses = watchMassDeath({store, now: () => now, mode: () => 'on', alarm: reason => reasons.push(reason)});
    masses[Symbol.dispose]();
    await store.close();
    return reasons;
  }

  test('are told of by the next supervisor where the one before died first', async () => {
    const reasons = await told(now => ends([2000, 1900, 1800, 1700], now));
    assert.equal(reasons.length, 1);
    assert.match(reasons[0]!, /^4 sessions ended at once \(killed by SIGKILL\)/);
  });

  test('are not told of twice', async () => {
    assert.deepEqual(await told(now => [...ends([5000, 4900, 4800], now), alarm(now - 1000)]), []);
  });

  test('are not those that went one after the other, or long ago', async () => {
    assert.deepEqual(await told(now => ends([14_000, 9000, 4000, 100], now)), []);
    assert.deepEqual(await told(now => ends([60_300, 60_200, 60_100], now)), []);
  });

  test('are not those that the watchdog itself starts again', async () => {
    const again = (now: number) => {
      const session = crashed('s', now - 50);
      return {...session, watch: {...session.watch, crashes: [now - 90_000]}};
    };
    const entries = (now: number) =>
      ['s0', 's1', 's2'].map(id => put({...again(now), id}, {type: 'session.status', at: now - 50}));
    assert.deepEqual(await told(entries), []);
  });
});
