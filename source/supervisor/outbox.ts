import type {Agent} from '../agents/agent.ts';
import type {Backend} from '../backends/backend.ts';
import {asAmuxError} from '../domain/errors.ts';
import type {Reading} from '../domain/evidence.ts';
import {maySwitch} from '../domain/model.ts';
import type {Screen} from '../domain/screen.ts';
import {isLive, mayDeliver, type Session} from '../domain/session.ts';
import {isPending, type Mark, type Message, resumeDelivery} from '../domain/steering.ts';
import type {AgentFiles} from './agent-files.ts';
import {Attempt} from './attempt.ts';
import {afterEnd, ComposerWatch, enterMessage, type Typing, typeMessage} from './delivery.ts';
import {Interrupter} from './interrupter.ts';
import type {Queue, QueuedBy} from './queue.ts';
import {Redraws} from './redraws.ts';

/** How long what was under way at a death may stay undecided because its program works or asks, in ms. */
const UNDECIDED_MS = 3_600_000;
const LOOK_MS = 100;
/** How long the end of a program may take to be told after its terminal is gone, in ms. */
const END_SEEN_MS = 3000;
/** A line in the history that comes so long after a message was typed is about another, in ms. */
const LATE_MS = 60_000;

type OutboxOptions = {
  queue: Queue;
  session: () => Session;
  agent: () => Agent;
  backend: () => Backend;
  now: () => number;
  files: Pick<AgentFiles, 'proves' | 'found' | 'catchUp'>;
  /** Its program serves events of its own, whether they are heard already or not. */
  serves: () => boolean;
  /** Why nothing may be delivered; null: it may. */
  held: () => string | null;
  /** A screen that was read just before typing. */
  onReading: (reading: Reading, at: number) => void;
  /** Makes its program draw its screen again. */
  redraw: (screen: Screen) => Promise<void>;
  /** Its Enter was pressed. */
  onEntered: (message: Message) => void;
  /** What is done at the next turn boundary before anything is typed; null: nothing. */
  first: () => (() => Promise<void>) | null;
  /** A try is over, whatever came of it. */
  onTried: () => void;
};

/** Delivers the queue of one session: one message per turn boundary, in order, once. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queue: Queue;
  readonly #interrupter: Interrupter;
  #attempt: Attempt | null = null;
  #busy = false;
  /** Since when, in which run, its input line is known to be free (ms since the epoch). */
  #free: {run: string | undefined; since: number} | null = null;
  readonly #redraws = new Redraws();
  /** The run that an earlier supervisor left behind, until it is known what became of it: what is stored of it is old. */
  #unrestored: string | null;
  /** What that one was typing when it ended. */
  #left: Message | undefined;
  #closed = false;
  #resting = false;
  #rest: () => void = () => {};
  /** Its agent tells of prompts by events of its own. */
  #streamed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#queue = options.queue;
    this.#interrupter = new Interrupter({...options, again: () => void this.deliver()});
    const session = options.session();
    this.#unrestored = isLive(session) ? (session.run?.id ?? null) : null;
    this.#left = this.#queue.underWay;
    if (this.#left !== undefined) this.#attempt = new Attempt(this.#left, this.#left.changedAt);
  }

  /** `by`: what queued it, stored in the same entry. Throws `store.write`: what the journal does not hold is not sent. */
  enqueue(message: Message, by?: QueuedBy): void {
    this.#queue.add(message, by);
    void this.deliver();
  }

  /** Its agent told of a text. `at` is when it happened, ms since the epoch. */
  hear(type: 'prompt' | 'submitted', text: string, {at, streamed}: {at: number; streamed: boolean}): void {
    this.#streamed ||= streamed;
    if (this.#attempt?.hear(type, text, at) === true || type !== 'prompt') return;
    const late = this.#queue.messages.find(each => {
      const {state, since} = each;
      if (state !== 'uncertain' || since === undefined || at - since.at > LATE_MS) return false;
      return new Attempt(each, at).hear(type, text, at);
    });
    if (late !== undefined) this.#queue.step(late, 'delivered', 'found later in the history of the agent');
  }

  /** Types the next message when the session is at its turn boundary, or does what comes before that. */
  async deliver(): Promise<void> {
    const [message] = this.#queue.pending;
    const first = this.#options.first();
    if (this.#unrestored !== null && this.#unrestored === this.#options.session().run?.id) return;
    if (this.#busy || this.#resting || this.#closed || (message !== undefined && message.state !== 'queued')) return;
    if (message === undefined && first === null) return;
    if (first === null && this.#options.held() !== null) return;
    const session = this.#options.session();
    if (!(first === null ? mayDeliver(session, message) : maySwitch(session))) {
      if (message?.now === true) void this.#interrupter.interrupt(message);
      return;
    }
    this.#busy = true;
    try {
      if (!(await this.#inputIsFree(message))) return;
      if (first !== null || message === undefined) {
        // Its process may have ended meanwhile.
        if (maySwitch(this.#options.session())) await first?.();
        return;
      }
      // What came up meanwhile may go before it.
      if (!mayDeliver(this.#options.session(), message)) return;
      const {now} = this.#options;
      this.#streamed = this.#options.session().signals.stream !== null;
      const {text} = message;
      const attempt = new Attempt({text}, now());
      this.#attempt = attempt;
      const typing = this.#typing(message, attempt);
      await typeMessage(typing).catch(error => this.#failed(message, {typing, error}));
      this.#queue.forget();
    } catch (error) {
      // Its terminal could not be looked at: nothing was typed.
      if (!this.#closed && message !== undefined) this.#queue.step(message, 'queued', asAmuxError(error).message);
    } finally {
      this.#attempt = null;
      this.#busy = false;
      this.#rest();
      this.#options.onTried();
    }
  }

  /** Takes up what was under way when an earlier supervisor died. `over`: its program has ended since. */
  async resume(mark: Mark | null, {over = false} = {}): Promise<void> {
    this.#unrestored = null;
    const message = this.#left;
    // Only once, and never what this supervisor is typing itself.
    this.#left = undefined;
    if (message === undefined) return;
    this.#busy = true;
    const attempt = this.#attempt ?? new Attempt(message, message.changedAt);
    this.#attempt = attempt;
    const typing = this.#typing(message, attempt);
    try {
      await this.#resume(message, {typing, mark, over}).catch(error => this.#failed(message, {typing, error}));
      this.#queue.forget();
    } finally {
      this.#attempt = null;
      this.#busy = false;
      this.#rest();
      this.#options.onTried();
    }
  }

  /** Resolves when nothing is being typed. */
  async idle(): Promise<void> {
    while (this.#busy && !this.#closed) await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }

  /** Begins with nothing more. Resolves when what is being typed is through, or after so many ms. */
  async rest(boundMs: number): Promise<void> {
    this.#resting = true;
    if (!this.#busy) return;
    const {promise, resolve} = Promise.withResolvers<void>();
    this.#rest = resolve;
    const timer = setTimeout(resolve, boundMs);
    await promise;
    clearTimeout(timer);
  }

  /** The supervisor ends: what is under way is left to the next one. */
  close(): void {
    this.#closed = true;
    this.#interrupter.close();
  }

  async #resume(message: Message, {typing, mark, over}: {typing: Typing; mark: Mark | null; over: boolean}) {
    const {files, now} = this.#options;
    const {attempt} = typing;
    const watch = new ComposerWatch(typing);
    for (const end = now() + UNDECIDED_MS; !this.#closed; await attempt.pause(LOOK_MS)) {
      const gone = over || typing.state() === 'over';
      await typing.catchUp({find: !files.found});
      const composer = gone ? 'busy' : await watch.look();
      const {arrived} = attempt;
      const proof = typing.proof() === 'found';
      const seen = {message, mark, arrived, proof, composer, composerMs: watch.forMs, over: gone};
      switch (now() < end ? resumeDelivery(seen) : 'uncertain') {
        case 'wait':
          break;
        case 'send':
          return this.#queue.step(message, 'queued', 'it had not arrived when the supervisor ended');
        case 'delivered':
          return this.#queue.step(
            message,
            'delivered',
            arrived ? 'it stands in the history of the agent' : 'entered before',
          );
        case 'uncertain':
          return this.#queue.step(message, 'uncertain', 'the supervisor ended while it was typed');
        case 'enter':
          return enterMessage(typing, true);
      }
    }
  }

  async #inputIsFree(message: Message | undefined): Promise<boolean> {
    const {agent, backend, session, now, onReading, redraw} = this.#options;
    const {read, input} = agent();
    if (read === null) return true;
    const at = now();
    const screen = await backend().capture(session().id);
    const reading = read(screen);
    onReading(reading, at);
    if (!reading.composer || reading.dialog) this.#free = null;
    if (reading.composer || reading.dialog || reading.activity === 'working') this.#redraws.found();
    if (reading.dialog || reading.activity === 'working') return false;
    if (reading.composer) return this.#hasStood(at);
    // Its rules tell of dialogs, not of an input line.
    if (input === null) return true;
    const isThere = input(screen) !== null;
    if (isThere && message?.now === true) return this.#interrupter.clean(message);
    const isDue = this.#redraws.isDue({run: session().run?.id, at, hasText: isThere});
    if (isThere) this.#waits(message, 'another text stands on the input line');
    else if (isDue) this.#waits(message, 'its input line is not on its screen');
    // What a program's errors were printed over is neither a text of a person nor an input line.
    if (isDue) await redraw(screen);
    return false;
  }

  #waits(message: Message | undefined, why: string): void {
    const reason = `waits: ${why}`;
    if (message !== undefined && message.reason !== reason) this.#queue.step(message, 'queued', reason);
  }

  /** Its input line is free, and has been for as long as its program needs before it takes any input. */
  #hasStood(at: number): boolean {
    const {agent, session} = this.#options;
    const run = session().run?.id;
    if (this.#free?.run !== run) this.#free = {run, since: at};
    return at - this.#free!.since >= agent().settleMs;
  }

  #typing(message: Message, attempt: Attempt): Typing {
    const {agent, backend, session, now, files, serves, onEntered} = this.#options;
    const run = session().run?.id;
    // What acts leaves no prompt behind. A history outlasts its program.
    const kept = files.proves;
    const served = serves();
    const proves = () => !message.asCommand && (kept || served || this.#streamed);
    return {
      backend: backend(),
      agent: agent(),
      terminal: session().id,
      message: message.id,
      text: typedText(message, agent()),
      enterDelayMs: message.asCommand ? agent().commandDelayMs : agent().enterDelayMs,
      attempt,
      now,
      proof: () => (proves() ? (files.found || this.#streamed ? 'found' : 'unfound') : 'none'),
      catchUp: async options => (kept ? files.catchUp(options) : null),
      state: () => {
        if (this.#closed) return 'closed';
        const now = session();
        return isLive(now) && now.run?.id === run && now.run?.endedAt === null ? 'live' : 'over';
      },
      step: (state, reason, since) => this.#queue.step(message, state, reason, since),
      onEntered: () => onEntered(message),
    };
  }

  /** Nothing was typed: it stays in the queue. Later than that only the history of a program that ended can say. */
  async #failed(message: Message, {typing, error}: {typing: Typing; error: unknown}): Promise<void> {
    if (this.#closed || !isPending(message)) return;
    const why = asAmuxError(error).message;
    let typed = message.state !== 'queued';
    if (message.state === 'pasted') {
      // The mark travels with the text.
      const infos = await typing.backend.list().catch(() => null);
      const info = infos?.find(({terminal}) => terminal === typing.terminal);
      typed = info === undefined || info.mark?.message === message.id;
    }
    const {attempt, now} = typing;
    if (typed && typing.proof() === 'found') {
      for (const end = now() + END_SEEN_MS; typing.state() === 'live' && now() < end; ) await attempt.pause(LOOK_MS);
      if (typing.state() === 'over') return afterEnd(typing);
    }
    this.#queue.step(message, typed ? 'uncertain' : 'queued', why);
  }
}

/** A text that is no command is kept from acting as one. */
function typedText({text, asCommand}: Message, {literal}: Agent): string {
  return asCommand ? text : literal(text);
}
