import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from '../source/api/client.ts';
import type {Activity} from '../source/domain/session.ts';
import {type Figure, percentile} from './figures.ts';
import {type BackendKind, BenchFleet, programs} from './fleet.ts';
import {cpuShares, pause} from './processes.ts';

/** One way in which a program can show what it does. `pushed`: it tells by itself; the others have to be looked at. */
type Source = {way: string; agent: string; pushed: boolean};

const sources: readonly Source[] = [
  {way: 'program', agent: 'generic', pushed: true},
  {way: 'title', agent: 'gemini', pushed: true},
  {way: 'hook', agent: 'claude', pushed: true},
  {way: 'screen', agent: 'claude', pushed: false},
  {way: 'output', agent: 'generic', pushed: false},
];

const AIM_MS = 300;
const WHOLE_MS = 200_000;
const CHANGES = 12;
const IDLE_SESSIONS = 60;
const SETTLE_MS = 8000;
const WINDOW_S = 20;

/** From a real change to the status that clients are told, and what watching sixty silent sessions costs. */
export async function truth(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const backend of ['tmux', 'pty'] as const) figures.push(...(await delays(backend)), await cost(backend));
  return figures;
}

type Shown = {name: string; at: number; activity: Activity | null};
type Change = {at: number; state: 'working' | 'idle' | 'blocked'};

async function delays(backend: BackendKind): Promise<Figure[]> {
  await using fleet = new BenchFleet(backend);
  const supervisor = await fleet.serve();
  await using client = new Client({socket: fleet.paths.socket});
  const ending = new AbortController();
  const shown: Shown[] = [];
  const listening = listen(client, {shown, signal: ending.signal});
  const program = new URL('truth-agent.ts', import.meta.url).pathname;
  const tsx = import.meta.resolve('tsx');
  const log = (way: string) => join(fleet.root, `${way === 'hook' ? 'claude-' : ''}${way}.log`);
  for (const {way, agent} of sources) {
    const command = `${process.execPath} --import ${tsx} ${program} ${way} ${log(way)}`;
    await client.register({name: way, dir: fleet.root, agent, command});
    await client.start(way);
  }
  const changes = (way: string): Change[] => {
    const file = log(way);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line));
  };
  for (let waited = 0; waited < WHOLE_MS; waited += 1000) {
    await pause(1000);
    if (sources.every(({way}) => changes(way).length === CHANGES)) break;
  }
  await pause(3000);
  ending.abort();
  await listening;
  await supervisor.end();
  return sources.flatMap(({way, pushed}) => {
    const found = changes(way).map(change =>
      delayOf(
        change,
        shown.filter(({name}) => name === way),
      ),
    );
    const seen = found.filter(each => each !== null);
    const note =
      seen.length === found.length
        ? `${found.length} changes`
        : `${found.length - seen.length} of ${found.length} never shown`;
    return [
      {name: `${backend}: ${way}, p50`, value: percentile(seen, 0.5), unit: 'ms'},
      {
        name: `${backend}: ${way}, p95`,
        value: percentile(seen, 0.95),
        unit: 'ms',
        note,
        ...(pushed ? {aim: AIM_MS} : {}),
      },
    ];
  });
}

const EXPECTED: Record<Change['state'], readonly (Activity | null)[]> = {
  working: ['working'],
  idle: ['idle', 'finished'],
  blocked: ['waiting'],
};

/** null: it was not shown before the next change could come. */
function delayOf({at, state}: Change, shown: readonly Shown[]): number | null {
  const first = shown.find(each => each.at >= at && EXPECTED[state].includes(each.activity));
  return first === undefined || first.at - at > 2400 ? null : first.at - at;
}

async function listen(client: Client, {shown, signal}: {shown: Shown[]; signal: AbortSignal}): Promise<void> {
  for await (const {type, session} of client.events({signal})) {
    const at = Date.now();
    if (session === null || (type !== 'session.activity' && type !== 'session.status')) continue;
    const {activity} = await client.session(session.id);
    shown.push({name: session.name, at, activity});
  }
}

async function cost(backend: BackendKind): Promise<Figure> {
  await using fleet = new BenchFleet(backend);
  const supervisor = await fleet.serve();
  await fleet.fill(programs.cat, {count: IDLE_SESSIONS, agents: ['claude', 'codex', 'gemini', 'generic']});
  await pause(SETTLE_MS);
  const {amux} = await cpuShares({amux: [supervisor.pid]}, WINDOW_S);
  await supervisor.end();
  return {name: `${backend}: supervisor, ${IDLE_SESSIONS} silent sessions`, value: amux, unit: '% of a core', aim: 3};
}
