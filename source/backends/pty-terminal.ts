import {statSync} from 'node:fs';
import {type IPty, spawn} from 'node-pty';
import {AmuxError} from '../domain/errors.ts';
import type {ProgramState} from '../domain/evidence.ts';
import type {Exit} from '../domain/run.ts';
import {lastRows, type Row, type Screen, screenText} from '../domain/screen.ts';
import type {Mark} from '../domain/steering.ts';
import {Emulator} from '../terminal/emulator.ts';
import {createOscScanner} from '../terminal/osc-scanner.ts';
import type {Frame} from '../terminal/painter.ts';
import {createQuestionSpotter} from '../terminal/questions.ts';
import type {BackendEvent, Launch, TerminalInfo} from './backend.ts';
import {PtyInput, typeable} from './pty-input.ts';
import type {Size} from './pty-protocol.ts';
import {signalName} from './signals.ts';

/** Output waits unparsed for this long, unless somebody looks or the program asks something, in ms. */
const CATCH_UP_MS = 1000;
/** …or until so much of it came, in characters. */
const UNPARSED_MAX = 64 * 1024;
/** At most one output event in this time, in ms. */
const OUTPUT_EVENT_MS = 50;
/** The same while somebody types: an echo may come in pieces. */
const ECHO_EVENT_MS = 8;
/** How long after an input that holds, in ms. */
const TYPING_MS = 300;
/** How long `close` waits for the end of a killed process, in ms. */
const KILLED_MS = 1000;

/** A person's terminal that is joined to this one. */
export type Onlooker = {readonly size: Size; changed(): void; ended(): void};

/** One process in its terminal. */
export class PtyTerminal {
  readonly launch: Launch;
  readonly #pty: IPty;
  readonly #input: PtyInput;
  readonly #emulator: Emulator;
  readonly #emit: (event: BackendEvent) => void;
  readonly #asks = createQuestionSpotter();
  readonly #scan = createOscScanner();
  #unparsed: string[] = [];
  #unparsedLength = 0;
  #catchUp: NodeJS.Timeout | null = null;
  #outputTimer: NodeJS.Timeout | null = null;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #outputAgain = false;
  #mark: Mark | null = null;
  #exit: Exit | null = null;
  #size: Size;
  /** Its size while nobody is joined. */
  #ownSize: Size;
  /** The last one is the one that acted last: its size rules. */
  #onlookers: Onlooker[] = [];
  #closing = false;
  #status: Extract<BackendEvent, {type: 'program'}> | null = null;
  #title: Extract<BackendEvent, {type: 'title'}> | null = null;

  constructor(launch: Launch, emit: (event: BackendEvent) => void) {
    const size = bounded(launch);
    this.launch = launch;
    this.#emit = emit;
    this.#size = size;
    this.#ownSize = size;
    this.#pty = start(launch, size);
    this.#input = new PtyInput(this.#pty);
    this.#emulator = new Emulator({
      ...size,
      onReply: bytes => this.#answer(bytes),
      onProgram: ({id, state, kind, message}) => {
        if (id === '') this.#reported(state, kind, message);
      },
    });
    this.#pty.onData(chunk => this.#received(chunk));
    this.#pty.onExit(({exitCode, signal}) => this.#ended(exitCode, signal ?? 0));
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** The program's last words about itself, for a supervisor that was not there when they came. */
  get told(): BackendEvent[] {
    return [this.#status, this.#title].filter(event => event !== null);
  }

  get midFrame(): boolean {
    this.#parse();
    return this.#exit === null && this.#emulator.midFrame;
  }

  info(): TerminalInfo {
    const {terminal, run} = this.launch;
    const attached = this.#onlookers.length;
    return {terminal, run, pid: this.pid, exit: this.#exit, ...this.#size, mark: this.#mark, printedAt: null, attached};
  }

  screen(): Screen {
    this.#parse();
    const screen = this.#emulator.snapshot();
    const last = this.#emulator.lastAlternate;
    // A full-screen program that ended left a blank screen: its last frame says more.
    return this.#exit !== null && last !== null && screenText(screen).length === 0 ? last : screen;
  }

  frame(): Frame {
    return {screen: this.screen(), inputModes: this.#exit === null ? this.#emulator.inputModes : ''};
  }

  history(lines: number): string[] {
    if (lines === 0) return [];
    this.#parse();
    const all = this.#emulator.history(lines);
    return all.length > 0 ? all : screenText(this.screen()).slice(-lines);
  }

  rows(lines: number): Row[] {
    this.#parse();
    const all = this.#emulator.rows(lines);
    return all.length > 0 ? all : lastRows(this.screen().lines, lines);
  }

  write(bytes: Buffer): void {
    if (this.#exit === null) this.#input.write(bytes);
    // Its echo is told at once: somebody may be looking at what he types.
    this.#writtenAt = performance.now();
    if (this.#outputTimer !== null) clearTimeout(this.#outputTimer);
    this.#outputTimer = null;
    if (this.#outputAgain) this.#tellOutput();
  }

  /** Throws `backend.failed` when its process has ended, as `enter` does. */
  paste(text: string, mark: Mark): void {
    this.#parse();
    const typed = typeable(text);
    const bracketed = this.#emulator.snapshot().modes.bracketedPaste === true;
    this.#type(bracketed ? `\u001b[200~${typed}\u001b[201~` : typed, mark);
  }

  enter(mark: Mark): void {
    this.#type('\r', mark);
  }

  resize(size: Size): void {
    this.#ownSize = bounded(size);
    this.#fit();
  }

  /** Joins a person's terminal, or notes that it acted: its size rules from now on. */
  join(onlooker: Onlooker): void {
    if (this.#onlookers.at(-1) !== onlooker) {
      this.#onlookers = [...this.#onlookers.filter(other => other !== onlooker), onlooker];
    }
    this.#fit();
  }

  leave(onlooker: Onlooker): void {
    this.#onlookers = this.#onlookers.filter(other => other !== onlooker);
    this.#fit();
  }

  /** Kills what lives here; resolves when it is gone. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#exit === null) {
      const {promise, resolve} = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, KILLED_MS);
      this.#pty.onExit(() => resolve());
      kill(this.pid);
      await promise;
      clearTimeout(timer);
    }
    this.#stop();
    this.#emulator.dispose();
  }

  #type(text: string, mark: Mark): void {
    if (this.#exit !== null) throw new AmuxError('backend.failed', {backend: 'pty', why: 'its process has ended'});
    this.write(Buffer.from(text));
    this.#mark = mark;
  }

  #received(chunk: string): void {
    this.#unparsed.push(chunk);
    this.#unparsedLength += chunk.length;
    const asks = this.#asks(chunk);
    if (asks || this.#unparsedLength > UNPARSED_MAX) this.#parse();
    else this.#catchUp ??= setTimeout(() => this.#parse(), CATCH_UP_MS);
    const {title} = this.#scan(chunk);
    if (title !== null && title !== this.#title?.title) this.#titled(title);
    for (const onlooker of this.#onlookers) onlooker.changed();
    if (this.#outputTimer === null) this.#tellOutput();
    else this.#outputAgain = true;
  }

  #answer(bytes: string): void {
    try {
      this.#input.write(Buffer.from(bytes));
    } catch {
      // A program that does not read does not read answers either.
    }
  }

  #parse(): void {
    if (this.#catchUp !== null) clearTimeout(this.#catchUp);
    this.#catchUp = null;
    if (this.#unparsedLength === 0) return;
    const data = this.#unparsed.join('');
    this.#unparsed = [];
    this.#unparsedLength = 0;
    this.#emulator.feed(data);
  }

  #tellOutput(): void {
    this.#outputAgain = false;
    this.#emit({type: 'output', terminal: this.launch.terminal, at: Date.now()});
    this.#outputTimer = setTimeout(
      () => {
        this.#outputTimer = null;
        if (this.#outputAgain) this.#tellOutput();
      },
      performance.now() - this.#writtenAt < TYPING_MS ? ECHO_EVENT_MS : OUTPUT_EVENT_MS,
    );
  }

  #reported(state: ProgramState | 'clear', kind: string, message: string): void {
    const event = {type: 'program' as const, terminal: this.launch.terminal, at: Date.now(), state, kind, message};
    this.#status = state === 'clear' ? null : event;
    this.#emit(event);
  }

  #titled(title: string): void {
    this.#title = {type: 'title', terminal: this.launch.terminal, at: Date.now(), title};
    this.#emit(this.#title);
  }

  #ended(code: number, signal: number): void {
    this.#parse();
    const at = Date.now();
    const killed = signal > 0;
    this.#exit = {code: killed ? null : code, signal: killed ? signalName(signal) : null, at};
    for (const onlooker of this.#onlookers) onlooker.ended();
    const {terminal, run} = this.launch;
    if (this.#outputAgain && !this.#closing) this.#emit({type: 'output', terminal, at});
    this.#stop();
    if (!this.#closing) this.#emit({type: 'exit', terminal, run, at, exit: this.#exit});
  }

  #fit(): void {
    const size = bounded(this.#onlookers.at(-1)?.size ?? this.#ownSize);
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return;
    // What came before was written for the old size.
    this.#parse();
    this.#size = size;
    this.#emulator.resize(size.cols, size.rows);
    if (this.#exit === null) {
      try {
        this.#pty.resize(size.cols, size.rows);
      } catch {
        // It ended just now: its exit is about to be told.
      }
    }
    for (const onlooker of this.#onlookers) onlooker.changed();
  }

  #stop(): void {
    for (const timer of [this.#catchUp, this.#outputTimer]) if (timer !== null) clearTimeout(timer);
    this.#outputAgain = false;
    this.#input.stop();
  }
}

function start({argv, cwd, env}: Launch, size: Size): IPty {
  const [file, ...args] = argv;
  if (file === undefined) throw new AmuxError('input.invalid', {why: 'no program to start', next: 'give a command'});
  if (!statSync(cwd, {throwIfNoEntry: false})?.isDirectory()) throw new AmuxError('session.dir', {dir: cwd});
  try {
    return spawn(file, args, {name: 'xterm-256color', cwd, env: {...env, COLORTERM: 'truecolor'}, ...size});
  } catch (error) {
    throw new AmuxError('backend.failed', {backend: 'pty', why: (error as Error).message}, error);
  }
}

function bounded({cols, rows}: Size): Size {
  return {cols: Math.min(1000, Math.max(2, Math.trunc(cols))), rows: Math.min(500, Math.max(1, Math.trunc(rows)))};
}

/** The program leads its own process group; what it started there goes with it. */
function kill(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}
