/** A process that the supervisor ran besides its sessions: git, tmux, a project's set-up commands, agents' helpers. */
export type ExternalCommand = {
  /** Counts up from 1 in the life of a supervisor. */
  id: number;
  /** Unix seconds, with a fraction. */
  at: number;
  /** Without the settings that amux gives git each time; long ones are cut. */
  argv: string[];
  /** Null: not told by this version of Node. */
  cwd: string | null;
  /** How long it took, in ms; null: it runs. */
  ms: number | null;
  /** Null: it runs, was ended by a signal, or could not be run. */
  code: number | null;
  signal: string | null;
  /** Why it could not be run; null: it could. */
  error: string | null;
};

const ARGUMENTS_MAX = 40;
const ARGUMENT_MAX = 300;

/** As it is shown: without `-c NAME=VALUE` in front of git's command, nor passwords in URLs. */
export function shownArgv([file = '', ...args]: readonly string[]): string[] {
  let first = 0;
  if (/(^|\/)git$/.test(file)) while (args[first] === '-c') first += 2;
  const kept = args.slice(first);
  const shown = kept.slice(0, ARGUMENTS_MAX).map(arg => {
    const text = arg.replace(/(:\/\/)[^/@\s]+@/g, '$1***@');
    return text.length > ARGUMENT_MAX ? `${text.slice(0, ARGUMENT_MAX - 1)}…` : text;
  });
  return [file, ...shown, ...(kept.length > ARGUMENTS_MAX ? ['…'] : [])];
}

/** What it was run for: its arguments from the first that is no option. All of them where there is no such. */
export function essence([, ...args]: readonly string[]): string {
  let first = 0;
  while (args[first]?.startsWith('-')) first += PLACES.includes(args[first]!) ? 2 : 1;
  return args.slice(first < args.length ? first : 0).join(' ');
}

/** Options of tmux that say where its server is. */
const PLACES = ['-S', '-L', '-f'];

/** `exit 0`, `SIGTERM`, `it runs`: how it ended, or why it never began. */
export function endText({ms, code, signal, error}: ExternalCommand): string {
  if (error !== null) return error;
  if (ms === null) return 'it runs';
  return code === null ? (signal ?? 'it ended') : `exit ${code}`;
}
