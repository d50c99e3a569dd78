import {endsTurn, judgeActivity} from './activity.ts';
import type {Request} from './approvals.ts';
import {type Evidence, noSignals, type Signals, type WaitingFor, type WordSource} from './evidence.ts';
import {type Exchange, isBetween, maySwitch, type Refused, wantsOther} from './model.ts';
import {revise} from './requests.ts';
import type {Conversation, Exit, RunRecord} from './run.ts';

/** A process that lives so long counts as started, in ms: one that ends sooner, whatever it printed, did not start. */
export const STARTING_SETTLE_MS = 400;
/** Quiet time that ends a turn of a program which reports nothing, in ms; a profile may set its own. */
export const DEFAULT_QUIET_MS = 1000;

export type SessionStatus = 'stopped' | 'starting' | 'running' | 'completed' | 'failed' | 'orphaned';
export type Activity = 'working' | 'waiting' | 'finished' | 'idle' | 'unknown';
export const restartPolicies = ['always', 'on-failure', 'never'] as const;
export type RestartPolicy = (typeof restartPolicies)[number];

export type Session = {
  id: string;
  name: string;
  kind: 'durable' | 'one-shot';
  /** Directory of the project (holds `.amux/config.yaml`); null outside one. */
  project: string | null;
  /** Id of its profile. */
  agent: string;
  /** The kind of program that the profile names; decides rules and flags. */
  agentType: string;
  model: string | null;
  /** Command line that replaces the profile's; null: the profile's. */
  command: string | null;
  dir: string;
  workspace: {id: string; name: string; path: string};
  tags: string[];
  /** As given, unexpanded. Empty for one-shot sessions: theirs live in memory only. */
  env: Record<string, string>;
  yolo: boolean;
  restart: RestartPolicy;
  createdAt: number;
  updatedAt: number;

  status: SessionStatus;
  /** It should be running: an end of its process is not by request. */
  wanted: boolean;
  activity: Activity;
  activitySince: number;
  reason: string;
  /** Which evidence decided the activity. */
  decidedBy: keyof Signals | 'process';
  waitingFor: WaitingFor | null;
  /** A turn ended and nobody looked since. */
  unseen: boolean;
  run: RunRecord | null;
  /** Of its last run, kept for the next. */
  conversation: Conversation | null;
  /** What it was forked from; null: nothing. */
  origin: Origin | null;
  /** What it asks a person for, oldest first. */
  requests: Request[];
  signals: Signals;
  /** Quiet time that ends a turn, ms. */
  quietMs: number;
  /** Its input line was seen in this run: before that, no word of idleness means that it takes input. */
  ready: boolean;
  /** Its agent has screen rules: silence alone never makes it idle. */
  hasScreenRules: boolean;
  /** Its process is being exchanged for one with another model. */
  exchange: Exchange | null;
  /** The model that its agent refused last; null once another was asked for. */
  refused: Refused | null;
};

/**
 * `session`: id. `conversation`: the one that it goes on from; null: it began afresh, with a hand-off. `begun`: a start
 * found that it has a history of its own.
 */
export type Origin = {session: string; name: string; conversation: string | null; begun: boolean};

export type Effect = {do: 'deliver'} | {do: 'launch-again'} | {do: 'keep-last-screen'} | {do: 'look-at-tree'};

export type Transition = {
  session: Session;
  effects: Effect[];
  /** Why status or activity changed; null when neither did. */
  reason: string | null;
  /** When to look again without new evidence, ms since the epoch; null: no need. */
  wake: number | null;
};

/** A session as an older amux stored it, with what is new. */
export function complete(stored: Session): Session {
  const {conversation = null, origin = null, requests: asked = [], ready = true, signals} = stored;
  const requests = asked.map(request => ({
    ...request,
    shown: request.shown ?? null,
    missedAt: request.missedAt ?? null,
  }));
  const {exchange = null, refused = null} = stored;
  return {
    ...stored,
    conversation,
    origin,
    requests,
    ready,
    exchange,
    refused,
    signals: {...noSignals(), ...signals},
  };
}

/** The one place where a session's status and activity are decided. Pure: all times come in. */
export function transition(before: Session, evidence: Evidence, now: number): Transition {
  const changed = absorb(before, evidence);
  const judged = isLive(changed) ? judge(changed, now) : {session: changed, wake: null, looks: false};
  const session = judged.session;
  const statusChanged = session.status !== before.status;
  const activityChanged =
    session.activity !== before.activity || session.waitingFor?.detail !== before.waitingFor?.detail;
  if (activityChanged || statusChanged) {
    session.updatedAt = now;
    if (session.activity !== before.activity) session.activitySince = now;
  }
  const effects: Effect[] = [];
  if (isLive(before) && !isLive(session)) effects.push({do: 'keep-last-screen'});
  if (judged.looks) effects.push({do: 'look-at-tree'});
  if (isBetween(session)) effects.push({do: 'launch-again'});
  if (mayDeliver(session) || (wantsOther(session) && maySwitch(session))) effects.push({do: 'deliver'});
  return {session, effects, reason: statusChanged || activityChanged ? session.reason : null, wake: judged.wake};
}

export function isLive(session: Session): boolean {
  return session.status === 'starting' || session.status === 'running';
}

/** A turn boundary with no dialog in the way: the next message may be typed. A failed turn is over, too. */
export function mayDeliver(session: Session): boolean {
  if (session.status !== 'running' || session.requests.length > 0) return false;
  if (session.signals.screen?.reading.dialog === true) return false;
  if (session.activity === 'waiting') return session.waitingFor?.kind === 'error';
  return session.activity === 'idle' || session.activity === 'finished';
}

export function describeExit(exit: Exit | null): string {
  if (exit === null) return 'ended while nobody watched';
  if (exit.signal !== null) return `killed by ${exit.signal}`;
  if (exit.code !== null) return `exit code ${exit.code}`;
  return 'ended, exit code unknown';
}

/** Takes the evidence into the session's signals and life; activity is judged afterwards. */
function absorb(before: Session, evidence: Evidence): Session {
  if (evidence.source === 'screen') return absorbScreen(before, evidence);
  const requests = revise(before.requests, evidence);
  const session: Session = {...before, requests, signals: {...before.signals}};
  switch (evidence.source) {
    case 'exchange': {
      const {exchange, why} = evidence;
      return exchange === null
        ? {...session, exchange}
        : {...session, ...noActivity, status: 'starting', exchange, reason: why};
    }
    case 'model':
      return session.run === null || evidence.at < session.run.startedAt
        ? session
        : {...session, run: {...session.run, saidModel: evidence.model}};
    case 'request':
      session.wanted = evidence.act === 'start';
      session.exchange = null;
      if (evidence.act === 'start') return {...session, status: 'starting', reason: 'start requested', ...noActivity};
      return session;
    case 'process':
      return absorbProcess(session, evidence);
    case 'backend':
      return isLive(session)
        ? ended(session, {status: 'failed', exit: null, why: evidence.why, at: evidence.at})
        : session;
    case 'directory':
      if (evidence.state === 'gone' && !isLive(session)) {
        return {...session, status: 'orphaned', reason: `its directory is gone: ${session.dir}`};
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
      return session;
    case 'person':
      session.unseen = false;
      return session;
    case 'clock':
      return session;
  }
}

type Told = Extract<Evidence, {source: WordSource}>;

function absorbWord(session: Session, {source, at, state, kind, message}: Told): Session {
  const before = session.signals[source];
  if (state === 'clear') {
    session.signals[source] = null;
    return session;
  }
  // Titles are repeated as long as they are drawn: only a new one is news.
  if (source === 'title' && before?.state === state) return session;
  session.signals[source] = {at, state, kind, message};
  if (state === 'done' && before?.state !== 'done') session.unseen = true;
  if (state === 'working') session.unseen = false;
  if (state === 'working') session.ready = true;
  return session;
}

const noActivity = {
  requests: [],
  activity: 'unknown' as const,
  waitingFor: null,
  unseen: false,
  decidedBy: 'process' as const,
};

function absorbProcess(session: Session, evidence: Extract<Evidence, {source: 'process'}>): Session {
  switch (evidence.state) {
    case 'started':
      return {
        ...session,
        ...noActivity,
        ready: !session.hasScreenRules,
        status: 'starting',
        run: evidence.run,
        signals: noSignals(),
        reason: 'process started',
      };
    case 'exited': {
      if (!isLive(session)) return session;
      const {exit} = evidence;
      if (goesOn(session)) return between(session, {exit, at: evidence.at});
      const status = session.wanted ? (exit.code === 0 ? 'completed' : 'failed') : 'stopped';
      const why = session.wanted ? describeExit(exit) : `stopped on request, ${describeExit(exit)}`;
      return ended(session, {status, exit, why, at: evidence.at});
    }
    case 'refused':
      if (goesOn({...session, run: evidence.run})) {
        return between({...session, run: evidence.run}, {exit: evidence.run.exit, at: evidence.at});
      }
      // A run of its own: the end of the one before stays as it was.
      return ended(
        {...session, run: evidence.run},
        {status: 'failed', exit: evidence.run.exit, why: evidence.why, at: evidence.at},
      );
  }
}

/** An end that belongs to an exchange is none: the next process is on its way. That of the last try is one. */
function goesOn({exchange, wanted, run}: Session): boolean {
  return exchange !== null && wanted && (!exchange.back || run?.id === exchange.run);
}

function between(session: Session, {exit, at}: {exit: Exit | null; at: number}): Session {
  const run = session.run === null ? null : {...session.run, endedAt: at, exit};
  return {...session, ...noActivity, status: 'starting', run, signals: noSignals()};
}

function ended(session: Session, end: {status: SessionStatus; exit: Exit | null; why: string; at: number}): Session {
  const run = session.run === null ? null : {...session.run, endedAt: end.at, exit: end.exit};
  return {
    ...session,
    ...noActivity,
    status: end.status,
    wanted: false,
    exchange: null,
    reason: end.why,
    run,
    signals: noSignals(),
  };
}

function judge(session: Session, now: number): {session: Session; wake: number | null; looks: boolean} {
  // Between the request and the new process stands the run before, which is over or about to be.
  const isNext = session.run?.endedAt === null && session.run.id !== session.exchange?.run;
  const startedAt = isNext ? session.run!.startedAt : null;
  if (session.status === 'starting') {
    if (startedAt === null) return {session, wake: null, looks: false};
    const settled = startedAt + STARTING_SETTLE_MS;
    if (now < settled) return {session, wake: settled, looks: false};
    session.status = 'running';
    session.reason = 'process is up';
  }
  const verdict = judgeActivity(session, now);
  if (session.activity === 'working' && verdict.activity === 'idle' && endsTurn(session)) session.unseen = true;
  const finished = verdict.activity === 'idle' && session.unseen;
  const activity = finished ? 'finished' : verdict.activity;
  if (activity !== session.activity || verdict.waitingFor?.detail !== session.waitingFor?.detail) {
    session.reason = verdict.reason;
  }
  const {waitingFor, by: decidedBy, wake, looks = false} = verdict;
  const {exchange, run, ready} = session;
  // The new process takes input, or asks for a person: it did not refuse what it was launched with.
  const exchanged = exchange !== null && run?.id !== exchange.run && (ready || activity === 'waiting');
  return {
    session: {...session, activity, waitingFor, decidedBy, exchange: exchanged ? null : exchange},
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
  if (reading.layer === 'overlay' && signals.screen !== null) return {at, reading: signals.screen.reading};
  const {waitingFor} = reading;
  // Some name only the last part of the directory that is to be trusted.
  if (waitingFor?.kind !== 'trust' || !dir.endsWith(`/${waitingFor.detail}`)) return {at, reading};
  return {at, reading: {...reading, waitingFor: {...waitingFor, detail: dir}}};
}
