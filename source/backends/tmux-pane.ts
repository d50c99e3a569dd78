import {createOscScanner, type Heard} from '../terminal/osc-scanner.ts';
import type {Launch} from './backend.ts';
import {HUB, quote, unescapeOutput} from './tmux-control.ts';

const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l';

/** What this side knows of one pane: whose it is, and what its output told. */
export class Pane {
  readonly terminal: string;
  readonly pane: string;
  readonly run: string;
  size: {cols: number; rows: number};
  exitSeen = false;
  /** Something was printed in it. */
  printed = false;
  /** The program has reported its status at least once. */
  reported = false;
  /** null until the program said so while somebody listened. */
  bracketedPaste: boolean | null = null;
  readonly #scan = createOscScanner();
  #title = '';

  constructor(known: Pick<Pane, 'terminal' | 'pane' | 'run' | 'size'>) {
    this.terminal = known.terminal;
    this.pane = known.pane;
    this.run = known.run;
    this.size = known.size;
  }

  /** Takes output as tmux escapes it; returns what the program tells in it: its own reports, and a title that is new. */
  hear(escaped: string): Heard {
    const data = unescapeOutput(escaped);
    this.printed = true;
    const on = data.lastIndexOf(PASTE_ON);
    const off = data.lastIndexOf(PASTE_OFF);
    if (on !== off) this.bracketedPaste = on > off;
    const heard = this.#scan(data);
    const reports = heard.reports.filter(({id}) => id === '');
    this.reported ||= reports.length > 0;
    if (heard.title === null || heard.title === this.#title) return {reports, title: null};
    this.#title = heard.title;
    return {reports, title: heard.title};
  }
}

/** The commands, to be run as one list, that make a terminal; the first answers with pane id and pid. */
export function launchCommands({terminal, run, name, argv, cwd, env, cols, rows, asksForStatus}: Launch): string[] {
  const variables = Object.entries(env).map(([key, value]) => `-e ${quote(`${key}=${value}`)}`);
  // One argument goes through the default shell; `exec` makes the program itself the pane's process,
  // and `env` puts back SHELL, which tmux replaces by its own.
  const shell = env['SHELL'] === undefined ? ['env', '-u', 'SHELL'] : ['env', `SHELL=${env['SHELL']}`];
  // What is typed before the program reads it would stand on its screen. The return says when that is over.
  const quiet = asksForStatus ? "stty -echo 2>/dev/null; printf '\\r'; " : '';
  const command = `${quiet}exec ${[...shell, ...argv].map(shellQuote).join(' ')}`;
  const where = `-x ${cols} -y ${rows} -c ${quote(cwd.replaceAll('#', '##'))}`;
  return [
    `new-session -d -s ${terminal} ${where} ${variables.join(' ')} -P -F '#{pane_id}\t#{pane_pid}' ${quote(command)}`,
    // Of the pane: a window or a pane that a person opens beside it is none of amux's, whatever it is called then.
    `set-option -p -t =${terminal}: @amux_run ${quote(run)}`,
    `set-option -p -t =${terminal}: @amux_terminal ${terminal}`,
    `set-option -t =${terminal}: @amux_name ${quote(name)}`,
    `set-option -w -t =${terminal}: window-size manual`,
    `link-window -d -s =${terminal}: -t =${HUB}:`,
  ];
}

const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
