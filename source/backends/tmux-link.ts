import {execFile} from 'node:child_process';
import {existsSync, writeFileSync} from 'node:fs';
import {promisify} from 'node:util';
import {AmuxError} from '../domain/errors.ts';
import type {BackendEvent, TerminalInfo} from './backend.ts';
import {isAlive, signalAll} from './process-tree.ts';
import {tmuxConfiguration} from './tmux-conf.ts';
import {Control, HUB, type Notification} from './tmux-control.ts';
import {LIST, type Listed, parseListed} from './tmux-list.ts';
import {Pane} from './tmux-pane.ts';

/** A dead pane without a status is looked at again after so long, and so often, in ms. */
const SECOND_LOOK_MS = 50;
const SECOND_LOOKS = 6;
/** A pane whose status tmux lost fires no hook: all are looked at this often, in ms. */
const SWEEP_MS = 500;
const RECONNECTS = 3;
/** Where a connection can be neither made nor ruled out it is tried again after so long, in ms. */
const RECONNECT_MS = 200;
/** How tmux says that nobody serves its socket; anything else is asked again, so often. */
const NO_SERVER =
  /^no server running|^no sessions|\((?:No such file or directory|Connection refused|Not a directory)\)/;
const ASKS = 3;
/** Output of panes that are just being made: so many pieces are kept until they are known. */
const EARLY_MAX = 500;
/** How long the server may take to end, in ms; then it is killed. */
const END_MS = 1000;
const END_LOOK_MS = 20;

const run = promisify(execFile);

export type LinkOptions = {
  socket: string;
  /** Where the generated configuration is written. */
  conf: string;
  detachKey: string;
  onEvent: (event: BackendEvent) => void;
};

/** The one connection to amux's tmux server: kept up, and turned into events about known panes. */
export class TmuxLink {
  readonly #options: LinkOptions;
  /** argv of tmux without a command. */
  readonly tmux: string[];
  readonly #panes = new Map<string, Pane>();
  #control: Control | null = null;
  #opening: Promise<boolean> | null = null;
  /** The hub's own pane. */
  #hubPane = '';
  #early: Exclude<Notification, {kind: 'other'}>[] = [];
  /** Process id of the server; 0 before the first connection. */
  serverPid = 0;
  #looking = false;
  #sweep: NodeJS.Timeout | null = null;
  #ending = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.tmux = ['tmux', '-S', options.socket, '-f', options.conf];
  }

  /** Connects when a server runs; false when none does. */
  open(): Promise<boolean> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #open(): Promise<boolean> {
    if (this.#control?.isOpen === true) return true;
    const alive = await this.#isServed();
    if (alive) await this.#connect();
    return alive;
  }

  /** Only an answer that names no server means that there is none: all its terminals would be told as ended. */
  async #isServed(): Promise<boolean> {
    const [file, ...args] = this.tmux;
    for (let i = 1; ; i++) {
      const why = await run(file!, [...args, 'list-sessions']).then(
        () => null,
        (error: NodeJS.ErrnoException & {stderr?: string}) => {
          if (error.code === 'ENOENT') throw failed('tmux is not installed');
          return error.stderr?.trim() || error.message;
        },
      );
      if (why === null) return true;
      if (NO_SERVER.test(why)) return false;
      if (i === ASKS) throw failed(why);
      await pause(SECOND_LOOK_MS);
    }
  }

  /** The connection; a server is started when none runs. */
  async control(): Promise<Control> {
    return this.#control?.isOpen === true ? this.#control : this.#connect();
  }

  /** Runs commands as one list. Throws `backend.failed` while there is no connection. */
  run(...commands: string[]): Promise<string[][]> {
    if (this.#control?.isOpen !== true) return Promise.reject(failed('no connection to the tmux server'));
    return this.#control.run(...commands);
  }

  /** Runs commands in a pane as one list. Throws `backend.failed` without a connection, and where its process has ended. */
  async runIn(pane: string, ...commands: string[]): Promise<void> {
    if (this.#control?.isOpen !== true) throw failed('no connection to the tmux server');
    if (!(await this.#control.runIn(pane, ...commands))) throw failed('its process has ended');
  }

  /** From now on its output is told, also what came in the same breath as the answer that made it. */
  remember(pane: Pane): void {
    this.#panes.set(pane.pane, pane);
    const early = this.#early.filter(notification => notification.pane === pane.pane);
    this.#early = this.#early.filter(notification => notification.pane !== pane.pane);
    for (const notification of early) this.#notified(notification);
  }

  forget(pane: Pane): void {
    this.#panes.delete(pane.pane);
  }

  find(terminal: string): Pane | undefined {
    for (const pane of this.#panes.values()) if (pane.terminal === terminal) return pane;
    return undefined;
  }

  /** Without a server there are none; throws `backend.failed` where the connection to one was lost. */
  async list(): Promise<TerminalInfo[]> {
    return (await this.#listed()).map(({info}) => info);
  }

  async #listed(): Promise<Listed[]> {
    if (this.#control === null) return [];
    for (let i = 1; ; i++) {
      const [rows] = await this.run(LIST);
      const listed = rows!.map(parseListed).filter(({info}) => info.run !== '');
      const unsure = listed.filter(({info: {exit}}) => exit !== null && exit.code === null && exit.signal === null);
      if (unsure.length === 0 || i === SECOND_LOOKS) return listed;
      // tmux 3.3a loses the status of a quarter of pane deaths until a child dies: a SIGCHLD makes it look.
      this.reap();
      await pause(SECOND_LOOK_MS);
    }
  }

  /** Makes the server wait for children that it overlooked. */
  reap(): void {
    if (this.serverPid > 1) signalAll([{pid: this.serverPid}], 'SIGCHLD');
  }

  /** Emits the exits that were not seen yet; of a pane that somebody else closed nothing more is known. */
  async lookForDead(): Promise<void> {
    if (this.#looking || this.#control?.isOpen !== true) return;
    this.#looking = true;
    try {
      const known = [...this.#panes.values()];
      const listed = new Map((await this.#listed()).map(({pane, info}) => [pane, info]));
      for (const pane of known) {
        const info = listed.get(pane.pane);
        const exit = info === undefined ? {code: null, signal: null, at: Date.now()} : info.exit;
        if (exit === null || pane.exitSeen || this.#panes.get(pane.pane) !== pane) continue;
        pane.exitSeen = true;
        this.#options.onEvent({type: 'exit', terminal: pane.terminal, run: pane.run, at: exit.at, exit});
      }
    } catch {
      // The server went away meanwhile: its end is told by the connection's.
    } finally {
      this.#looking = false;
    }
  }

  /** detach, wait, kill-server, verify: an owner that leaves at once after kill-server hangs the server. */
  async endServer(): Promise<void> {
    if (this.#control === null || (await this.#hasTerminals())) return;
    await this.close();
    const [file, ...args] = this.tmux;
    await run(file!, [...args, 'kill-server']).catch(() => {}); // Already gone is what we want.
    for (let waited = 0; waited < END_MS && isAlive(this.serverPid); waited += END_LOOK_MS) await pause(END_LOOK_MS);
    if (isAlive(this.serverPid)) signalAll([{pid: this.serverPid}], 'SIGKILL');
    this.#ending = false;
  }

  /** A connection that was lost says nothing of them; a server without any may be about to end by itself. */
  async #hasTerminals(): Promise<boolean> {
    for (let i = 1; ; i++) {
      try {
        return (await this.open()) && (await this.list()).length > 0;
      } catch (error) {
        if (i === ASKS) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.#ending = true;
    if (this.#sweep !== null) clearInterval(this.#sweep);
    this.#sweep = null;
    await this.#control?.close();
    this.#control = null;
  }

  async #connect(): Promise<Control> {
    // A connection that nobody would close any more would keep this process from its end.
    if (this.#ending) throw failed('the connection to the tmux server is closed');
    writeFileSync(this.#options.conf, tmuxConfiguration(this.#options.detachKey), {mode: 0o600});
    // The server keeps the environment it was started with; each terminal gets its own, whole, by `-e`.
    const {PATH = '/usr/bin:/bin', HOME = '/'} = process.env;
    const control = new Control({
      tmux: this.tmux,
      env: {PATH, HOME, TERM: 'xterm-256color'},
      onNotification: notification => this.#notified(notification),
      onEnd: () => void this.#reconnect(),
    });
    this.#control = control;
    const [pid, hub] = await control.run(`display-message -p '#{pid}'`, `list-panes -t '=${HUB}:^' -F '#{pane_id}'`);
    this.serverPid = Number(pid![0]);
    this.#hubPane = hub![0] ?? '';
    await this.#adopt(control);
    this.#sweep ??= setInterval(() => {
      if (this.#panes.size === 0) return;
      this.#keepReachable();
      void this.lookForDead();
    }, SWEEP_MS);
    this.#sweep.unref();
    return control;
  }

  /** A socket that somebody deleted is made again by its server at SIGUSR1: whoever comes next needs it. */
  #keepReachable(): void {
    if (this.#control?.isOpen !== true || this.serverPid <= 1 || existsSync(this.#options.socket)) return;
    signalAll([{pid: this.serverPid}], 'SIGUSR1');
  }

  /** After a connection: every window is linked into the hub, so that its output is heard. */
  async #adopt(control: Control): Promise<void> {
    const [rows] = await control.run(LIST);
    for (const {pane, isUnheard, info} of rows!.map(parseListed)) {
      const {terminal, run: runId, cols, rows: lines} = info;
      if (runId === '') continue;
      if (!this.#panes.has(pane)) this.remember(new Pane({terminal, pane, run: runId, size: {cols, rows: lines}}));
      if (isUnheard) await control.run(`link-window -d -s ${pane} -t =${HUB}:`);
    }
  }

  async #reconnect(): Promise<void> {
    for (let gone = 0; gone < RECONNECTS && !this.#ending; ) {
      const alive = await this.open().catch(() => null); // Nothing is known then: it is tried on.
      if (alive === null) await pause(RECONNECT_MS);
      else if (!alive) gone++;
      else {
        const at = Date.now();
        for (const {terminal} of this.#panes.values()) this.#options.onEvent({type: 'output', terminal, at});
        return;
      }
    }
    this.#control = null;
    if (this.#ending || this.#panes.size === 0) return;
    this.#panes.clear();
    this.#options.onEvent({type: 'lost', at: Date.now(), why: 'the tmux server died'});
  }

  #notified(notification: Notification): void {
    if (notification.kind === 'other') return;
    const known = this.#panes.get(notification.pane);
    if (known === undefined) {
      // The pane-died hook typed into the hub's own pane.
      if (notification.pane === this.#hubPane) void this.lookForDead();
      else this.#early = [...this.#early.slice(1 - EARLY_MAX), notification];
      return;
    }
    const at = Date.now();
    const {terminal} = known;
    if (notification.kind === 'pause') {
      this.run(`refresh-client -A '${known.pane}:continue'`).catch(() => {}); // A lost connection tells itself.
      // A report may be among what was left out: the last one that was heard is no evidence any more.
      this.#options.onEvent({type: 'program', terminal, at, state: 'clear', kind: '', message: ''});
    } else {
      const {reports, title} = known.hear(notification.data);
      for (const {state, kind, message} of reports) {
        this.#options.onEvent({type: 'program', terminal, at, state, kind, message});
      }
      if (title !== null) this.#options.onEvent({type: 'title', terminal, at, title});
    }
    this.#options.onEvent({type: 'output', terminal, at});
  }
}

const failed = (why: string): AmuxError => new AmuxError('backend.failed', {backend: 'tmux', why});

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
