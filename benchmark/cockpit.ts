import {join} from 'node:path';
import {CockpitTerminal} from './cockpit-terminal.ts';
import {type Figure, percentile} from './figures.ts';
import {BenchFleet, programs, talkerAt} from './fleet.ts';
import {frameTimes} from './frames.ts';
import {watchStarts} from './idle.ts';
import {bareEcho} from './keys.ts';
import {childrenOf, cpuShares, pause} from './processes.ts';

const SIZE = {cols: 200, rows: 50};
/** Of sixty sessions fifty print ten times a second; the peeked one is another and prints three times as often. */
const PRINTING = 50;
const SILENT = 9;
const PEEKED = 's01';
const SETTLE_MS = 8000;
const WINDOW_S = 15;
const PRESSES = 200;
/** A person is slower; the odd number keeps clear of the cockpit's own beat, in ms. */
const BETWEEN_MS = 87;
const IDLE_MS = 60_000;
const WATCHED_MS = 10_000;

/** The cockpit at 200×50 over sixty sessions: while most of them print, and a minute after the last change. */
export async function cockpit(): Promise<Figure[]> {
  const {times, cpu} = await frameTimes();
  return [
    {name: 'a frame with a new screen, p50', value: percentile(times, 0.5), unit: 'ms'},
    {name: 'a frame with a new screen, p95', value: percentile(times, 0.95), unit: 'ms'},
    {name: 'a frame with a new screen, processor time', value: cpu, unit: 'ms', note: 'whatever else the machine does'},
    ...(await busy()),
    ...(await idle()),
  ];
}

async function busy(): Promise<Figure[]> {
  await using fleet = await busyFleet();
  const terminal = await openAt(fleet, PEEKED);
  try {
    await pause(SETTLE_MS);
    const from = terminal.written.length;
    const pids = {cockpit: [terminal.pid], client: childrenOf(terminal.pid), server: [fleet.ownerPid()]};
    const shares = await cpuShares(pids, WINDOW_S);
    const written = terminal.written.slice(from);
    const bytes = written.reduce((sum, chunk) => sum + Buffer.byteLength(chunk.bytes), 0);
    const keys = await walking(terminal);
    const bare = await bareEcho();
    return [
      {name: 'busy: cockpit + supervisor', value: shares.cockpit, unit: '% of a core', aim: 25},
      {name: 'busy: control client', value: shares.client, unit: '% of a core'},
      {name: 'busy: tmux server', value: shares.server, unit: '% of a core'},
      {name: 'busy: written to the terminal', value: bytes / WINDOW_S / 1000, unit: 'KB/s', aim: 40},
      {name: 'a bare terminal meanwhile: letter to its echo, p95', value: percentile(bare, 0.95), unit: 'ms'},
      {name: 'busy: key to paint, p50', value: percentile(keys, 0.5), unit: 'ms'},
      {name: 'busy: key to paint, p95', value: percentile(keys, 0.95), unit: 'ms', aim: 16.7},
    ];
  } finally {
    await terminal.end();
  }
}

/** Sixty sessions of which most print. */
export async function busyFleet(): Promise<BenchFleet> {
  const fleet = new BenchFleet('tmux');
  const supervisor = await fleet.serve();
  await fleet.fill(talkerAt(30), {count: 1});
  await fleet.fill(programs.printer, {count: PRINTING, from: 2});
  await fleet.fill(programs.cat, {count: SILENT, from: 2 + PRINTING});
  await supervisor.end();
  return fleet;
}

/** A cockpit that hosts the supervisor, with the session in its peek. */
export async function openAt(fleet: BenchFleet, session: string, node: string[] = []): Promise<CockpitTerminal> {
  const terminal = new CockpitTerminal(fleet, {...SIZE, node});
  await terminal.until(rows => shownSession(rows) !== null, 'the first session');
  // The list is sorted by attention: it is found by its name, and stays selected when the others come back.
  terminal.press(`/${session}\r`);
  await terminal.until(rows => shownSession(rows) === session, session);
  terminal.press('\x1b');
  await terminal.until(rows => rows.some(row => /of \d\d/.test(row)), 'the whole list');
  return terminal;
}

async function walking(terminal: CockpitTerminal): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < PRESSES; i++) {
    await pause(BETWEEN_MS);
    const before = shownSession(terminal.rows());
    terminal.press(i % 16 < 8 ? 'j' : 'k');
    times.push(await terminal.until(rows => (shownSession(rows) ?? before) !== before, 'another session'));
  }
  return times;
}

async function idle(): Promise<Figure[]> {
  await using fleet = new BenchFleet('tmux');
  const supervisor = await fleet.serve();
  await fleet.fill(programs.cat, {count: PRINTING + SILENT + 1});
  await supervisor.end();
  const terminal = new CockpitTerminal(fleet, SIZE);
  try {
    await terminal.until(rows => shownSession(rows) !== null, 'the first session');
    await pause(IDLE_MS + 10_000);
    await insideAMinute();
    const pids = {cockpit: [terminal.pid], server: [fleet.ownerPid()]};
    const shares = await cpuShares(pids, WATCHED_MS / 1000);
    await insideAMinute();
    const from = terminal.written.length;
    const started = await watchStarts(Object.values(pids).flat(), join(fleet.root, 'starts'));
    const bytes = terminal.written.slice(from).reduce((sum, chunk) => sum + Buffer.byteLength(chunk.bytes), 0);
    for (const line of started.lines) console.log(`    started: ${line}`);
    return [
      {name: 'idle: cockpit + supervisor', value: shares.cockpit, unit: '% of a core', aim: 1},
      {name: 'idle: tmux server', value: shares.server, unit: '% of a core'},
      {name: 'idle: bytes in ten seconds', value: bytes, unit: 'B', aim: 0},
      {name: 'idle: processes and threads started', value: started.lines.length, unit: '', aim: 0, note: started.note},
    ];
  } finally {
    await terminal.end();
  }
}

/** The clock and all ages move with its minute: ten seconds without that. */
async function insideAMinute(): Promise<void> {
  const second = (Date.now() / 1000) % 60;
  if (second > 46) await pause((62 - second) * 1000);
}

/** The session whose screen is beside the list: its name stands in the frame. */
function shownSession(rows: string[]): string | null {
  for (const row of rows) {
    const found = /╭─ (s\d\d) · /.exec(row);
    if (found !== null) return found[1]!;
  }
  return null;
}
