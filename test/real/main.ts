/** `npm run test:agents`: the real programs, driven through amux in a network namespace of its own. */
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {AGENTS_PAGE, agentsPage} from '../../docs/agents.ts';
import {cases} from './cases.ts';
import {isAsked, namesIn} from './names.ts';
import {programs} from './programs.ts';

const launcher = new URL('../fixtures/agents/real-agent', import.meta.url).pathname;
const names = programs.map(({name}) => name);

const {values} = parseArgs({
  options: {
    agent: {type: 'string'},
    case: {type: 'string'},
    backend: {type: 'string'},
    delivery: {type: 'boolean'},
    crash: {type: 'boolean'},
    messages: {type: 'string'},
    kills: {type: 'string'},
    seed: {type: 'string'},
  },
});
check('program', values.agent, names);
check(
  'case',
  values.case,
  cases.map(({name}) => name),
);
check('backend', values.backend, ['tmux', 'pty']);
if (process.getuid?.() !== 0) fail('needs root: each run gets a network namespace without a way out');

/** Where the programs are: fetched once, 1.5 GB; never below the user's home. */
const cache = process.env['AMUX_REAL_AGENTS'] ?? join(tmpdir(), 'amux-real');
const missing = names
  .filter(name => isAsked(values.agent, name))
  .filter(name => !existsSync(join(cache, 'npm/node_modules/.bin', name)));
if (missing.length > 0) {
  console.log(`fetching ${missing.join(', ')} from the registry into ${cache} (once, some minutes) …`);
  execFileSync(launcher, ['install', ...missing], {env: {...process.env, REAL_AGENT_DIR: cache}, stdio: 'inherit'});
}

// A home and a namespace of this run alone: runs may stand beside each other.
const base = mkdtempSync(join(tmpdir(), 'amux-namespace-'));
symlinkSync(join(cache, 'npm'), join(base, 'npm'));
const env = {...process.env, REAL_AGENT_DIR: base, AMUX_HOME: undefined, AMUX_SESSION: undefined, TMUX: undefined};
const failures = join(cache, 'failures');
mkdirSync(failures, {recursive: true});
let code = 1;
try {
  execFileSync(launcher, ['up', 'bare'], {env, stdio: ['ignore', 'ignore', 'inherit']});
  const script =
    values.crash === true ? 'inside-crash.ts' : values.delivery === true ? 'inside-delivery.ts' : 'inside.ts';
  const passed = Object.entries(values).flatMap(([name, value]) =>
    typeof value === 'string' ? [`--${name}`, value] : [],
  );
  const command = [
    process.execPath,
    '--import',
    'tsx',
    new URL(script, import.meta.url).pathname,
    ...passed,
    '--failures',
    failures,
  ];
  const variables = ['env', `REAL_AGENT_DIR=${base}`, `AMUX_REAL_PROGRAMS=${join(cache, 'npm')}`];
  const child = spawn(launcher, ['exec', ...variables, ...command], {env, stdio: 'inherit'});
  // The terminal sends Ctrl-C to the child as well: here it only must not end the tidying up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  code = await new Promise<number>(resolve => child.once('exit', status => resolve(status ?? 1)));
  writeFileSync(AGENTS_PAGE, agentsPage());
  if (code !== 0) console.log(`what is known of each failure: ${failures}`);
} finally {
  execFileSync(launcher, ['down'], {env, stdio: 'ignore'});
  rmSync(base, {recursive: true, force: true, maxRetries: 5});
}
process.exit(code);

/** One name, or several with commas between them. */
function check(what: string, asked: string | undefined, all: readonly string[]): void {
  const unknown = namesIn(asked).find(name => !all.includes(name));
  if (unknown !== undefined) fail(`has no ${what} "${unknown}": there are ${all.join(', ')}`);
}

function fail(why: string): never {
  console.error(`test:agents ${why}`);
  process.exit(2);
}
