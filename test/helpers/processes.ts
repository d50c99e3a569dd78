import {readdirSync, readFileSync} from 'node:fs';

/** Longest wait for the end of a killed process, in ms. */
const END_MS = 20_000;
const LOOK_MS = 10;

/** Processes whose command line or environment names a path, or that work below it; zombies do not count. */
export function holders(path: string): {pid: number; command: string}[] {
  const found: {pid: number; command: string}[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!(pid > 1) || pid === process.pid || !isAlive(pid)) continue;
    const command = read(pid, 'cmdline').replaceAll('\0', ' ').trim();
    if (command.includes(path) || read(pid, 'environ').includes(path)) found.push({pid, command});
  }
  return found;
}

export function isAlive(pid: number): boolean {
  const stat = read(pid, 'stat');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

/** SIGKILL, and its end. */
export async function kill(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return; // It ended by itself.
  }
  await gone(pid);
}

export async function gone(pid: number): Promise<void> {
  const end = performance.now() + END_MS;
  while (isAlive(pid)) {
    if (performance.now() > end) throw new Error(`process ${pid} still runs: ${read(pid, 'cmdline')}`);
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
}

export function environmentOf(pid: number): Record<string, string> {
  const pairs = read(pid, 'environ').split('\0').filter(Boolean);
  return Object.fromEntries(pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // It ended, or belongs to somebody else.
  }
}
