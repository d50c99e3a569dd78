import {endsTurn, judgeActivity, TAKEN_UP_MS} from './activity.ts';
import {COMEBACK_MOST_MS} from './crash.ts';
import type {Evidence, Signals, WordSource} from './evidence.ts';
import {maySwitch, wantsOther} from './model.ts';
import {revise} from './requests.ts';
import {isAtRest, isAway, isBetween, isLive, isPlanned, type Session} from './session.ts';
import {absorbProcess, ended, noActivity} from './session-life.ts';
import {absorbProgress} from './stuck.ts';
import {withLook} from './usage.ts';
import {defaultWatch, type Firing, unpaused, type WatchSettings} from './watch.ts';
import {watch} from './watchdog.ts';
import {absorbDelivery, absorbWatched, isAfterCompaction, withOtherModel, withRoom} from './watched.ts';

/** A process that lives so long counts as started, in ms: one that ends sooner, whatever it printed, did not start. */
export const STARTING_SETTLE_MS = 400;
/** Work of a process that is younger than this, and that was told nothing yet, is its start, in ms. */
const STARTING_UP_MS = 10_000;
/**
 * `take-up`: what the process before left unfinished is taken up by the one that is there now. `interrupt`: its turn is
 * ended. `planned`: what the watchdog has planned for its turn boundary is done. `compact`: its agent's command for that
 * comes next. `go-on`: what a limit, an error or a full context cut off.
 */
export type Effect = {
  do:
    | 'deliver'
    | 'launch-again'
    | 'take-up'
    | 'compact'
    | 'go-on'
    | 'keep-last-screen'
    | 'look-at-tree'
    | 'interrupt'
    | 'planned';
};

export type Transition = {
  session: Session;
  effects: Effect[];
  /** Why status or activity changed; null when neither did. */
  reason: string | null;
  /** When to look again without new evidence, ms since the epoch; null: no need. */
  wake: number | null;
  /** What rules of the watchdog said. */
  firings: Firing[];
};

/** The one place where a session's status and activity are decided. Pure: all times come in. */
export function transition(
  before: Session,
  evidence: Evidence,
  now: number,
  settings: WatchSettings = defaultWatch,
): Transition {
  const changed = absorb(before, evidence);
  const judged = isLive(changed) ? judge(changed, now) : {session: changed, wake: null, looks: false};
  const watched = watch({before, session: judged.session, now, settings});
  const session = {...watched.session};
  const statusChanged = session.status !== before.status;
  const activityChanged =
    session.activity !== before.activity || session.waitingFor?.detail !== before.waitingFor?.detail;
  if (activityChanged || statusChanged) {
    session.updatedAt = now;
    if (session.activity !== before.activity) session.activitySince = begunAt(session, now);
  }
  const effects: Effect[] = [];
  if (isLive(before) && !isLive(session)) effects.push({do: 'keep-last-screen'});
  if (judged.looks) effects.push({do: 'look-at-tree'});
  const {comeback, cut} = session.watch;
  // A clock that was set back does not hold it up.
  const isSleep = comeback !== null && comeback === session.watch.pause?.until;
  const isDue = comeback === null || now >= comeback || (!isSleep && comeback - now > COMEBACK_MOST_MS);
  if (isBetween(session) && isDue) effects.push({do: 'launch-again'});
  if (cut !== null && isAtRest(session)) effects.push({do: 'take-up'});
  const planned = isPlanned(session);
  if (planned) effects.push({do: 'planned'});
  const isFree = cut === null && !planned && isAtRest(session);
  if (isFree) effects.push(...dueAtRest(session));
  if (isFree || (wantsOther(session) && maySwitch(session))) effects.push({do: 'deliver'});
  effects.push(...watched.effects);
  const reason = statusChanged || activityChanged ? session.reason : null;
  const wake = earliest(judged.wake, watched.wake, isBetween(session) && !isDue ? comeback : null);
  return {session, effects, reason, wake, firings: watched.firings};
}

/** What a message began has begun with it, however much later that is judged: the end of this turn counts as one. */
function begunAt({decidedBy, signals: {submitted}}: Session, now: number): number {
  return decidedBy === 'submitted' && submitted !== null ? submitted.at : now;
}

function dueAtRest({watch: {pause, compaction}}: Session): Effect[] {
  if (compaction?.step === 'done' || pause?.step === 'due') return [{do: 'go-on'}];
  const compacts = compaction?.step === 'due' || compaction?.step === 'asked';
  return compacts && (pause === null || pause.step === 'open') ? [{do: 'compact'}] : [];
}

function earliest(...times: (number | null)[]): number | null {
  const known = times.filter(time => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Takes the evidence into the session's signals and life; activity is judged afterwards. */
function absorb(before: Session, evidence: Evidence): Session {
  if (evidence.source === 'screen') return absorbScreen(before, evidence);
  const requests = revise(before.requests, evidence);
  const session: Session = {
    ...before,
    requests,
    signals: {...before.signals, progress: absorbProgress(before, evidence)},
  };
  switch (evidence.source) {
    case 'exchange': {
      const {exchange, why} = evidence;
      return exchange === null
        ? {...session, exchange}
        : {...session, ...noActivity, unseen: session.unseen, status: 'starting', exchange, reason: why};
    }
    case 'model':
      return session.run === null || evidence.at < session.run.startedAt
        ? session
        : {...session, run: {...session.run, saidModel: evidence.model}};
    case 'request':
      session.wanted = evidence.act === 'start';
      // One that waits to come back does so at once, with all that it had.
      if (evidence.act === 'start' && isAway(session)) {
        session.watch = {...session.watch, crashes: [], comeback: evidence.at};
        return {...session, reason: 'start requested'};
      }
      session.exchange = null;
      session.watch = {...session.watch, crashes: [], comeback: null, planned: null, cut: null, ...unpaused};
      session.watch.starting = evidence.act === 'start' ? {conversation: evidence.conversation ?? null} : null;
      if (evidence.act === 'stop') return session;
      return {...session, status: 'starting', reason: 'start requested', ...noActivity};
    case 'process':
      return absorbProcess(session, evidence);
    case 'backend':
      return isLive(session) && !isAway(session)
        ? ended(session, {status: 'failed', exit: null, why: evidence.why, at: evidence.at})
        : session;
    case 'directory':
      if (evidence.state === 'gone' && (!isLive(session) || isBetween(session))) {
        const {watch} = session;
        const reason = `its directory is gone: ${session.dir}`;
        return {...session, status: 'orphaned', wanted: false, watch: {...watch, comeback: null}, reason};
      }
      if (evidence.state === 'back' && session.status === 'orphaned') {
        return {...session, status: 'stopped', reason: 'its directory is back'};
      }
      return session;
    case 'output': {
      const previous = session.signals.output;
      const burst = previous !== null && evidence.at - previous.at < session.quietMs;
      session.signals.output = {at: evidence.at, since: burst ? previous.since : evidence.at};
      return session;
    }
    case 'program':
    case 'stream':
    case 'hook':
    case 'file':
    case 'title':
      return absorbWord(session, evidence);
    case 'tree':
      session.signals.tree = {at: evidence.at, busy: evidence.busy};
      return session;
    case 'usage':
      session.signals.usage = withLook(session.signals.usage, evidence);
      return session;
    case 'progress':
      return session;
    case 'conversation': {
      const {id, file, at} = evidence;
      const known = session.conversation?.id === id ? session.conversation : null;
      // A history that is read again tells of it with the time of its beginning.
      return {...session, conversation: {id, file: file ?? known?.file ?? null, at: Math.max(at, known?.at ?? at)}};
    }
    case 'asked':
    case 'settled':
      return session;
    case 'delivery':
      session.signals.submitted = {at: evidence.at, message: evidence.message, command: evidence.command === true};
      session.unseen = false;
      return absorbDelivery(withRoom(session, before), evidence);
    case 'compaction':
    case 'context':
    case 'limit':
      return absorbWatched(session, evidence);
    case 'person':
      session.unseen = false;
      return session;
    case 'clock':
      return session;
  }
}

type Told = Extract<Evidence, {source: WordSource}>;

function absorbWord(session: Session, told: Told): Session {
  const {source, at} = told;
  const before = session.signals[source];
  // After a compaction some say once more how the turn before it ended.
  const stale = told.state === 'error' && source === 'program' && isAfterCompaction(session, at);
  const {state, kind, message} = stale ? {state: 'idle' as const, kind: '', message: ''} : told;
  if (state === 'clear') {
    session.signals[source] = null;
    return session;
  }
  // Titles are repeated as long as they are drawn: only a new one is news.
  if (source === 'title' && before?.state === state) return session;
  session.signals[source] = {at: saidAt(session, {source, state, at}), state, kind, message};
  if (state === 'done' && before?.state !== 'done') session.unseen = true;
  // That a new process starts up begins no turn: the one before the exchange is not seen by that.
  const isNew = before === null || (session.run !== null && at < session.run.startedAt + STARTING_UP_MS);
  const startsUp = isNew && session.signals.submitted === null;
  if (state === 'working' && !startsUp) session.unseen = false;
  if (state === 'working') session.ready = true;
  return session;
}

/**
 * A program that is slow to report, as one that has just been started, still says that it is idle when a message has
 * gone in: without a word of work since, that is about the time before. ms since the epoch.
 */
function saidAt({signals}: Session, {source, state, at}: Pick<Told, 'source' | 'state' | 'at'>): number {
  const {submitted, program} = signals;
  if (source !== 'program' || state !== 'idle' || submitted === null || submitted.command === true) return at;
  if (at <= submitted.at || at >= submitted.at + TAKEN_UP_MS) return at;
  const begun = program !== null && (program.at > submitted.at || /^(working|blocked)$/.test(program.state));
  return begun ? at : submitted.at;
}

function judge(session: Session, now: number): {session: Session; wake: number | null; looks: boolean} {
  // Between the request and the new process stands the run before, which is over or about to be.
  const isNext = session.run?.endedAt === null && session.run.id !== session.exchange?.run;
  const startedAt = isNext ? session.run!.startedAt : null;
  if (session.status === 'starting') {
    if (startedAt === null || session.run?.pid === null) return {session, wake: null, looks: false};
    // A machine that takes long to make the process does not shorten that.
    const settled = (session.run?.upAt ?? startedAt) + STARTING_SETTLE_MS;
    if (now < settled) return {session, wake: settled, looks: false};
    session.status = 'running';
    session.reason = 'process is up';
  }
  const verdict = judgeActivity(session, now);
  if (session.activity === 'working' && verdict.activity === 'idle' && endsTurn(session)) session.unseen = true;
  const {submitted} = session.signals;
  if (verdict.activity === 'idle' && submitted !== null) session.signals.submitted = {...submitted, over: true};
  if (verdict.activity === 'idle') session.rested = true;
  const finished = verdict.activity === 'idle' && session.unseen;
  const activity = finished ? 'finished' : verdict.activity;
  if (activity !== session.activity || verdict.waitingFor?.detail !== session.waitingFor?.detail) {
    session.reason = verdict.reason;
  }
  const {waitingFor, by: decidedBy, wake, looks = false} = verdict;
  const {exchange, run, ready} = session;
  // The new process takes input, or asks for a person: it did not refuse what it was launched with.
  const exchanged = exchange !== null && run?.id !== exchange.run && (ready || activity === 'waiting');
  const goesOn = exchanged && !exchange.back ? withOtherModel(session.watch) : session.watch;
  return {
    session: {...session, activity, waitingFor, decidedBy, exchange: exchanged ? null : exchange, watch: goesOn},
    wake,
    looks,
  };
}

function absorbScreen(before: Session, evidence: Extract<Evidence, {source: 'screen'}>): Session {
  const {signals, requests} = before;
  // Captures may arrive out of order: an older one tells nothing.
  if (signals.screen !== null && evidence.at < signals.screen.at) return {...before, signals: {...signals}};
  const screen = seen(before, evidence);
  const shown = {...evidence, reading: screen?.reading ?? null};
  const ready = before.ready || screen?.reading.composer === true;
  return {...before, ready, requests: revise(requests, shown), signals: {...signals, screen}};
}

/** What hides the program says nothing of it: what was read before holds on. */
function seen({signals, dir}: Session, {at, reading}: Extract<Evidence, {source: 'screen'}>): Signals['screen'] {
  if (reading === null) return null;
  if (reading.layer === 'overlay' && signals.screen !== null)
    return {at, reading: {...signals.screen.reading, layer: 'overlay'}};
  const {waitingFor} = reading;
  // Some name only the last part of the directory that is to be trusted.
  if (waitingFor?.kind !== 'trust' || !dir.endsWith(`/${waitingFor.detail}`)) return {at, reading};
  return {at, reading: {...reading, waitingFor: {...waitingFor, detail: dir}}};
}
