import {open, stat} from 'node:fs/promises';
import type {Agent, Transcript} from '../agents/agent.ts';
import {processTree} from '../backends/process-tree.ts';
import type {AgentEvent} from '../domain/agent-event.ts';
import type {Session} from '../domain/session.ts';
import type {Since} from '../domain/steering.ts';
import {runsItself} from './equip.ts';
import type {StateFiles} from './state-files.ts';
import {type Place, TranscriptTail} from './transcript-tail.ts';

/** So much of a history that was there before is read, for the last words in it, in bytes. */
const BACK = 64 * 1024;
/** Clocks of files and of ours, in ms. */
const BIRTH_SLACK_MS = 2000;
/** How wrong the dates of lines may be taken while the machine's clock is behind, in ms. */
const DATE_SLACK_MS = 2000;
/** While a session prints, its history is looked for after this and ever later, and again once it was found, in ms. */
const FIND_AFTER_MS = 1000;
const FIND_AT_MOST_MS = 30_000;

type Options = {
  agent: () => Agent;
  session: () => Session;
  /** Of its process. */
  environment: () => Promise<Record<string, string>>;
  stateFiles: StateFiles;
  /** Histories that are followed in this home, shared by all sessions. */
  histories: Set<string>;
  now: () => number;
  /** By how much that is ahead of the clock by which files are dated, ms. */
  ahead: () => number;
  /** `at`: when it happened, ms since the epoch. */
  tell: (events: readonly AgentEvent[], at: number) => void;
  /** Its history has another line. */
  grew: () => void;
};

/** What the agent of one session writes about itself while it runs: its history and its state file. */
export class AgentFiles {
  readonly #options: Options;
  #tail: TranscriptTail | null = null;
  #unfollow: (() => void) | null = null;
  #env: Promise<Record<string, string>> | null = null;
  #finding: Promise<void> | null = null;
  #nextFind = 0;
  #pause = FIND_AFTER_MS;
  /** What is read stands behind a place that was known: it is new, whatever its date says. */
  #isBehind = false;
  /** Where to go on after a time without a supervisor. */
  #since: Since | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** It runs a program whose history can prove what arrived. */
  get proves(): boolean {
    return this.#isOwn && this.#options.agent().transcript !== null;
  }

  get found(): boolean {
    return this.#tail !== null;
  }

  /** Its process is there; `since`: up to where its history was known. */
  async open(since?: Since): Promise<void> {
    this.close();
    this.#since = since;
    this.#env = null;
    await this.#find();
  }

  /** It printed: what was not there may be there now. */
  look(): void {
    if (this.#options.now() < this.#nextFind) return;
    this.#nextFind = this.#options.now() + this.#pause;
    this.#pause = Math.min(this.#pause * 2, FIND_AT_MOST_MS);
    void this.#find();
  }

  /** Reads all that is written now; where that ends. */
  async catchUp({find}: {find: boolean}): Promise<Place | null> {
    if (find || this.#tail === null) await this.#find();
    await this.#tail?.catchUp();
    return this.#tail?.place ?? null;
  }

  /** Something was said in the history that it has now. */
  async hasPrompts(): Promise<boolean> {
    await this.catchUp({find: true});
    const {transcript} = this.#options.agent();
    if (this.#tail === null || transcript === null) return false;
    await using file = await open(this.#tail.file);
    for await (const line of file.readLines()) {
      if (readLine(transcript, line).some(({type}) => type === 'prompt')) return true;
    }
    return false;
  }

  /** Its conversation is another: so is the file. */
  changed(): void {
    this.#pause = FIND_AFTER_MS;
    this.#nextFind = 0;
    void this.#find();
  }

  close(): void {
    this.#leave();
    this.#unfollow?.();
    this.#unfollow = null;
    this.#nextFind = 0;
    this.#pause = FIND_AFTER_MS;
  }

  get #isOwn(): boolean {
    const {run} = this.#options.session();
    return run !== null && run.endedAt === null && runsItself(this.#options.agent(), run.argv);
  }

  #find(): Promise<void> {
    this.#finding ??= this.#findNow().finally(() => {
      this.#finding = null;
    });
    return this.#finding;
  }

  async #findNow(): Promise<void> {
    const {transcript, stateFile} = this.#options.agent();
    const {run, dir, conversation} = this.#options.session();
    const pid = run?.pid ?? null;
    if ((transcript === null && stateFile === null) || run === null || pid === null || !this.#isOwn) return;
    try {
      this.#env ??= this.#options.environment();
      const env = await this.#env;
      const processes = processTree(pid);
      if (stateFile !== null && this.#unfollow === null) {
        const own = stateFile.dir(env);
        const tell = (events: AgentEvent[], at: number | null) => this.#tell(events, at);
        this.#unfollow = this.#options.stateFiles.follow(own, {stateFile, pid, tell});
        for (const each of processes) this.#options.stateFiles.read(own, {stateFile, tell}, each);
      }
      if (transcript === null) return;
      const known = conversation !== null && conversation.at >= run.startedAt ? conversation : null;
      const {startedAt} = run;
      const taken = new Set(this.#options.histories);
      if (this.#tail !== null) taken.delete(this.#tail.file);
      const dated = {startedAt: startedAt - this.#options.ahead()};
      const file = await transcript.find({processes, dir, ...dated, env, conversation: known, taken});
      if (file !== null && file !== this.#tail?.file && this.#options.session().run?.id === run.id) {
        await this.#follow(file, startedAt);
      }
    } catch {
      this.#env = null; // Its terminal is just going away, or it is not there yet.
    }
  }

  async #follow(file: string, startedAt: number): Promise<void> {
    const {size, birthtimeMs} = await stat(file);
    const since = this.#since;
    this.#since = undefined;
    this.#leave();
    const isNew = birthtimeMs + this.#options.ahead() >= startedAt - BIRTH_SLACK_MS;
    const known = since?.file === file ? since.offset : null;
    this.#isBehind = known !== null || (since?.file === null && isNew);
    const offset = known ?? (isNew ? 0 : Math.max(0, size - BACK));
    const tail = new TranscriptTail(
      {file, offset},
      {
        within: known === null && offset > 0,
        onLine: line => this.#line(line, file),
        onGone: () => {
          if (this.#tail === tail) this.#leave();
        },
      },
    );
    this.#tail = tail;
    this.#options.histories.add(file);
    await tail.catchUp();
  }

  #leave(): void {
    if (this.#tail === null) return;
    this.#options.histories.delete(this.#tail.file);
    this.#tail.close();
    this.#tail = null;
  }

  #line(line: unknown, file: string): void {
    this.#options.grew();
    const events = this.#options.agent().transcript?.read(line) ?? [];
    if (events.length === 0) return;
    const stamp = Date.parse(String((line as {timestamp?: unknown}).timestamp ?? ''));
    this.#tell(
      events.map(event => (event.type === 'conversation' ? {...event, file} : event)),
      Number.isNaN(stamp) ? null : stamp,
    );
  }

  /** When it was written, by the home's time. Of a clock that was set back nobody knows exactly when that was. */
  #dated(stamp: number, ahead: number): number {
    if (ahead === 0) return stamp;
    return this.#isBehind ? Number.POSITIVE_INFINITY : stamp + ahead + DATE_SLACK_MS;
  }

  #tell(events: readonly AgentEvent[], stamp: number | null): void {
    const {now, ahead, session, tell} = this.#options;
    const at = stamp === null ? now() : Math.min(this.#dated(stamp, ahead()), now());
    const {run, signals} = session();
    // What is read again says nothing new of its state.
    const old = at < Math.max(signals.file?.at ?? 0, run?.startedAt ?? 0);
    const news = events.filter(event => event.type !== 'status' || !old);
    if (news.length > 0) tell(news, at);
  }
}

/** A line that is none of its own says nothing. */
function readLine(transcript: Transcript, line: string): AgentEvent[] {
  try {
    return transcript.read(JSON.parse(line));
  } catch {
    return [];
  }
}
