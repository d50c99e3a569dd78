import type {Request} from './approvals.ts';
import {AmuxError} from './errors.ts';
import {noSignals, type Signals, type WaitingFor} from './evidence.ts';
import type {Exchange, Refused} from './model.ts';
import type {Conversation, Exit, RunRecord} from './run.ts';
import type {Message} from './steering.ts';
import {newWatch, type Watch} from './watch.ts';

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
  /** It was at rest in this run: what it does before that is its start, and no turn. */
  rested: boolean;
  /** Its agent has screen rules: silence alone never makes it idle. */
  hasScreenRules: boolean;
  /** Its process is being exchanged for one with another model. */
  exchange: Exchange | null;
  /** The model that its agent refused last; null once another was asked for. */
  refused: Refused | null;
  /** What the watchdog knows of it. */
  watch: Watch;
};

/**
 * `session`: id. `conversation`: the one that it goes on from; null: it began afresh, with a hand-off. `begun`: a start
 * found that it has a history of its own.
 */
export type Origin = {session: string; name: string; conversation: string | null; begun: boolean};

/** A session as an older amux stored it, with what is new. */
export function complete(stored: Session): Session {
  const {conversation = null, origin = null, requests: asked = [], ready = true, rested = true, signals} = stored;
  const requests = asked.map(request => ({
    ...request,
    shown: request.shown ?? null,
    missedAt: request.missedAt ?? null,
  }));
  const {exchange = null, refused = null, watch} = stored;
  return {
    ...stored,
    conversation,
    origin,
    requests,
    ready,
    rested,
    exchange,
    refused,
    signals: {...noSignals(), ...signals},
    watch: {...newWatch(), ...watch},
  };
}

export function isLive(session: Session): boolean {
  return session.status === 'starting' || session.status === 'running';
}

/** Throws `session.one-shot` when it had its only run: nothing will be done in it any more. */
export function checkNotOver(session: Session): void {
  const {kind, run, name, agent} = session;
  if (kind === 'one-shot' && run !== null && !isLive(session)) throw new AmuxError('session.one-shot', {name, agent});
}

/** Between two processes: the one before has ended, the next is not there yet. */
export function isBetween({exchange, watch, status, run}: Session): boolean {
  return (exchange !== null || watch.comeback !== null) && status === 'starting' && run?.endedAt !== null;
}

/** Its process crashed, and the next one waits for its time. */
export const isAway = (session: Session): boolean => session.exchange === null && isBetween(session);

/**
 * This message may be typed: what the process before left unfinished, and what is planned, come first. An urgent one waits neither for a
 * limit nor for a retry; where the context is full only what makes room, or an urgent one, helps.
 */
export function mayDeliver(session: Session, {id, now = false}: Pick<Message, 'id' | 'now'> = {id: ''}): boolean {
  const {cut, pause, compaction} = session.watch;
  if (cut !== null || isPlanned(session) || !isAtRest(session)) return false;
  if (now) return true;
  if (pause !== null && pause.step !== 'open') return false;
  if (compaction === null && isOverfull(session)) return false;
  if (compaction !== null) return compaction.message === id;
  return isAtBoundary(session) || (pause !== null && session.waitingFor?.kind === pause.rule);
}

/** Id of the message whose turn runs, or did last; null: a command came after it, or no message is known. */
export const cutMessage = ({signals: {submitted}}: Pick<Session, 'signals'>): string | null =>
  submitted === null || submitted.command === true ? null : submitted.message;

/** Its context is full, and a compaction did not help: a person has to look. */
export function isOverfull({watch: {compacted}}: Pick<Session, 'watch'>): boolean {
  return compacted !== null && !compacted.ok && compacted.overflow && !compacted.rested;
}

/** What was planned for its turn boundary is done now, before anything else. A limit or a full context is none. */
export const isPlanned = (session: Session): boolean => session.watch.planned !== null && isAtBoundary(session);

/** No turn runs, nothing is asked, and no dialog is in the way. */
export function isAtRest(session: Session): boolean {
  if (session.activity !== 'waiting') return isAtBoundary(session);
  const halted = {...session, waitingFor: {kind: 'error' as const, detail: ''}};
  return ['error', 'limit', 'context'].includes(session.waitingFor?.kind ?? '') && isAtBoundary(halted);
}

/** A turn boundary with no dialog in the way. A failed turn is over, too. */
export function isAtBoundary(session: Session): boolean {
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
