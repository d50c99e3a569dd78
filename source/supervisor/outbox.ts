import type {Agent} from '../agents/agent.ts';
import type {Backend} from '../backends/backend.ts';
import {asAmuxError} from '../domain/errors.ts';
import type {Change, EventType} from '../domain/events.ts';
import type {Reading} from '../domain/evidence.ts';
import {mayDeliver, type Session} from '../domain/session.ts';
import {
  DELIVERED_KEPT,
  isPending,
  type Mark,
  type Message,
  type MessageState,
  resumeDelivery,
} from '../domain/steering.ts';
import {pressEnter, type Typing, textStands, typeMessage} from './delivery.ts';

type OutboxOptions = {
  session: () => Session;
  agent: () => Agent;
  backend: () => Backend;
  now: () => number;
  record: (type: EventType, entry: {reason: string; actor: string; changes: Change[]}) => void;
  /** A screen that was read just before typing. */
  onReading: (reading: Reading, at: number) => void;
  /** The text is in. */
  onDelivered: (message: Message) => void;
  /** A try is over, whatever came of it. */
  onTried: () => void;
};

/** The steering queue of one session: kept, delivered one message per turn boundary, in order, once. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly messages: Message[];
  #busy = false;

  constructor(options: OutboxOptions, messages: Message[]) {
    this.#options = options;
    this.messages = messages;
  }

  get pending(): Message[] {
    return this.messages.filter(isPending);
  }

  enqueue(message: Message): void {
    this.messages.push(message);
    const changes: Change[] = [{kind: 'message.put', message}];
    this.#options.record('message.queued', {reason: `message ${message.id} queued`, actor: message.actor, changes});
    void this.deliver();
  }

  /** Types the next message when the session is at its turn boundary. */
  async deliver(): Promise<void> {
    const [message] = this.pending;
    if (this.#busy || message === undefined || !mayDeliver(this.#options.session())) return;
    this.#busy = true;
    try {
      if (!(await this.#inputIsFree())) return;
      await typeMessage(this.#typing(message));
      this.#over(message);
    } catch (error) {
      // Nothing was typed yet: it stays in the queue. Later than that, nobody can say.
      const state = message.state === 'queued' ? 'queued' : 'uncertain';
      this.#step(message, state, asAmuxError(error).message);
    } finally {
      this.#busy = false;
      this.#options.onTried();
    }
  }

  /** Takes up what was under way when an earlier supervisor died, by what the terminal's owner remembers. */
  async resume(mark: Mark | null): Promise<void> {
    const message = this.messages.find(({state}) => state === 'pasted' || state === 'entered');
    if (message === undefined) return;
    const {agent, backend, session} = this.#options;
    const screen = await backend().capture(session().id);
    switch (resumeDelivery(message, mark, textStands(screen, typedText(message, agent()), agent()))) {
      case 'send':
        this.#step(message, 'queued', 'not typed yet when the supervisor ended');
        return;
      case 'delivered':
        this.#step(message, 'delivered', 'entered before the supervisor ended');
        break;
      case 'uncertain':
        this.#step(message, 'uncertain', 'the supervisor ended while it was typed');
        return;
      case 'enter':
        await pressEnter(this.#typing(message), true);
    }
    this.#over(message);
  }

  /** Takes what waits out of the queue; returns how many. */
  drop(actor: string): number {
    const waiting = this.messages.filter(({state}) => state === 'queued');
    for (const message of waiting) this.#step(message, 'dropped', `dropped by ${actor}`);
    return waiting.length;
  }

  async #inputIsFree(): Promise<boolean> {
    const {agent, backend, session, now, onReading} = this.#options;
    const {read} = agent();
    if (read === null) return true;
    const at = now();
    const reading = read(await backend().capture(session().id));
    onReading(reading, at);
    return reading.composer && !reading.dialog && reading.activity !== 'working';
  }

  #typing(message: Message): Typing {
    const {agent, backend, session} = this.#options;
    return {
      backend: backend(),
      agent: agent(),
      terminal: session().id,
      message: message.id,
      text: typedText(message, agent()),
      step: (state, reason) => this.#step(message, state, reason),
    };
  }

  #over(message: Message): void {
    if (message.state === 'delivered') this.#options.onDelivered(message);
    const done = this.messages.filter(each => !isPending(each));
    for (const old of done.slice(0, Math.max(0, done.length - DELIVERED_KEPT))) {
      this.messages.splice(this.messages.indexOf(old), 1);
      const changes: Change[] = [{kind: 'message.delete', id: old.id}];
      this.#options.record('message.state', {reason: `message ${old.id} forgotten`, actor: 'supervisor', changes});
    }
  }

  #step(message: Message, state: MessageState, reason: string): void {
    const changedAt = this.#options.now();
    Object.assign(message, {state, reason, changedAt});
    const changes: Change[] = [{kind: 'message.state', id: message.id, state, reason, changedAt}];
    const said = `message ${message.id} ${state}: ${reason}`;
    this.#options.record('message.state', {reason: said, actor: 'supervisor', changes});
  }
}

/** A text that is no command is kept from acting as one. */
function typedText({text, asCommand}: Message, {literal}: Agent): string {
  return asCommand ? text : literal(text);
}
