import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {type Figure, median} from './figures.ts';
import {amux} from './fleet.ts';
import {type Transcripts, type Truth, writeTranscripts} from './transcripts.ts';

const BYTES = 300e6;
const ROUNDS = 7;
/** What it is measured against: the program itself, not its launcher. */
const OTHER = 'ccusage@20.0.24';
const LIVE_FILES = 60;
const LIVE_BYTES_PER_SECOND = 20_000;
const LIVE_SECONDS = 20;
const WRITES_PER_SECOND = 10;

/** A cold scan of 300 MB of histories, and the following of files that grow. */
export async function ledger(): Promise<Figure[]> {
  const root = mkdtempSync(join(tmpdir(), 'amux-bench-ledger-'));
  try {
    const other = installOther(join(root, 'other'));
    const figures: Figure[] = [];
    for (const mix of ['work', 'talk'] as const) {
      const made = writeTranscripts({directory: join(root, mix), bytes: BYTES, mix});
      figures.push(...(await compare({root, other, made, mix})));
    }
    figures.push({name: `following ${LIVE_FILES} files`, value: await following(root), unit: '% of a core', aim: 2});
    return figures;
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
}

type Compared = {root: string; other: string; made: Transcripts; mix: string};

async function compare({root, other, made, mix}: Compared): Promise<Figure[]> {
  const home = join(root, 'user');
  const env = {PATH: process.env['PATH'], HOME: home, AMUX_HOME: join(root, 'home'), CLAUDE_CONFIG_DIR: made.directory};
  mkdirSync(home, {recursive: true});
  const ours: Ran[] = [];
  const theirs: Ran[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const [file, ...args] = amux;
    ours.push(await run([file!, ...args, 'tokens', '--by', 'day', '--json'], env));
    theirs.push(await run([other, 'daily', '--json', '--offline'], env));
  }
  const time = median(ours.map(({ms}) => ms));
  return [
    {name: `${mix}: amux tokens, whole command`, value: time, unit: 'ms'},
    {name: `${mix}: ${OTHER}`, value: median(theirs.map(({ms}) => ms)), unit: 'ms'},
    {name: `${mix}: of its time`, value: time / median(theirs.map(({ms}) => ms)), unit: '×', aim: 1 / 3},
    {name: `${mix}: peak memory`, value: median(ours.map(({peakMb}) => peakMb)), unit: 'MB', aim: 150},
    {name: `${mix}: peak memory of ${OTHER}`, value: median(theirs.map(({peakMb}) => peakMb)), unit: 'MB'},
    {name: `${mix}: tokens off the truth`, value: offBy(made.total, oursOf(ours[0]!)), unit: '', aim: 0},
    {name: `${mix}: tokens off the truth, ${OTHER}`, value: offBy(made.total, theirsOf(theirs[0]!)), unit: ''},
  ];
}

type Sums = Omit<Truth, 'messages'>;

const offBy = (truth: Sums, found: Sums): number =>
  (['input', 'output', 'cacheRead', 'cacheWrite'] as const).reduce(
    (sum, key) => sum + Math.abs(truth[key] - found[key]),
    0,
  );

const oursOf = ({out}: Ran): Sums => (JSON.parse(out) as {total: Sums}).total;

function theirsOf({out}: Ran): Sums {
  const {totals} = JSON.parse(out) as {totals: Record<string, number>};
  const at = (name: string): number => totals[name] ?? 0;
  return {
    input: at('inputTokens'),
    output: at('outputTokens'),
    cacheRead: at('cacheReadTokens'),
    cacheWrite: at('cacheCreationTokens'),
  };
}

type Ran = {ms: number; peakMb: number; out: string};

async function run(argv: string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const [file, ...args] = argv;
  const begun = performance.now();
  const child = spawn(file!, args, {env, stdio: ['ignore', 'pipe', 'ignore']});
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  let peakMb = 0;
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, highWater(child.pid!));
  }, 3);
  await once(child, 'exit');
  const ms = performance.now() - begun;
  clearInterval(watch);
  return {ms, peakMb, out: Buffer.concat(chunks).toString()};
}

function highWater(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function installOther(directory: string): string {
  mkdirSync(directory);
  writeFileSync(join(directory, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', OTHER], {cwd: directory, stdio: 'ignore'});
  const name = `ccusage-${process.platform}-${process.arch}`;
  const file = join(directory, 'node_modules', '@ccusage', name, 'bin', 'ccusage');
  chmodSync(file, 0o755);
  return file;
}

/** CPU of a process that follows sixty histories while they grow. */
async function following(root: string): Promise<number> {
  const directory = join(root, 'live', 'projects', 'p');
  mkdirSync(directory, {recursive: true});
  const source = readFileSync(writeTranscripts({directory: join(root, 'grow'), bytes: 3e6}).files[0]!);
  const files = Array.from({length: LIVE_FILES}, (_, i) => join(directory, `${i}.jsonl`));
  for (const file of files) writeFileSync(file, '');
  const script = new URL('ledger-follow.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, dirname(directory), String(LIVE_SECONDS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', chunk => {
    said += String(chunk);
  });
  const size = LIVE_BYTES_PER_SECOND / WRITES_PER_SECOND;
  for (let at = 0; child.exitCode === null; at += size) {
    const piece = source.subarray(at % (source.length - size), (at % (source.length - size)) + size);
    for (const file of files) appendFileSync(file, piece);
    await pause(1000 / WRITES_PER_SECOND);
  }
  return Number(said);
}
