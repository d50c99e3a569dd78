import {sizeText} from '../domain/amounts.ts';
import {heldOf} from '../domain/budget.ts';
import type {SessionView} from '../domain/fleet.ts';
import {timeText} from './ages.ts';
import type {Shapes} from './draw/shapes.ts';
import type {Token} from './theme.ts';

/** The kinds of state a person tells apart, in the order of how much they ask for one. */
export const moods = ['waiting', 'failed', 'finished', 'working', 'starting', 'idle', 'stopped'] as const;
export type Mood = (typeof moods)[number];

type MoodLook = {shape: keyof Shapes & Mood; token: Token; count: string};

/** `count` is the word beside the number in the header, where the shape alone would not say it. */
export const looks: Record<Mood, MoodLook> = {
  waiting: {shape: 'waiting', token: 'attention', count: 'need you'},
  failed: {shape: 'failed', token: 'failed', count: ''},
  finished: {shape: 'finished', token: 'finished', count: 'done'},
  working: {shape: 'working', token: 'working', count: 'working'},
  starting: {shape: 'starting', token: 'starting', count: ''},
  idle: {shape: 'idle', token: 'idle', count: 'idle'},
  stopped: {shape: 'stopped', token: 'stopped', count: ''},
};

export function moodOf(session: SessionView): Mood {
  switch (session.status) {
    case 'failed':
    case 'orphaned':
      return 'failed';
    case 'stopped':
    case 'completed':
      return 'stopped';
    case 'starting':
      return 'starting';
    case 'running':
      break;
  }
  if (session.watchdog.stuck) return 'waiting';
  if (isAsleep(session)) return 'starting';
  switch (session.activity) {
    case 'waiting':
    case 'finished':
    case 'working':
    case 'idle':
      return session.activity;
    case 'unknown':
    case null:
      return 'starting';
  }
}

/** It waits for the end of a limit, or to try again: it needs nobody. */
const isAsleep = ({activity, watchdog}: SessionView): boolean => activity === 'waiting' && watchdog.until !== null;

/** Blocked, failed, or done and not looked at yet. */
export function needsPerson(session: SessionView): boolean {
  const mood = moodOf(session);
  return mood === 'waiting' || mood === 'failed' || mood === 'finished';
}

/** What asks for a person first; inside one mood the given order stays. */
export function byAttention(sessions: readonly SessionView[]): SessionView[] {
  const rank = (session: SessionView): number => moods.indexOf(moodOf(session));
  return [...sessions].sort((a, b) => rank(a) - rank(b));
}

export function countMoods(sessions: readonly SessionView[]): Record<Mood, number> {
  const counts: Record<Mood, number> = {
    waiting: 0,
    failed: 0,
    finished: 0,
    working: 0,
    starting: 0,
    idle: 0,
    stopped: 0,
  };
  for (const session of sessions) counts[moodOf(session)]++;
  return counts;
}

/** Its state in a word or three, as the card says it. */
export function stateText(session: SessionView): string {
  if (session.status === 'running') {
    if (session.watchdog.stuck) return 'stuck';
    if (session.activity === 'waiting') return waitingText(session);
    return session.activity ?? 'unknown';
  }
  if (session.status === 'failed') {
    const exit = session.exit;
    if (exit?.signal != null) return `failed, ${exit.signal}`;
    if (exit?.code != null) return `failed, exit ${exit.code}`;
  }
  const again = comebackText(session);
  return again ?? session.status;
}

/** When its process is there again after a crash, as a time: nothing counts down. */
export function comebackText({watchdog}: SessionView): string | null {
  return watchdog.comeback === null ? null : `back at ${timeText(watchdog.comeback * 1000)}`;
}

/** What its processes take, so coarse that it stands still while nothing happens; empty while nobody knows. */
export function resourcesText({resources}: SessionView): string {
  if (resources === null) return '';
  const {memory, cpu, processes} = resources;
  const core = cpu === null || cpu < CPU_SHOWN ? [] : [`${Math.round(cpu / CPU_SHOWN) * CPU_SHOWN}%`];
  const many = processes < PROCESSES_SHOWN ? [] : [`${processes} procs`];
  return [sizeText(memory, {coarse: true}), ...core, ...many].join(' ');
}

/** Steps of CPU time in percent of a core, and from how many processes on they are counted on a card. */
const CPU_SHOWN = 5;
const PROCESSES_SHOWN = 20;

function waitingText(session: SessionView): string {
  switch (session.waitingFor?.kind) {
    case undefined:
      return 'needs you';
    case 'trust':
      return 'trust this folder?';
    case 'login':
      return 'needs a login';
    case 'limit':
      return 'usage limit';
    case 'context':
      return 'context is full';
    case 'plan':
      return 'plan to approve';
    case 'mcp':
      return 'MCP server';
    case 'permission':
    case 'question':
    case 'error':
      return session.waitingFor.kind;
  }
}

/** The one line of detail: what it waits for, why it failed, what holds it up, else the last line of its screen. */
export function detailText(session: SessionView): string {
  const mood = moodOf(session);
  if (session.watchdog.stuck) return session.watchdog.fired?.reason || session.preview;
  if (mood === 'waiting' || isAsleep(session)) return session.waitingFor?.detail || session.preview;
  if (session.watchdog.comeback !== null) return session.reason;
  if (mood === 'failed' && session.watchdog.fired?.verdict === 'failed') return givenUp(session.watchdog.fired.reason);
  if (mood === 'failed') return session.preview || session.reason;
  const held = mood === 'working' ? null : heldOf(session.notice);
  if (held !== null) return held.command;
  return session.preview;
}

/** What the watchdog says last counts most: a card has no room for all of it. */
const givenUp = (reason: string): string => reason.split('; ').reverse().join('; ');

/** Since when it is as it is, unix seconds. */
export function sinceOf(session: SessionView): number | null {
  if (session.running) return session.activity_since ?? session.started_at;
  return session.ended_at ?? session.activity_since ?? session.created_at;
}

export function agentText(session: SessionView): string {
  const {agent, model, model_state: switching} = session;
  if (switching.state === 'waiting' || switching.state === 'switching') return `${agent} ${model ?? 'default'} next`;
  return model === null ? agent : `${agent} ${model}`;
}
