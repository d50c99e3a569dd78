import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {promisify} from 'node:util';
import {AmuxError} from '../domain/errors.ts';
import type {Screen} from '../domain/screen.ts';
import type {Exit} from '../domain/session.ts';
import type {Mark} from '../domain/steering.ts';
import {createStatusScanner} from '../terminal/program-status.ts';
import {parseSgrScreen} from '../terminal/sgr.ts';
import type {Backend, BackendEvent, Launch, TerminalInfo} from './backend.ts';
import {isAlive, signalAll, zombieExit} from './process-tree.ts';
import {signalName} from './signals.ts';
import {tmuxConfiguration} from './tmux-conf.ts';
import {Control, HUB, type Notification, quote, unescapeOutput} from './tmux-control.ts';

/** A dead pane without a status is looked at again after so long, and so often, in ms. */
const SECOND_LOOK_MS = 50;
const SECOND_LOOKS = 6;
/** A pane whose status tmux lost fires no hook: all are looked at this often, in ms. */
const SWEEP_MS = 500;
const LIST = `list-panes -a -f '#{!=:#{session_name},${HUB}}' -F '${[
  'session_name',
  '@amux_run',
  'pane_pid',
  'pane_dead',
  'pane_dead_status',
  'pane_dead_signal',
  'pane_width',
  'pane_height',
  '@amux_mark',
  'session_attached',
]
  .map(field => `#{${field}}`)
  .join('\t')}'`;
/** Bytes of one `send-keys -H` or `set-buffer` command. */
const CHUNK = 4000;
const RECONNECTS = 3;

const run = promisify(execFile);

/** What this side knows of one pane. */
type Pane = {
  terminal: string;
  pane: string;
  run: string;
  exitSeen: boolean;
  scanner: ReturnType<typeof createStatusScanner>;
  bracketedPaste: boolean | null;
  size: {cols: number; rows: number};
};

export type TmuxOptions = {socket: string; conf: string; detachKey: string; command?: string};

/** Terminals in amux's own tmux server, driven over one control-mode connection. */
export class TmuxBackend implements Backend {
  readonly kind = 'tmux';
  readonly socket: string;
  readonly #options: TmuxOptions;
  readonly #tmux: string[];
  readonly #listeners = new Set<(event: BackendEvent) => void>();
  readonly #panes = new Map<string, Pane>();
  #control: Control | null = null;
  #serverPid = 0;
  #looking = false;
  #sweep: NodeJS.Timeout | null = null;
  #ending = false;

  constructor(options: TmuxOptions) {
    this.#options = options;
    this.socket = options.socket;
    this.#tmux = [options.command ?? 'tmux', '-S', options.socket, '-f', options.conf];
  }

  /** Process id of the tmux server; 0 before the first connection. */
  get serverPid(): number {
    return this.#serverPid;
  }

  async open(): Promise<boolean> {
    if (this.#control?.isOpen === true) return true;
    const alive = await run(this.#tmux[0]!, [...this.#tmux.slice(1), 'list-sessions']).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT')
          throw new AmuxError('backend.failed', {backend: 'tmux', why: 'tmux is not installed'});
        return false;
      },
    );
    if (alive) await this.#connect();
    return alive;
  }

  async #connect(): Promise<Control> {
    writeFileSync(this.#options.conf, tmuxConfiguration(this.#options.detachKey), {mode: 0o600});
    // The server keeps the environment it was started with; each terminal gets its own, whole, by `-e`.
    const {PATH = '/usr/bin:/bin', HOME = '/'} = process.env;
    const control = new Control({
      tmux: this.#tmux,
      env: {PATH, HOME, TERM: 'xterm-256color'},
      onNotification: notification => this.#notified(notification),
      onEnd: () => void this.#reconnect(),
    });
    this.#control = control;
    const [pid] = await control.run(`display-message -p '#{pid}'`);
    this.#serverPid = Number(pid![0]);
    await this.#adopt(control);
    this.#sweep ??= setInterval(() => {
      if (this.#panes.size > 0) void this.#lookForDead();
    }, SWEEP_MS);
    this.#sweep.unref();
    return control;
  }

  /** After a connection: every window is linked into the hub, so that its output is heard. */
  async #adopt(control: Control): Promise<void> {
    const [rows] = await control.run(
      `list-panes -a -F '#{session_name}\t#{pane_id}\t#{@amux_run}\t#{window_linked_sessions}\t#{pane_width}\t#{pane_height}'`,
    );
    for (const row of rows!) {
      const [terminal = '', pane = '', runId = '', linked, cols, lines] = row.split('\t');
      if (terminal === HUB || runId === '') continue;
      if (!this.#panes.has(pane))
        this.#remember({terminal, pane, run: runId, size: {cols: Number(cols), rows: Number(lines)}});
      if (linked === '1') await control.run(`link-window -d -s =${terminal}: -t =${HUB}:`);
    }
  }

  #remember(known: Pick<Pane, 'terminal' | 'pane' | 'run' | 'size'>): void {
    this.#panes.set(known.pane, {...known, exitSeen: false, scanner: createStatusScanner(), bracketedPaste: null});
  }

  async #reconnect(): Promise<void> {
    for (let i = 0; i < RECONNECTS && !this.#ending; i++) {
      const alive = await this.open().catch(() => false);
      if (alive) {
        const at = Date.now();
        for (const {terminal} of this.#panes.values()) this.#emit({type: 'output', terminal, at});
        return;
      }
    }
    this.#control = null;
    if (this.#ending || this.#panes.size === 0) return;
    this.#panes.clear();
    this.#emit({type: 'lost', at: Date.now(), why: 'the tmux server died'});
  }

  #connected(): Control {
    if (this.#control?.isOpen !== true) {
      throw new AmuxError('backend.failed', {backend: 'tmux', why: 'no connection to the tmux server'});
    }
    return this.#control;
  }

  #pane(terminal: string): Pane {
    for (const pane of this.#panes.values()) if (pane.terminal === terminal) return pane;
    throw new AmuxError('backend.failed', {backend: 'tmux', why: `no terminal ${terminal}`});
  }

  async list(): Promise<TerminalInfo[]> {
    if (this.#control?.isOpen !== true) return [];
    const control = this.#connected();
    for (let i = 1; ; i++) {
      const [rows] = await control.run(LIST);
      const infos = rows!.map(parseInfo).filter(info => info.run !== '');
      const unsure = infos.filter(({exit}) => exit !== null && exit.code === null && exit.signal === null);
      if (unsure.length === 0 || i === SECOND_LOOKS) return infos;
      // tmux 3.3a loses the status of a quarter of pane deaths until a child dies: a SIGCHLD makes it look.
      this.#reap();
      await new Promise(resolve => setTimeout(resolve, SECOND_LOOK_MS));
    }
  }

  #reap(): void {
    if (this.#serverPid > 1) signalAll([{pid: this.#serverPid}], 'SIGCHLD');
  }

  async launch(launch: Launch): Promise<number> {
    const control = this.#control?.isOpen === true ? this.#control : await this.#connect();
    const {terminal, cols, rows, cwd, env, argv} = launch;
    const variables = Object.entries(env).map(([key, value]) => `-e ${quote(`${key}=${value}`)}`);
    // One argument goes through the default shell; `exec` makes the program itself the pane's process,
    // and `env` puts back SHELL, which tmux replaces by its own.
    const shell = env['SHELL'] === undefined ? ['env', '-u', 'SHELL'] : ['env', `SHELL=${env['SHELL']}`];
    const command = `exec ${[...shell, ...argv].map(shellQuote).join(' ')}`;
    const [created] = await control.run(
      `new-session -d -s ${terminal} -x ${cols} -y ${rows} -c ${quote(cwd.replaceAll('#', '##'))} ${variables.join(' ')} -P -F '#{pane_id}\t#{pane_pid}' ${quote(command)}`,
      `set-option -t =${terminal}: @amux_run ${quote(launch.run)}`,
      `set-option -t =${terminal}: @amux_name ${quote(launch.name)}`,
      `set-option -w -t =${terminal}: window-size manual`,
      `link-window -d -s =${terminal}: -t =${HUB}:`,
    );
    const [pane = '', pid] = created![0]!.split('\t');
    this.#remember({terminal, pane, run: launch.run, size: {cols, rows}});
    void this.#lookForDead();
    return Number(pid);
  }

  async capture(terminal: string): Promise<Screen> {
    const known = this.#pane(terminal);
    const [facts, lines] = await this.#connected().run(
      `display-message -p -t ${known.pane} '#{pane_width} #{pane_height} #{cursor_x} #{cursor_y} #{cursor_flag} #{alternate_on} #{keypad_cursor_flag} #{pane_title}'`,
      `capture-pane -p -e -N -t ${known.pane}`,
    );
    const [cols, rows, x, y, shown, alternate, arrows, ...title] = facts![0]!.split(' ');
    const parsed = parseSgrScreen(lines!.join('\n'));
    while (parsed.length < Number(rows)) parsed.push([]); // tmux leaves out an empty last line.
    return {
      cols: Number(cols),
      rows: Number(rows),
      lines: parsed,
      cursor: shown === '1' ? {x: Number(x), y: Number(y)} : null,
      title: title.join(' '),
      modes: {alternate: alternate === '1', applicationCursor: arrows === '1', bracketedPaste: known.bracketedPaste},
    };
  }

  async history(terminal: string, lines: number): Promise<string[]> {
    const {pane} = this.#pane(terminal);
    const [text] = await this.#connected().run(`capture-pane -p -J -S -${Math.max(0, lines)} -t ${pane}`);
    const all = text!.map(line => line.trimEnd());
    while (all.at(-1) === '') all.pop();
    return all.slice(-lines);
  }

  async write(terminal: string, bytes: string): Promise<void> {
    const {pane} = this.#pane(terminal);
    const data = Buffer.from(bytes);
    for (let i = 0; i < data.length; i += CHUNK) {
      const hex = data
        .subarray(i, i + CHUNK)
        .toString('hex')
        .replace(/../g, ' $&');
      await this.#connected().run(`send-keys -t ${pane} -H${hex}`);
    }
  }

  async paste(terminal: string, text: string, mark: Mark): Promise<void> {
    const {pane} = this.#pane(terminal);
    const control = this.#connected();
    const buffer = `amux-${terminal}`;
    const clean = text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
    let append = '';
    for (let i = 0; i === 0 || i < clean.length; i += CHUNK) {
      await control.run(`set-buffer ${append} -b ${buffer} -- ${quote(clean.slice(i, i + CHUNK))}`);
      append = '-a';
    }
    // `-p` brackets the paste only when the program asked for it; LF becomes CR.
    await control.run(
      `set-option -p -t ${pane} @amux_mark ${quote(`${mark.step} ${mark.message}`)}`,
      `paste-buffer -p -d -b ${buffer} -t ${pane}`,
    );
  }

  async enter(terminal: string, mark: Mark): Promise<void> {
    const {pane} = this.#pane(terminal);
    await this.#connected().run(
      `set-option -p -t ${pane} @amux_mark ${quote(`${mark.step} ${mark.message}`)}`,
      `send-keys -t ${pane} -H 0d`,
    );
  }

  async environment(terminal: string): Promise<Record<string, string>> {
    const [lines] = await this.#connected().run(`show-environment -t =${terminal}:`);
    const found: Record<string, string> = {};
    let key: string | null = null;
    for (const line of lines!) {
      const assignment = /^([A-Za-z_]\w*)=(.*)$/.exec(line);
      if (assignment !== null) {
        key = assignment[1]!;
        found[key] = assignment[2]!;
      } else if (key !== null) found[key] += `\n${line}`;
    }
    return found;
  }

  async resize(terminal: string, size: {cols: number; rows: number}): Promise<void> {
    const known = this.#pane(terminal);
    known.size = size;
    const [attached] = await this.#connected().run(`display-message -p -t =${terminal}: '#{session_attached}'`);
    if (attached![0] !== '0') return;
    await this.#connected().run(`resize-window -t =${terminal}: -x ${size.cols} -y ${size.rows}`);
  }

  async close(terminal: string): Promise<void> {
    const known = [...this.#panes.values()].find(pane => pane.terminal === terminal);
    if (known === undefined) return;
    const control = this.#connected();
    const [facts] = await control.run(`display-message -p -t ${known.pane} '#{pane_dead} #{pane_pid}'`);
    const [dead, pid] = facts![0]!.split(' ');
    if (dead === '0' && Number(pid) > 1) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It ended by itself in between.
      }
    }
    this.#panes.delete(known.pane);
    // The window is linked twice: only kill-window takes it out of both sessions.
    await control.run(`kill-window -t =${terminal}:`);
    this.#reap();
  }

  /** detach, wait, kill-server, verify: an owner that leaves at once after kill-server hangs the server. */
  async end(): Promise<void> {
    if (this.#control === null || (await this.list()).length > 0) return;
    this.#ending = true;
    await this.#control.close();
    this.#control = null;
    await run(this.#tmux[0]!, [...this.#tmux.slice(1), 'kill-server']).catch(() => {}); // Already gone is what we want.
    await waitForEnd(this.#serverPid);
    this.#ending = false;
  }

  attachArgv(terminal: string): string[] {
    return [...this.#tmux, '-u', 'attach-session', '-t', `=${terminal}:`];
  }

  async attaching(terminal: string, state: 'on' | 'off'): Promise<void> {
    const {size} = this.#pane(terminal);
    const control = this.#connected();
    if (state === 'on') {
      await control.run(`set-option -w -t =${terminal}: window-size latest`);
      return;
    }
    const [attached] = await control.run(`display-message -p -t =${terminal}: '#{session_attached}'`);
    if (attached![0] !== '0') return;
    await control.run(
      `set-option -w -t =${terminal}: window-size manual`,
      `resize-window -t =${terminal}: -x ${size.cols} -y ${size.rows}`,
    );
  }

  onEvent(listener: (event: BackendEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true;
    if (this.#sweep !== null) clearInterval(this.#sweep);
    await this.#control?.close();
    this.#control = null;
  }

  #emit(event: BackendEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #notified(notification: Notification): void {
    if (notification.kind === 'other') return;
    const known = this.#panes.get(notification.pane);
    if (known === undefined) {
      // The hub's own pane: the pane-died hook typed into it.
      if (notification.kind === 'output') void this.#lookForDead();
      return;
    }
    const at = Date.now();
    const {terminal} = known;
    if (notification.kind === 'pause') {
      this.#control?.run(`refresh-client -A '${known.pane}:continue'`).catch(() => {}); // Its end is told by onEnd.
      this.#emit({type: 'output', terminal, at});
      return;
    }
    const data = unescapeOutput(notification.data);
    for (const {id, state, kind, message} of known.scanner.push(data)) {
      if (id === '') this.#emit({type: 'program', terminal, at, state, kind, message});
    }
    const on = data.lastIndexOf('\u001b[?2004h');
    const off = data.lastIndexOf('\u001b[?2004l');
    if (on !== off) known.bracketedPaste = on > off;
    this.#emit({type: 'output', terminal, at});
  }

  /** Emits the exits that were not seen yet. */
  async #lookForDead(): Promise<void> {
    if (this.#looking || this.#control?.isOpen !== true) return;
    this.#looking = true;
    try {
      for (const {terminal, run, exit} of await this.list()) {
        const known = [...this.#panes.values()].find(pane => pane.terminal === terminal);
        if (exit === null || known === undefined || known.exitSeen) continue;
        known.exitSeen = true;
        this.#emit({type: 'exit', terminal, run, at: exit.at, exit});
      }
    } catch {
      // The server went away meanwhile: onEnd reports that.
    } finally {
      this.#looking = false;
    }
  }
}

function parseInfo(row: string): TerminalInfo {
  const [terminal = '', runId = '', pid, dead, status = '', signal = '', cols, rows, mark = '', attached] =
    row.split('\t');
  const exit = dead === '1' ? exitOf({pid: Number(pid), status, signal}) : null;
  const [step, message = ''] = mark.split(' ');
  return {
    terminal,
    run: runId,
    pid: Number(pid),
    exit,
    cols: Number(cols),
    rows: Number(rows),
    mark: step === 'pasted' || step === 'entered' ? {step, message} : null,
    attached: Number(attached),
  };
}

/** What tmux says, else what the kernel still holds of a process that tmux has not waited for. */
function exitOf({pid, status, signal}: {pid: number; status: string; signal: string}): Exit {
  const at = Date.now();
  if (signal !== '') return {code: null, signal: signalName(signal), at};
  if (status !== '') return {code: Number(status), signal: null, at};
  const witness = zombieExit(pid);
  return {code: witness?.code ?? null, signal: witness?.signal == null ? null : signalName(witness.signal), at};
}

const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

async function waitForEnd(pid: number): Promise<void> {
  for (let i = 0; i < 60 && isAlive(pid); i++) {
    if (i === 50) signalAll([{pid}], 'SIGKILL');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
