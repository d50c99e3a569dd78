import {execFile} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {setImmediate} from 'node:timers/promises';
import {promisify} from 'node:util';
import type {TreeUsage} from '../domain/usage.ts';
import {ownerOf} from './process-owner.ts';
import {OWNERS, readStat, type Stat, TICK_MS} from './process-tree.ts';

/** So many processes are read in one turn of the event loop. */
const AT_ONCE = 50;
/** A process that began so long after the first one of its session is no part of the agent itself, in clock ticks. */
const LATE_TICKS = 1500;
const PS_MS = 5000;

type Row = Pick<Stat, 'pid' | 'ppid' | 'session' | 'start' | 'name' | 'cpu' | 'waited'> & {bytes: number};
type Seen = {start: string; cpu: number; waited: number};
/** A session at the pass before: CPU time of its tree, children that were over included, and how long ago that was. */
type Past = {total: number; ms: number};

/**
 * Reads the process table once for all sessions. Whose a process is: by descent, by the session of its terminal, else by
 * what its environment says, which is read once in its life.
 */
export class ProcessMeter {
  readonly #home: string;
  /** By pid. */
  #before = new Map<number, Seen>();
  #named = new Map<number, {start: string; session: string | null}>();
  #at = 0;
  /** By session and its first process. */
  #totals = new Map<string, number>();

  /** `home`: the one whose sessions are measured. */
  constructor(home: string) {
    this.#home = home;
  }

  /** `roots`: the first process of each session, by its id. `now` in ms, of a clock that only goes forward. */
  async measure(roots: ReadonlyMap<string, number>, now: number): Promise<Map<string, TreeUsage>> {
    const rows = await processRows();
    const owners = this.#ownersOf(rows, roots);
    const {ms, before, totals} = {ms: now - this.#at, before: this.#before, totals: this.#totals};
    this.#at = now;
    this.#before = new Map(rows.map(({pid, start, cpu, waited}) => [pid, {start, cpu, waited}]));
    this.#totals = new Map();
    const trees = new Map<string, Row[]>([...roots.keys()].map(session => [session, []]));
    for (const row of rows) trees.get(owners.get(row.pid) ?? '')?.push(row);
    const found = new Map<string, TreeUsage>();
    for (const [session, tree] of trees) {
      const root = tree.find(({pid}) => pid === roots.get(session));
      if (root === undefined) continue;
      // What a process had used that has ended since stands in what its parent waited for: the sum only grows.
      const total = tree.reduce((sum, {cpu, waited}) => sum + cpu + waited, 0);
      const key = `${session} ${root.pid}`;
      const last = totals.get(key);
      this.#totals.set(key, total);
      found.set(session, usageOf({tree, root, before, total, past: last === undefined ? null : {total: last, ms}}));
    }
    return found;
  }

  #ownersOf(rows: readonly Row[], roots: ReadonlyMap<string, number>): Map<number, string | null> {
    const byPid = new Map(rows.map(row => [row.pid, row]));
    const byRoot = new Map([...roots].map(([session, pid]) => [pid, session]));
    const owners = new Map<number, string | null>(byRoot);
    const named = this.#named;
    this.#named = new Map();
    const ownerOf = (row: Row): string | null => {
      const known = owners.get(row.pid);
      if (known !== undefined) return known;
      owners.set(row.pid, null); // The table may have changed while it was read: no circle goes round.
      const parent = byPid.get(row.ppid);
      const owner = (parent && ownerOf(parent)) ?? byRoot.get(row.session) ?? this.#nameOf(row, named);
      owners.set(row.pid, owner);
      return owner;
    };
    for (const row of rows) ownerOf(row);
    return owners;
  }

  #nameOf({pid, start, name}: Row, named: ReadonlyMap<number, {start: string; session: string | null}>): string | null {
    const known = named.get(pid);
    if (known?.start === start) {
      this.#named.set(pid, known);
      return known.session;
    }
    const session = OWNERS.test(name) || pid === process.pid ? null : ownerOf(pid, this.#home);
    this.#named.set(pid, {start, session});
    return session;
  }
}

type Using = {tree: readonly Row[]; root: Row; before: ReadonlyMap<number, Seen>; total: number; past: Past | null};

function usageOf({tree, root, before, total, past}: Using): TreeUsage {
  const ticks = {own: 0, work: 0};
  for (const row of tree) {
    const last = before.get(row.pid);
    const known = last?.start === row.start ? last : null;
    ticks[isLate(row, root) ? 'work' : 'own'] += row.cpu - (known?.cpu ?? 0);
    ticks.work += row.waited - (known?.waited ?? 0);
  }
  const share = (used: number): number | null =>
    past === null || past.ms <= 0 ? null : Math.max(0, Math.round((used * TICK_MS * 100) / past.ms));
  return {
    memory: tree.reduce((sum, {bytes}) => sum + bytes, 0),
    processes: tree.length,
    cpu: share(total - (past?.total ?? 0)),
    own: share(ticks.own),
    work: share(ticks.work),
  };
}

const isLate = ({start}: Row, root: Row): boolean => start !== '' && Number(start) - Number(root.start) >= LATE_TICKS;

async function processRows(): Promise<Row[]> {
  let names: string[];
  try {
    names = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  } catch {
    names = [];
  }
  if (names.length === 0) return rowsOfPs();
  const rows: Row[] = [];
  const page = pageBytes();
  for (let i = 0; i < names.length; i += AT_ONCE) {
    if (i > 0) await setImmediate();
    for (const name of names.slice(i, i + AT_ONCE)) {
      const stat = readStat(Number(name));
      if (stat !== null && !stat.zombie) rows.push({...stat, bytes: stat.pages * page});
    }
  }
  return rows;
}

/** Where there is no /proc: by descent alone, and without the time of children that are over. */
async function rowsOfPs(): Promise<Row[]> {
  try {
    const args = ['-axo', 'pid=,ppid=,rss=,time='];
    const {stdout} = await promisify(execFile)('ps', args, {timeout: PS_MS, maxBuffer: 16 * 1024 * 1024});
    return readPs(stdout);
  } catch {
    return []; // Nobody can see them: nothing is told.
  }
}

/** Lines of pid, parent, resident KB, and CPU time as `[[dd-]hh:]mm:ss[.ss]`. */
export function readPs(text: string): Row[] {
  return text.split('\n').flatMap(line => {
    const [pid, ppid, kilobytes, time] = line.trim().split(/\s+/);
    if (time === undefined || !/^\d+$/.test(pid!)) return [];
    const [clock = '', days = '0'] = time.split('-').reverse();
    const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
    const cpu = Math.round((seconds * 1000) / TICK_MS);
    const numbers = {pid: Number(pid), ppid: Number(ppid), bytes: Number(kilobytes) * 1024};
    return [{...numbers, session: 0, start: '', name: '', cpu, waited: 0}];
  });
}

/** What a page of memory is here, from what the kernel tells each program at its start. */
let page: number | null = null;
function pageBytes(): number {
  page ??= readPageBytes();
  return page;
}

const AT_PAGESZ = 6n;
const USUAL_PAGE = 4096;

function readPageBytes(): number {
  try {
    const pairs = readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= pairs.length; at += 16) {
      if (pairs.readBigUInt64LE(at) === AT_PAGESZ) return Number(pairs.readBigUInt64LE(at + 8));
    }
  } catch {
    // It may not be read: the usual one.
  }
  return USUAL_PAGE;
}
