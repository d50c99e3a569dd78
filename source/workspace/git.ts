import {type ChildProcess, type ExecFileException, execFile, spawn} from 'node:child_process';
import {quoted} from '../domain/argv.ts';
import {AmuxError} from '../domain/errors.ts';

/** A question to git, and a change of a working tree (a check-out of a large repository), in ms. */
export const LOOK_MS = 30_000;
export const CHANGE_MS = 10 * 60_000;
/** The rest of an output is waited for so long after the end of a git that ran hooks, in ms. */
const REST_MS = 1000;
/** Longest output that is read, bytes. */
const OUTPUT_MAX = 64 << 20;

/** A repository, named by its main working tree and the git directory that all worktrees share. */
export type Repository = {root: string; gitDir: string};

/**
 * Nothing that the repository brings is run where git leaves that to us: no hooks, no monitor, no signing; and nothing
 * hides a change from it. Filters of a user's own configuration (LFS) do run: without them files would be wrong.
 */
const SETTINGS = [
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.quotePath=false',
  'core.ignoreStat=false',
  'submodule.recurse=false',
  'status.showUntrackedFiles=all',
  'diff.ignoreSubmodules=none',
  'advice.detachedHead=false',
].flatMap(setting => ['-c', setting]);
const NO_HOOKS = ['-c', 'core.hooksPath=/dev/null'];

type Asked = {
  cwd: string;
  timeoutMs?: number;
  env?: Record<string, string>;
  /** What it reads. */
  input?: string;
  /** Each character of input and output stands for one byte: names of files need not be UTF-8. */
  bytes?: boolean;
  /** It stands for a person's own command, so that the repository's hooks run as they would then. */
  hooks?: boolean;
  /** Told of its process. */
  started?: (pid: number) => void;
};

/** The output of one git command. Throws `workspace.git` with what git said. */
export async function git(args: readonly string[], asked: Asked): Promise<string> {
  const result = await tryGit(args, asked);
  if (result.code === 0) return result.out;
  throw (
    foreignOwner(result) ??
    new AmuxError('workspace.git', {
      why: reasonOf(result, args),
      next: result.code === null ? 'try again; the repository may be very large, or locked' : 'git status tells more',
    })
  );
}

/** Git answers nothing in a repository of another user; null: that is not why. */
export function foreignOwner({code, err}: GitResult): AmuxError | null {
  const path = code === 0 ? undefined : /dubious ownership in repository at '(.+)'$/m.exec(err)?.[1];
  if (path === undefined) return null;
  const next = `git config --global --add safe.directory ${quoted(path)} trusts it`;
  return new AmuxError('workspace.git', {why: `another user owns ${path}`, next});
}

export type GitResult = {code: number | null; out: string; err: string};

/** The same, where its exit code is an answer. `code` is null when it did not end in time or could not be run. */
export function tryGit(
  args: readonly string[],
  {cwd, timeoutMs = LOOK_MS, env = {}, input = '', bytes = false, hooks = false, started}: Asked,
): Promise<GitResult> {
  return new Promise(resolve => {
    const options = {
      cwd,
      env: {...environment(), ...env},
      timeout: timeoutMs,
      killSignal: 'SIGTERM' as const,
      maxBuffer: OUTPUT_MAX,
      encoding: bytes ? ('latin1' as const) : ('utf8' as const),
    };
    const child = execFile('git', [...SETTINGS, ...(hooks ? [] : NO_HOOKS), ...args], options, (error, out, err) => {
      if (error === null) resolve({code: 0, out, err});
      else if (typeof error.code === 'number') resolve({code: error.code, out, err});
      else resolve({code: null, out, err: whyCut(error, timeoutMs)});
    });
    if (child.pid !== undefined) started?.(child.pid);
    // What a hook left in the background holds the output open. Nobody reads that of a change to its end.
    if (hooks) child.once('exit', () => setTimeout(() => release(child), REST_MS).unref());
    child.stdin?.on('error', () => {}); // It ended before it read all: its exit code says why.
    child.stdin?.end(input, bytes ? 'latin1' : 'utf8');
  });
}

function whyCut({killed, signal, message}: ExecFileException, timeoutMs: number): string {
  if (killed === true) return `it took longer than ${timeoutMs / 1000} s`;
  return signal == null ? message : `git was ended by ${signal}`;
}

function release({stdout, stderr}: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

export type BoundedResult = {code: number | null; bytes: Buffer; whole: boolean; err: string};

/** The beginning of an output of any length, as bytes; git is ended when there is more. `input` goes to its stdin. */
export function boundedGit(
  args: readonly string[],
  {cwd, timeoutMs = LOOK_MS, env = {}, max, input = ''}: Asked & {max: number; input?: string},
): Promise<BoundedResult> {
  return new Promise(resolve => {
    const child = spawn('git', [...SETTINGS, ...NO_HOOKS, ...args], {cwd, env: {...environment(), ...env}});
    const parts: Buffer[] = [];
    let [size, whole, err] = [0, true, ''];
    const late = setTimeout(() => {
      err = `it took longer than ${timeoutMs / 1000} s`;
      whole = false;
      child.kill();
    }, timeoutMs);
    child.stdout.on('data', (part: Buffer) => {
      if (size < max) parts.push(part.subarray(0, max - size));
      size += part.length;
      if (size <= max || !whole) return;
      whole = false;
      child.kill();
    });
    child.stderr.on('data', (part: Buffer) => {
      if (err.length < 10_000) err += part.toString();
    });
    child.stdin.on('error', () => {}); // It ended before it read all.
    child.stdin.end(input);
    child.on('error', error => {
      err = error.message;
    });
    child.on('close', code => {
      clearTimeout(late);
      resolve({code: whole ? code : null, bytes: Buffer.concat(parts), whole, err});
    });
  });
}

export function reasonOf({err}: Pick<GitResult, 'err'>, args: readonly string[]): string {
  const lines = err.split(/[\r\n]+/).filter(line => line.trim() !== '' && !line.startsWith('hint:'));
  const told = lines.find(line => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? `git ${args[0]} failed`;
  return told.replace(/^(fatal|error): /, '').slice(0, 500);
}

/** The caller's, without what would point git elsewhere or make it ask somebody. */
function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) if (!name.startsWith('GIT_')) env[name] = value;
  return {...env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_EDITOR: 'true', LC_ALL: 'C'};
}
