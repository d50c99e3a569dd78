import {sizeText} from './amounts.ts';
import type {Session} from './session.ts';
import type {WatchParameters} from './watch.ts';

/** What the processes of one session take. CPU in percent of one core since the look before; null: there was none. */
export type TreeUsage = {
  /** Resident, shared pages counted for each process that has them, in bytes. */
  memory: number;
  processes: number;
  cpu: number | null;
  /** Of those that began with the agent: it draws and waits. */
  own: number | null;
  /** Of those that it started later, and of those that have ended since: tools. */
  work: number | null;
};

/** So many looks are remembered, the newest last. */
const KEPT = 3;
/** Memory and processes over a cap at so many looks in a row are no peak; CPU time at as many as are kept. */
const SUSTAINED = 2;
/** It is within its envelope again below this part of each cap. */
const BACK_PART = 0.9;
/** CPU time from which on something works, in percent of a core: of tools, and of an agent that draws a spinner. */
const WORKS = 1;
const AGENT_WORKS = 25;

export type Usage = {at: number; looks: TreeUsage[]};

export const withLook = (before: Usage | null, {at, usage}: {at: number; usage: TreeUsage}): Usage => ({
  at,
  looks: [...(before?.looks ?? []), usage].slice(-KEPT),
});

/** CPU time that is more than a program takes which waits and repaints. */
export function isAtWork({own, work}: TreeUsage, {hasScreenRules}: Pick<Session, 'hasScreenRules'>): boolean {
  return (work ?? 0) >= WORKS || (own ?? 0) >= (hasScreenRules ? AGENT_WORKS : WORKS);
}

type Caps = Pick<WatchParameters['envelope'], 'memory' | 'cpu' | 'processes'>;

/** By how much it is over which cap, for long enough to count; null: it is not. */
export function overText({looks}: Usage, {memory, cpu, processes}: Caps): string | null {
  const last = looks.at(-1);
  if (last === undefined) return null;
  const always = (count: number, holds: (look: TreeUsage) => boolean): boolean =>
    looks.length >= count && looks.slice(-count).every(holds);
  const over: string[] = [];
  if (memory !== null && always(SUSTAINED, look => look.memory > memory)) {
    over.push(`memory ${sizeText(last.memory)} of ${sizeText(memory)}`);
  }
  if (cpu !== null && always(KEPT, look => (look.cpu ?? 0) > cpu)) over.push(`CPU ${last.cpu}% of ${cpu}%`);
  if (processes !== null && always(SUSTAINED, look => look.processes > processes)) {
    over.push(`${last.processes} processes of ${processes}`);
  }
  return over.length === 0 ? null : over.join(', ');
}

/** `memory 412 MB of 4 GB, CPU 12%, 9 processes`. */
export function usageText(look: Pick<TreeUsage, 'memory' | 'cpu' | 'processes'>, caps: Caps): string {
  const of = (cap: string | null): string => (cap === null ? '' : ` of ${cap}`);
  const memory = `memory ${sizeText(look.memory)}${of(caps.memory === null ? null : sizeText(caps.memory))}`;
  const cpu = look.cpu === null ? [] : [`CPU ${look.cpu}%${of(caps.cpu === null ? null : `${caps.cpu}%`)}`];
  const processes = `${look.processes} ${look.processes === 1 ? 'process' : 'processes'}`;
  return [memory, ...cpu, `${processes}${of(caps.processes === null ? null : String(caps.processes))}`].join(', ');
}

/** Clearly below each cap. */
export function isWithin({looks}: Usage, {memory, cpu, processes}: Caps): boolean {
  const last = looks.at(-1);
  if (last === undefined) return false;
  const below = (used: number, cap: number | null): boolean => cap === null || used <= cap * BACK_PART;
  return below(last.memory, memory) && below(last.cpu ?? 0, cpu) && below(last.processes, processes);
}
