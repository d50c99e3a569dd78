import {type ChildProcess, spawn} from 'node:child_process';
import {AmuxError} from '../domain/errors.ts';

/** The session that links every window, so that one connection hears all output. */
export const HUB = 'amux-hub';
/** A reply that takes longer than this means that the server is stuck, in ms. */
const REPLY_TIMEOUT_MS = 15_000;
/** Seconds that a pane's output may lag before tmux leaves it out; what was left out is seen by capture alone. */
const PAUSE_AFTER_S = 10;
/** Printed instead of what was to be done in a pane whose process has ended. */
const DEAD = 'dead';

export type Notification =
  | {kind: 'output'; pane: string; data: string}
  | {kind: 'pause'; pane: string}
  | {kind: 'other'; line: string};

type Pending = {
  want: number;
  blocks: string[][];
  resolve: (blocks: string[][]) => void;
  reject: (error: AmuxError) => void;
  timer: NodeJS.Timeout;
};

export type ControlOptions = {
  /** argv of tmux with `-S` and `-f`, without a command. */
  tmux: string[];
  env: Record<string, string>;
  onNotification: (notification: Notification) => void;
  /** The connection ended without `close()`. */
  onEnd: () => void;
};

/** One persistent `tmux -C` connection: commands go in as lines, replies come back in order as blocks. */
export class Control {
  readonly #child: ChildProcess;
  readonly #options: ControlOptions;
  readonly #pending: Pending[] = [];
  readonly ended: Promise<void>;
  #block: {number: string; own: boolean; lines: string[]} | null = null;
  #rest = '';
  /** Commands from before the client had its session: they would have no target. */
  #unsent: string[] | null = [];
  #closing = false;
  #open = true;

  constructor(options: ControlOptions) {
    this.#options = options;
    const [file, ...args] = options.tmux;
    const flags = `ignore-size,pause-after=${PAUSE_AFTER_S}`;
    // `cat` holds the hub's own window; what its terminal echoes is the pane-died hook's way to reach us.
    const attach = ['-u', '-C', 'new-session', '-A', '-s', HUB, '-x', '80', '-y', '5', '-f', flags, 'exec cat'];
    this.#child = spawn(file!, [...args, ...attach], {env: options.env, stdio: ['pipe', 'pipe', 'ignore']});
    this.#child.stdout!.setEncoding('utf8');
    this.#child.stdout!.on('data', (chunk: string) => this.#feed(chunk));
    this.#child.stdin!.on('error', () => {}); // EPIPE after the server's death: 'close' follows and tells it.
    this.ended = new Promise(resolve => {
      const end = () => {
        if (!this.#open) return;
        this.#open = false;
        for (const pending of this.#pending.splice(0)) this.#fail(pending, 'the connection to tmux ended');
        // A server that this client started holds on to its pipes: 'close' would wait for the server's end.
        this.#child.stdout!.destroy();
        this.#child.stdin!.destroy();
        resolve();
        if (!this.#closing) options.onEnd();
      };
      this.#child.once('exit', end);
      this.#child.once('error', end);
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Runs commands as one list: all blocks, or the first error (the rest of the list is then not run). */
  run(...commands: string[]): Promise<string[][]> {
    return this.#ask(commands.join(' ; '), commands.length);
  }

  /**
   * Runs commands in a pane whose process lives; false: it has ended, and nothing was run. tmux asks and acts in one step,
   * for the server of 3.3a dies of a paste into a pane that is dead.
   */
  async runIn(pane: string, ...commands: string[]): Promise<boolean> {
    const [given, instead] = [commands, commands.map(() => `display-message -p ${DEAD}`)].map(list =>
      quote(list.join(' ; ')),
    );
    // The condition has a block of its own, and so has each command of the branch that was taken: both have as many.
    const [, first] = await this.#ask(`if-shell -F -t ${pane} '#{pane_dead}' ${instead} ${given}`, 1 + commands.length);
    return first![0] !== DEAD;
  }

  /** `want`: how many blocks answer it. */
  #ask(line: string, want: number): Promise<string[][]> {
    if (!this.#open) return Promise.reject(failed('the connection to tmux ended'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(pending, `no reply to ${line.slice(0, 40)}`);
        this.#child.kill('SIGKILL');
      }, REPLY_TIMEOUT_MS);
      const pending: Pending = {want, blocks: [], resolve, reject, timer};
      this.#pending.push(pending);
      this.#send(`${line}\n`);
    });
  }

  /** Detaches and waits for the client's end, so that no half-open client is left behind in the server. */
  async close(): Promise<void> {
    this.#closing = true;
    if (!this.#open) return;
    this.#child.stdin!.write('detach-client\n');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await this.ended;
    clearTimeout(timer);
  }

  #send(line: string): void {
    if (this.#unsent === null) this.#child.stdin!.write(line);
    else this.#unsent.push(line);
  }

  #feed(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    const block = this.#block;
    if (block !== null) {
      const end = /^%(end|error) \d+ (\d+) \d+$/.exec(line);
      if (end === null || end[2] !== block.number) {
        block.lines.push(line);
        return;
      }
      this.#block = null;
      if (block.own) this.#reply(end[1] === 'error', block.lines);
      return;
    }
    if (line.startsWith('%begin ')) {
      const [, , number = '', flags] = line.split(' ');
      // The blocks of hooks and of the attach itself carry flag 0: nobody waits for them.
      this.#block = {number, own: flags === '1', lines: []};
      return;
    }
    if (this.#unsent !== null && line.startsWith('%session-changed ')) {
      const lines = this.#unsent;
      this.#unsent = null;
      for (const unsent of lines) this.#send(unsent);
    }
    this.#options.onNotification(parseNotification(line));
  }

  #reply(error: boolean, lines: string[]): void {
    const pending = this.#pending[0];
    if (pending === undefined) return;
    if (error) {
      this.#pending.shift();
      this.#fail(pending, lines.join(' ') || 'refused');
      return;
    }
    pending.blocks.push(lines);
    if (pending.blocks.length < pending.want) return;
    this.#pending.shift();
    clearTimeout(pending.timer);
    pending.resolve(pending.blocks);
  }

  #fail(pending: Pending, why: string): void {
    clearTimeout(pending.timer);
    pending.reject(failed(why));
  }
}

/** Quotes one argument for tmux's own parser. */
export function quote(text: string): string {
  if (/^[\w@%=:.,/+-]+$/.test(text)) return text;
  if (!/[\u0000-\u001f\u007f]/.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text
    .replace(/[\\"$]/g, c => `\\${c}`)
    .replace(/[\u0000-\u001f\u007f]/g, c => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `"${escaped}"`;
}

/** tmux writes control characters and backslashes of output as `\ooo`. */
export function unescapeOutput(data: string): string {
  return data.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function parseNotification(line: string): Notification {
  if (line.startsWith('%extended-output ')) {
    const paneEnd = line.indexOf(' ', 17);
    const colon = line.indexOf(' : ', paneEnd);
    return {kind: 'output', pane: line.slice(17, paneEnd), data: line.slice(colon + 3)};
  }
  if (line.startsWith('%output ')) {
    const paneEnd = line.indexOf(' ', 8);
    return {kind: 'output', pane: line.slice(8, paneEnd), data: line.slice(paneEnd + 1)};
  }
  if (line.startsWith('%pause ')) return {kind: 'pause', pane: line.slice(7)};
  return {kind: 'other', line};
}

const failed = (why: string): AmuxError => new AmuxError('backend.failed', {backend: 'tmux', why});
