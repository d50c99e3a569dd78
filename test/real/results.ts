import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {loadavg} from 'node:os';
import {join} from 'node:path';
import type {BackendName} from './home.ts';
import type {Program} from './program.ts';
import type {CaseResult} from './troupe.ts';

const directory = new URL('../../benchmark/results/', import.meta.url);
const FILE = /^agents-\d{4}-\d{2}-\d{2}\.json$/;

export type KeptResult = {
  agent: string;
  backend: BackendName;
  case: string;
  at: string;
  /** Of the program. */
  version: string;
  /** Of amux. */
  commit: string;
  /** Processes that wanted a core in the last minute: delays of a busy machine mean less. */
  load: number;
  verdict: CaseResult['verdict'];
  reason: string | null;
  samples: number;
  falseIdle: number;
  worstWrongMs: number;
  changes: {to: string; delayMs: number}[];
  firstWrong: {says: string; truth: string; amuxsReason: string | null} | null;
};

export type Results = {cases: KeptResult[]; deliveries: KeptDelivery[]; crashes?: KeptCrashes[]};

export type KeptDelivery = {
  agent: string;
  backend: BackendName;
  at: string;
  version: string;
  commit: string;
  load: number;
  seed: number;
  messages: number;
  kills: number;
  arrived: number;
  lost: number;
  doubled: number;
  outOfOrder: number;
  uncertain: number;
  dialogsAnswered: number;
  minutes: number;
  note: string | null;
};

/** Kills of one program wherever it stood. Times in ms. */
export type KeptCrashes = {
  agent: string;
  backend: BackendName;
  at: string;
  version: string;
  commit: string;
  load: number;
  kills: number;
  sessions: number;
  /** How often where. */
  phases: Record<string, number>;
  /** Median of its starts, and how long after its pause it took input again. */
  cold: number;
  back: {p50: number; longest: number};
  faults: string[];
};

/** The newest results: what was not run on its day was carried over from the day before. */
export function newestResults(): Results {
  const newest = existsSync(directory)
    ? readdirSync(directory)
        .filter(name => FILE.test(name))
        .sort()
        .at(-1)
    : undefined;
  if (newest === undefined) return {cases: [], deliveries: []};
  return JSON.parse(readFileSync(new URL(newest, directory), 'utf8')) as Results;
}

/** Replaces the result of this agent, backend and case. */
export function keepResult({
  program,
  backend,
  name,
  result,
}: {
  program: Program;
  backend: BackendName;
  name: string;
  result: CaseResult;
}): void {
  const {verdict, reason, judgement, explanation} = result;
  const wrong = judgement?.firstWrong ?? null;
  const kept: KeptResult = {
    agent: program.name,
    backend,
    case: name,
    ...circumstances(program),
    verdict,
    reason: reason?.split('\n')[0] ?? null,
    samples: judgement?.samples ?? 0,
    falseIdle: judgement?.falseIdle ?? 0,
    worstWrongMs: judgement?.worstWrongMs ?? 0,
    changes: judgement?.changes ?? [],
    firstWrong:
      wrong === null ? null : {says: wrong.says, truth: wrong.truth, amuxsReason: explanation?.reason ?? null},
  };
  change(results => {
    const others = results.cases.filter(
      each => each.agent !== kept.agent || each.backend !== kept.backend || each.case !== kept.case,
    );
    return {...results, cases: [...others, kept]};
  });
}

export function keepDelivery(
  program: Program,
  found: Omit<KeptDelivery, 'agent' | 'at' | 'version' | 'commit' | 'load'>,
): void {
  const kept: KeptDelivery = {agent: program.name, ...circumstances(program), ...found};
  const same = (each: KeptDelivery) =>
    each.agent === kept.agent && each.backend === kept.backend && each.kills > 0 === kept.kills > 0;
  change(results => ({...results, deliveries: [...results.deliveries.filter(each => !same(each)), kept]}));
}

/** Replaces the result of this agent and backend. */
export function keepCrashes(
  program: Program,
  found: Omit<KeptCrashes, 'agent' | 'at' | 'version' | 'commit' | 'load'>,
): void {
  const kept: KeptCrashes = {agent: program.name, ...circumstances(program), ...found};
  const isOther = (each: KeptCrashes) => each.agent !== kept.agent || each.backend !== kept.backend;
  change(results => ({...results, crashes: [...(results.crashes ?? []).filter(isOther), kept]}));
}

function change(act: (results: Results) => Results): void {
  const results = act(newestResults());
  mkdirSync(directory, {recursive: true});
  const file = new URL(`agents-${new Date().toISOString().slice(0, 10)}.json`, directory);
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

function circumstances(program: Program): {at: string; version: string; commit: string; load: number} {
  const manifest = join(process.env['AMUX_REAL_PROGRAMS']!, 'node_modules', program.package, 'package.json');
  const {version} = JSON.parse(readFileSync(manifest, 'utf8')) as {version: string};
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    encoding: 'utf8',
    cwd: new URL('.', import.meta.url),
  }).trim();
  return {at: new Date().toISOString(), version, commit, load: Math.round(loadavg()[0]! * 10) / 10};
}
