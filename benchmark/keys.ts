import {spawn} from 'node-pty';
import {CockpitTerminal} from './cockpit-terminal.ts';
import {type Figure, percentile} from './figures.ts';
import {type BackendKind, BenchFleet, programs, SESSIONS} from './fleet.ts';
import {pause} from './processes.ts';

const PRESSES = 200;
const TYPED = 200;
/** Between two keys; a person is slower, and the odd number keeps clear of the cockpit's own beat, in ms. */
const BETWEEN_MS = 87;
const LINE = 40;
const FIRST = 's01';
const LAST = `s${SESSIONS}`;

/** From a key to the cell that it changes: a walk through the list, and the echo of a typed letter. */
export async function keys(): Promise<Figure[]> {
  // What the machine itself needs at this moment: a terminal's echo without amux between.
  const figures = percentiles('a bare terminal: letter to its echo', await bareEcho());
  for (const kind of ['tmux', 'pty'] as const) figures.push(...(await withBackend(kind)));
  return figures;
}

async function withBackend(kind: BackendKind): Promise<Figure[]> {
  await using fleet = new BenchFleet(kind);
  const supervisor = await fleet.serve();
  await fleet.fill(programs.cat);
  await supervisor.end();
  const cockpit = new CockpitTerminal(fleet);
  try {
    await cockpit.until(rows => shownSession(rows) !== null, 'the first session');
    await pause(3000);
    const walk = await walking(cockpit);
    const echo = await typing(cockpit);
    return [
      ...percentiles(`${kind}: j or k to the next session`, walk),
      ...percentiles(`${kind}: letter to its echo`, echo),
    ];
  } finally {
    await cockpit.end();
  }
}

export async function bareEcho(): Promise<number[]> {
  const pty = spawn('cat', [], {cols: 120, rows: 40});
  const times: number[] = [];
  for (let i = 0; i < TYPED; i++) {
    await pause(BETWEEN_MS);
    const echoed = new Promise<void>(resolve => {
      const listener = pty.onData(() => {
        listener.dispose();
        resolve();
      });
    });
    const start = performance.now();
    pty.write('x');
    await echoed;
    times.push(performance.now() - start);
  }
  pty.kill();
  return times;
}

async function walking(cockpit: CockpitTerminal): Promise<number[]> {
  const times: number[] = [];
  let down = true;
  for (let i = 0; i < PRESSES; i++) {
    await pause(BETWEEN_MS);
    const before = shownSession(cockpit.rows());
    if (before === FIRST) down = true;
    else if (before === LAST) down = false;
    cockpit.press(down ? 'j' : 'k');
    times.push(await cockpit.until(rows => (shownSession(rows) ?? before) !== before, 'another session'));
  }
  return times;
}

async function typing(cockpit: CockpitTerminal): Promise<number[]> {
  cockpit.press('i');
  await cockpit.until(rows => rows.some(row => row.includes('TYPING')), 'typing mode');
  const times: number[] = [];
  let line = '';
  for (let i = 0; i < TYPED; i++) {
    await pause(BETWEEN_MS);
    const letter = String.fromCharCode(97 + (i % 26));
    line += letter;
    cockpit.press(letter);
    times.push(await cockpit.until(rows => rows.some(row => row.includes(`┃${line} `)), `the echo of ${letter}`));
    if (line.length === LINE) {
      cockpit.press('\r');
      line = '';
      await pause(500);
    }
  }
  return times;
}

/** The session whose screen is beside the list: its name stands in the frame. */
function shownSession(rows: string[]): string | null {
  for (const row of rows) {
    const found = /╭─ (s\d\d) · /.exec(row);
    if (found !== null) return found[1]!;
  }
  return null;
}

function percentiles(name: string, times: number[]): Figure[] {
  return [
    {name: `${name}, p50`, value: percentile(times, 0.5), unit: 'ms'},
    {name: `${name}, p95`, value: percentile(times, 0.95), unit: 'ms', aim: 33},
  ];
}
