import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';

/** No process stands deeper: the table may change while it is read. */
const LINEAGE_MAX = 64;

export type ProcessRow = {pid: number; ppid: number; session: number; start: string};

/** All processes, in one pass over /proc (or one `ps` where there is none). */
export function processTable(): ProcessRow[] {
  let names: string[];
  try {
    names = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  } catch {
    return fromPs();
  }
  if (names.length === 0) return fromPs();
  const rows: ProcessRow[] = [];
  for (const name of names) {
    const row = readStat(Number(name));
    if (row !== null) rows.push(row);
  }
  return rows;
}

/** A process and all that descends from it or runs in its terminal session, the process itself first. */
export function processTree(root: number, table: readonly ProcessRow[] = processTable()): ProcessRow[] {
  const found = new Map<number, ProcessRow>();
  const own = table.find(row => row.pid === root);
  if (own !== undefined) found.set(root, own);
  const pending = [root];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    for (const row of table) {
      // A child that was left behind by its parent still has the session of the terminal's first process.
      if ((row.ppid === pid || row.session === root) && !found.has(row.pid)) {
        found.set(row.pid, row);
        pending.push(row.pid);
      }
    }
  }
  return [...found.values()];
}

/** A process and those that it descends from, itself first. Empty where nobody can see it. */
export function lineage(pid: number): ProcessRow[] {
  const found: ProcessRow[] = [];
  for (let row = readStat(pid); row !== null && found.length < LINEAGE_MAX; row = readStat(row.ppid)) found.push(row);
  return found;
}

/** Programs that other programs live in: whoever started them, they are not a part of one session. */
export const OWNERS = /^(tmux|screen|dtach|systemd|dockerd|containerd)/;

/** As one text, every variable between two NULs; empty for a process that cannot be seen. */
export function environmentOf(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}\0`;
  } catch {
    return '';
  }
}

/** Those of `rows` that still live; a pid that was given to another process does not count. */
export function survivors(rows: readonly ProcessRow[]): ProcessRow[] {
  return rows.filter(row => {
    const now = readStat(row.pid);
    if (now === null) return processExists(row.pid) && row.start === '';
    return now.start === row.start && !now.zombie;
  });
}

/** Sends a signal to each; those that ended in between are passed over. */
export function signalAll(rows: readonly Pick<ProcessRow, 'pid'>[], signal: NodeJS.Signals): void {
  for (const {pid} of rows) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself.
    }
  }
}

/** It runs: an ended process that nobody has waited for yet does not count. */
export function isAlive(pid: number): boolean {
  const row = readStat(pid);
  return row === null ? processExists(pid) : !row.zombie;
}

/** Shells wait for what they started, whatever it prints. */
const SHELLS = /^(sh|bash|dash|zsh|fish|ksh|ash)$/;
/** How long the CPU time of a process tree is watched, and from which share of a core on it counts as busy, in ms. */
const WATCH_MS = 100;
const BUSY_MS = 40;
/** Clock ticks of /proc, in ms. */
export const TICK_MS = 10;

/**
 * What runs in a terminal, by name: a job that a shell waits for, or a tree that uses CPU time. Null: nothing, or
 * nobody can see it (no /proc).
 */
export async function busyProcess(root: number): Promise<string | null> {
  const shell = readStat(root);
  if (shell === null) return null;
  const before = processTree(root);
  if (SHELLS.test(shell.name)) {
    const job = before.slice(1).find(row => readStat(row.pid)?.group === shell.foreground);
    if (job !== undefined) return readStat(job.pid)?.name ?? null;
  }
  const used = new Map(before.map(({pid}) => [pid, readStat(pid)?.cpu ?? 0]));
  await new Promise(resolve => setTimeout(resolve, WATCH_MS));
  let total = 0;
  let busiest = {name: shell.name, ms: 0};
  for (const {pid} of processTree(root)) {
    const now = readStat(pid);
    if (now === null) continue;
    const ms = (now.cpu - (used.get(pid) ?? 0)) * TICK_MS;
    total += ms;
    if (ms > busiest.ms) busiest = {name: now.name, ms};
  }
  return total >= BUSY_MS ? busiest.name : null;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** How a process ended that its parent has not waited for yet; null when it is no zombie or cannot be seen. */
export function zombieExit(pid: number): {code: number | null; signal: number | null} | null {
  const row = readStat(pid);
  if (row === null || !row.zombie) return null;
  // Field 52, in the form of wait(2): low seven bits the signal, the next byte the code.
  const {status} = row;
  const signal = status & 0x7f;
  return signal === 0 ? {code: (status >> 8) & 0xff, signal: null} : {code: null, signal};
}

export type Stat = ProcessRow & {
  name: string;
  zombie: boolean;
  status: number;
  /** Its process group, and the one that its terminal gives its keys to. */
  group: number;
  foreground: number;
  /** User and system time, in clock ticks; `waited`: of its children that are over. */
  cpu: number;
  waited: number;
  /** Resident memory, in pages. */
  pages: number;
};

export function readStat(pid: number): Stat | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces and parentheses: fields start after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', ppid, group, session, , foreground] = fields;
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const status = Number(fields[49] ?? 0);
    return {
      pid,
      ppid: Number(ppid),
      session: Number(session),
      start: fields[19] ?? '',
      name,
      zombie: state === 'Z',
      status,
      group: Number(group),
      foreground: Number(foreground),
      cpu: Number(fields[11]) + Number(fields[12]),
      waited: Number(fields[13]) + Number(fields[14]),
      pages: Number(fields[21]),
    };
  } catch {
    return null;
  }
}

function fromPs(): ProcessRow[] {
  const text = execFileSync('ps', ['-axo', 'pid=,ppid=,sess='], {encoding: 'utf8'});
  return text
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, ppid = 0, session = 0]) => ({pid, ppid, session, start: ''}));
}
