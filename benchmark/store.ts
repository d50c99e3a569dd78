import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathsOf, prepareHome} from '../source/config/paths.ts';
import {openStore} from '../source/store/store.ts';
import {put, send} from '../test/store/records.ts';
import {type Figure, median} from './figures.ts';

const SESSIONS = 300;
const MESSAGES = 10_000;
const ROUNDS = 5;

/** A large home: how fast its journal takes entries, and how long it takes to open. In processor time of this process. */
export async function store(): Promise<Figure[]> {
  const bare: number[] = [];
  const appending: number[] = [];
  const reading: number[] = [];
  const writing: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const base = mkdtempSync(join(tmpdir(), 'amux-bench-'));
    try {
      const paths = pathsOf(join(base, 'home'));
      mkdirSync(paths.home, {mode: 0o700});
      prepareHome(paths);
      const open = (readOnly: boolean) => openStore({paths, readOnly, now: Date.now});
      const begun = performance.now();
      spawnSync(process.execPath, ['-e', '0']);
      bare.push(performance.now() - begun);
      const fresh = await open(false);
      const start = process.cpuUsage();
      for (let number = 0; number < SESSIONS; number++) fresh.append(put(`s${number}`));
      for (let number = 0; number < MESSAGES; number++) {
        fresh.append(
          send(`m${number}`, {session: `s${number % SESSIONS}`, text: 'a message of some length '.repeat(8)}),
        );
      }
      appending.push(cpuMs(start));
      await fresh.close();
      for (const [readOnly, times] of [[true, reading] as const, [false, writing] as const]) {
        const start = process.cpuUsage();
        const again = await open(readOnly);
        times.push(cpuMs(start));
        if (again.state.messages.size !== MESSAGES) throw new Error(`${again.state.messages.size} messages came back`);
        await again.close();
      }
    } finally {
      rmSync(base, {recursive: true, force: true});
    }
  }
  const each = ((SESSIONS + MESSAGES) / median(appending)) * 1000;
  const against = (times: number[]): Pick<Figure, 'value' | 'unit'> => ({
    value: median(times) / median(bare),
    unit: '× node -e 0',
  });
  const home = `${SESSIONS} sessions and ${MESSAGES} messages`;
  return [
    {name: 'entries appended', value: each, unit: 'entries/s'},
    {name: `${home} opened to look`, ...against(reading), aim: 6},
    {name: `${home} opened to write`, ...against(writing), aim: 6},
  ];
}

function cpuMs(start: NodeJS.CpuUsage): number {
  const {user, system} = process.cpuUsage(start);
  return (user + system) / 1000;
}
