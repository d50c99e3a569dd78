import {spawn, spawnSync} from 'node:child_process';
import {readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {CockpitTerminal} from './cockpit-terminal.ts';
import type {Figure} from './figures.ts';
import {BenchFleet, programs} from './fleet.ts';
import {cpuShares, pause} from './processes.ts';

const IDLE_MS = 60_000;
const WATCHED_MS = 10_000;
const STARTS = 'execve,fork,vfork,clone,clone3';

/** Twenty idle sessions after a minute, watched for ten seconds: nothing starts, nothing is drawn but the clock. */
export async function idle(): Promise<Figure[]> {
  await using fleet = new BenchFleet('tmux');
  const supervisor = await fleet.serve();
  await fleet.fill(programs.cat);
  const apart = await watched(fleet, 'beside it', [supervisor.pid]);
  await supervisor.end();
  return [...apart, ...(await watched(fleet, 'hosting it', []))];
}

/** A cockpit beside the headless supervisor, or one that hosts it. */
async function watched(fleet: BenchFleet, how: string, supervisor: number[]): Promise<Figure[]> {
  const cockpit = new CockpitTerminal(fleet);
  try {
    await cockpit.until(rows => rows.some(row => /╭─ s\d\d · /.test(row)), 'the first session');
    await pause(IDLE_MS);
    const pids = {supervisor, cockpit: [cockpit.pid], server: [fleet.ownerPid()]};
    const shares = await cpuShares(pids, WATCHED_MS / 1000);
    const before = cockpit.rows();
    const from = cockpit.written.length;
    const started = await watchStarts(Object.values(pids).flat(), join(fleet.root, 'starts'));
    const written = cockpit.written.slice(from).map(({bytes}) => bytes);
    const changed = cockpit.rows().filter((row, y) => row !== before[y]);
    for (const line of started.lines) console.log(`    started: ${line}`);
    for (const row of changed) console.log(`    drawn anew: ${row}`);
    const other = cockpit.rows().filter((row, y) => timeless(row) !== timeless(before[y] ?? ''));
    return [
      {
        name: `${how}: processes and threads started`,
        value: started.lines.length,
        unit: '',
        aim: 0,
        note: started.note,
      },
      {name: `${how}: bytes from the cockpit`, value: Buffer.byteLength(written.join('')), unit: 'B'},
      {name: `${how}: rows drawn, but for clock and ages`, value: other.length, unit: '', aim: 0},
      {name: `${how}: supervisor`, value: shares.supervisor, unit: '% of a core'},
      {name: `${how}: cockpit`, value: shares.cockpit, unit: '% of a core'},
      {name: `${how}: tmux server`, value: shares.server, unit: '% of a core'},
    ].filter(({name}) => supervisor.length > 0 || !name.endsWith(': supervisor'));
  } finally {
    await cockpit.end();
  }
}

/** A row without what the clock moves: the time of day, and ages in minutes or more. */
function timeless(row: string): string {
  return row.replace(/\d\d:\d\d$/, '').replace(/ +\d+[mhd]\b/g, '');
}

/** Processes and threads that these start in ten seconds. */
export async function watchStarts(pids: number[], file: string): Promise<{lines: string[]; note?: string}> {
  if (spawnSync('strace', ['-V']).error !== undefined) {
    await pause(WATCHED_MS);
    return {lines: [], note: 'strace is not installed: starts were not watched'};
  }
  const targets = pids.flatMap(pid => ['-p', String(pid)]);
  const tracer = spawn('strace', ['-f', '-e', `trace=${STARTS}`, '-e', 'signal=none', '-o', file, ...targets], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  tracer.stderr.on('data', chunk => {
    said += String(chunk);
  });
  const ended = new Promise(resolve => tracer.once('close', resolve));
  await pause(WATCHED_MS);
  tracer.kill('SIGINT');
  await ended;
  const missed = pids.filter(pid => !new RegExp(`Process ${pid} attached`).test(said));
  if (missed.length > 0) throw new Error(`strace could not watch ${missed.join(', ')}: ${said.trim()}`);
  const text = readFileSync(file, 'utf8');
  rmSync(file);
  return {lines: text.split('\n').filter(line => line.trim() !== '')};
}
