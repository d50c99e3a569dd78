import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], {encoding: 'utf8'}));

/** CPU time of one process so far (user and system, all threads), in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything; fields 14 and 15 are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap(task =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
}

/** Shares of one core, in percent, of some processes over the same time. */
export async function cpuShares<K extends string>(
  pids: Record<K, number[]>,
  seconds: number,
): Promise<Record<K, number>> {
  const total = () =>
    Object.fromEntries(
      Object.entries<number[]>(pids).map(([name, list]) => [name, list.reduce((sum, pid) => sum + cpuSeconds(pid), 0)]),
    ) as Record<K, number>;
  const before = total();
  const start = performance.now();
  await pause(seconds * 1000);
  const after = total();
  const took = (performance.now() - start) / 1000;
  const share = (name: K) => ((after[name] - before[name]) / took) * 100;
  return Object.fromEntries(Object.keys(pids).map(name => [name, share(name as K)])) as Record<K, number>;
}

/** Memory of one process that is its own or shared, in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
