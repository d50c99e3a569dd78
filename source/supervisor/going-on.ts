import {agentOf} from '../agents/registry.ts';
import type {Change} from '../domain/events.ts';
import {isRetrying} from '../domain/limit.ts';
import {share} from '../domain/pause.ts';
import {isAtRest, type Session} from '../domain/session.ts';
import {isPending, type Message} from '../domain/steering.ts';
import type {Pause, Watch} from '../domain/watch.ts';
import type {Runner} from './runner.ts';

/** When a limit ends for many, they go on one after the other: so long apart, and up to so much more, in ms. */
const APART_MS = 5000;
const JITTER_MS = 2000;
/** Those that run into a limit within this time ran into the same, in ms. */
const TOGETHER_MS = 60_000;
/** The first one shows whether the limit is over: while its agent itself still tries, the others wait, at most so long, in ms. */
const PROBE_MS = 300_000;

const ASK: Record<Pause['rule'] | 'context', string> = {
  limit: 'A rate or usage limit cut off your last turn.',
  error: 'An error of the API cut off your last turn.',
  context: 'Your context was full, which cut off your last turn, and has been compacted.',
};
const BEGAN = 'It began with:\n\n';
const CONTINUE = 'Look at what is already done, then go on from there.';

type Asking = {id: string; rule: keyof typeof ASK; of: string | null};
type Options = {runners: () => readonly Runner[]; now: () => number};
/** Sessions of one type of agent, whose time has come. */
type Line = {waiting: Set<Runner>; last: {runner: Runner; at: number} | null; timer: NodeJS.Timeout | null};

/**
 * Lets sessions go on after a limit, an error or a compaction, and sends the command for a compaction. What that puts
 * into a queue is one entry of the journal with the change of its session: whoever supervises after a crash does it
 * again or finds it done.
 */
export class GoingOn {
  readonly #options: Options;
  readonly #lines = new Map<string, Line>();
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Its command to compact comes next in its queue. */
  compact(runner: Runner): void {
    queueMicrotask(() => {
      const {session, queue, closed} = runner;
      const {compaction} = session.watch;
      if (closed || compaction === null) return;
      const {compactCommand} = agentOf(session.agentType);
      if (compaction.step === 'asked') {
        if (queue.messages.some(message => message.id === compaction.message && isPending(message))) return;
        tell(runner, {compaction: null}, {verdict: 'dropped', why: 'its command was taken out of the queue'});
        return;
      }
      if (compaction.step !== 'due') return;
      if (compactCommand === null) {
        tell(runner, {compaction: null}, {verdict: 'left', why: 'it has no command to compact it'});
        return;
      }
      // A hand-off, or a process that crashed, may have left one.
      const known = queue.pending.find(({asCommand, text}) => asCommand && text.trim() === compactCommand);
      const id = known?.id ?? `compact-${session.id}-${compaction.at}`;
      const text = compactCommand;
      const own = messageOf(session, {
        id,
        text,
        asCommand: true,
        reason: 'its context is compacted',
        at: this.#options.now(),
      });
      const changes = known === undefined ? [queue.putFirst(own)] : [];
      const watch = {compaction: {...compaction, step: 'asked' as const, message: id}};
      tell(runner, watch, {verdict: 'asked', why: `${compactCommand} comes next in its queue`, changes});
    });
  }

  /** Its time has come. */
  goOn(runner: Runner): void {
    queueMicrotask(() => {
      const {session, closed} = runner;
      const {pause, compaction} = session.watch;
      if (closed || !isAtRest(session)) return;
      if (compaction?.step === 'done') this.#afterCompaction(runner);
      else if (pause?.step !== 'due') return;
      else if (pause.rule === 'limit') this.#enter(runner);
      else this.#resume(runner, pause);
    });
  }

  close(): void {
    this.#closed = true;
    for (const {timer} of this.#lines.values()) clearTimeout(timer ?? undefined);
  }

  #enter(runner: Runner): void {
    const {agentType} = runner.session;
    const line = this.#lines.get(agentType) ?? {waiting: new Set(), last: null, timer: null};
    this.#lines.set(agentType, line);
    if (line.waiting.has(runner)) return;
    line.waiting.add(runner);
    // Others may come in the same moment: who is first does not depend on who tells it first.
    if (line.timer === null) line.timer = setTimeout(() => this.#next(agentType, line), 0);
  }

  #next(agentType: string, line: Line): void {
    line.timer = null;
    if (this.#closed) return;
    for (const runner of line.waiting)
      if (runner.closed || pauseDue(runner.session) === null) line.waiting.delete(runner);
    const [next] = [...line.waiting].sort((a, b) => inOrder(a.session, b.session));
    if (next === undefined) return;
    const again = limitedAgain(line);
    if (again !== null) {
      this.#putOff(agentType, again);
      line.last = null;
      line.waiting.clear();
      return;
    }
    const wait = this.#waitFor(line, next);
    if (wait > 0) {
      line.timer = setTimeout(() => this.#next(agentType, line), wait);
      return;
    }
    line.waiting.delete(next);
    line.last = {runner: next, at: this.#options.now()};
    this.#resume(next, pauseDue(next.session)!);
    if (line.waiting.size > 0) line.timer = setTimeout(() => this.#next(agentType, line), APART_MS);
  }

  #waitFor({last}: Line, next: Runner): number {
    if (last === null) return 0;
    const past = this.#options.now() - last.at;
    if (isRetrying(last.runner.session) && past < PROBE_MS) return 1000;
    return APART_MS + share(next.session.id) * JITTER_MS - past;
  }

  /** The limit was not over: who waits for it waits on. */
  #putOff(agentType: string, {until, told, tries}: Limited): void {
    const at = this.#options.now();
    for (const runner of this.#options.runners()) {
      if (runner.session.agentType !== agentType) continue;
      const before = runner.session.watch.pause?.until;
      runner.observe({source: 'limit', at, until, told, tries});
      const after = runner.session.watch.pause?.until;
      if (before !== after) runner.becomes({}, 'limit: put off, another session ran into it again');
    }
  }

  #resume(runner: Runner, pause: Pause): void {
    const {session, queue} = runner;
    const {rule, cut, of, since, tries} = pause;
    const id = `go-on-${session.id}-${since}-${tries}`;
    const changes = cut ? [queue.putFirst(this.#ask(runner, {id, rule, of}))] : [];
    const open: Pause = {...pause, step: 'open', run: session.run?.id ?? pause.run};
    const why = cut ? 'its turn is asked to continue' : 'its queue goes on';
    tell(runner, {pause: open}, {rule, verdict: 'go on', why, changes});
  }

  #afterCompaction(runner: Runner): void {
    const {session, queue} = runner;
    const {compaction} = session.watch;
    const id = `go-on-${session.id}-${compaction!.at}-compacted`;
    const {cut, of} = compaction!;
    const changes = cut ? [queue.putFirst(this.#ask(runner, {id, rule: 'context', of}))] : [];
    tell(runner, {compaction: null}, {verdict: 'go on', why: 'compacted: its turn is asked to continue', changes});
  }

  #ask({session, queue}: Runner, {id, rule, of}: Asking): Omit<Message, 'position'> {
    const at = this.#options.now();
    const {forgetsFailed} = agentOf(session.agentType);
    const failed = forgetsFailed ? queue.messages.find(message => message.id === of) : undefined;
    const text = `${ASK[rule]} ${CONTINUE}${failed === undefined ? '' : ` ${BEGAN}${failed.text.split(BEGAN).at(-1)}`}`;
    return messageOf(session, {id, text, asCommand: false, reason: 'its turn was cut off', at});
  }
}

const pauseDue = (session: Session): Pause | null => {
  const {pause} = session.watch;
  return pause?.step === 'due' && pause.rule === 'limit' && isAtRest(session) ? pause : null;
};

/** Who waits longest; among those that met the limit in the same seconds the oldest session. */
function inOrder(a: Session, b: Session): number {
  const [since, other] = [a, b].map(({watch}) => Math.floor((watch.pause?.since ?? 0) / TOGETHER_MS));
  return since! - other! || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

type Limited = {until: number; told: boolean; tries: number};

/** The one that went on last ran into it once more, with the turn that it went on with; null: not so far. */
function limitedAgain({last}: Line): Limited | null {
  const pause = last?.runner.session.watch.pause ?? null;
  if (last === null || pause?.rule !== 'limit' || pause.step !== 'waits' || pause.since < last.at) return null;
  // What it ran into after a turn that ended well is another limit: who waits for this one is not put off for ever.
  if (pause.tries < 2) return null;
  return pause.until === null ? null : {until: pause.until, told: pause.told, tries: pause.tries};
}

type Told = {rule?: 'context' | Pause['rule']; verdict: string; why: string; changes?: Change[]};

function tell(runner: Runner, watch: Partial<Watch>, {rule = 'context', verdict, why, changes = []}: Told): void {
  const {fired} = runner.session.watch;
  const firing = {rule, at: runner.now, verdict, reason: why, dryRun: false};
  const all = {...runner.session.watch, ...watch, fired: {...fired, [rule]: firing}};
  runner.tookUp(all, {reason: `${rule}: ${verdict}; ${why}`, changes});
}

type Own = Pick<Message, 'id' | 'text' | 'asCommand' | 'reason'> & {at: number};

const messageOf = ({id: session}: Session, {at, ...own}: Own): Omit<Message, 'position'> => {
  return {...own, session, state: 'queued', actor: 'watchdog', createdAt: at, changedAt: at};
};
