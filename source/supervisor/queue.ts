import type {Change, EventType} from '../domain/events.ts';
import {
  DELIVERED_KEPT,
  inOrder,
  isPending,
  type Message,
  type MessageState,
  type Since,
  stepText,
} from '../domain/steering.ts';

export type Recording = (type: EventType, entry: {reason: string; actor: string; changes: Change[]}) => void;

type Options = {
  /** ms since the epoch. */
  now: () => number;
  /** For what has happened. */
  keep: Recording;
  /** For what is to be done: throws `store.write`, and then nothing may be. */
  promise: Recording;
};

/** The entry of what queues a message by itself. */
export type QueuedBy = {type: EventType; reason: string; changes: Change[]};

/** The messages of one session, and what becomes of each: all of it stands in the journal. */
export class Queue {
  readonly messages: Message[];
  readonly #options: Options;

  constructor(options: Options, messages: Message[]) {
    this.#options = options;
    this.messages = messages;
  }

  get pending(): Message[] {
    return inOrder(this.messages.filter(isPending));
  }

  /** What is being typed, or was when an earlier supervisor ended. */
  get underWay(): Message | undefined {
    return this.messages.find(({state}) => state === 'pasted' || state === 'entered');
  }

  /** `by`: what queued it, stored in the same entry. Throws `store.write`: what the journal does not hold is not sent. */
  add(message: Message, by?: QueuedBy): void {
    const changes: Change[] = [{kind: 'message.put', message: {...message}}, ...(by?.changes ?? [])];
    const {type = 'message.queued', reason = `message ${message.id} queued`} = by ?? {};
    this.#options.promise(type, {reason, actor: message.actor, changes});
    this.messages.push(message);
  }

  /** Changes a message whose process has ended; the caller journals the change. */
  put(message: Message, state: 'queued' | 'delivered', reason: string): Change {
    const {since: _, ...plain} = message;
    const changed: Message = {...plain, state, reason, changedAt: this.#options.now()};
    this.messages[this.messages.indexOf(message)] = changed;
    return {kind: 'message.put', message: changed};
  }

  /** Queues a message before all others; the caller journals the change. One that is known by its id stays as it is. */
  putFirst(message: Omit<Message, 'position'>): Change {
    const known = this.messages.find(({id}) => id === message.id);
    const first = Math.min(...this.pending.map(({position}) => position), 0) - 1;
    const added = known ?? {...message, position: first};
    if (known === undefined) this.messages.push(added);
    return {kind: 'message.put', message: added};
  }

  /** Throws `store.write` for what is about to be typed. */
  step(message: Message, state: MessageState, reason: string, since?: Since): void {
    this.#step(message, {state, reason, actor: 'supervisor', ...(since === undefined ? {} : {since})});
  }

  /** Takes what waits out of the queue; returns how many. */
  drop(actor: string): number {
    const waiting = this.messages.filter(({state}) => state === 'queued');
    for (const message of waiting) this.#step(message, {state: 'dropped', reason: `dropped by ${actor}`, actor});
    return waiting.length;
  }

  #step(message: Message, {actor, ...step}: {state: MessageState; reason: string; since?: Since; actor: string}): void {
    const {state, reason} = step;
    const change = {...step, changedAt: this.#options.now()};
    const changes: Change[] = [{kind: 'message.state', id: message.id, ...change}];
    const entry = {reason: stepText({id: message.id, state, reason}), actor, changes};
    // Nothing is typed that a crash would have typed again. From then on the mark of the terminal's owner tells as much.
    if (state === 'pasted') this.#options.promise('message.state', entry);
    Object.assign(message, change);
    if (state !== 'pasted') this.#options.keep('message.state', entry);
  }

  /** Of those that are done, the last ones are enough. */
  forget(): void {
    const done = this.messages.filter(each => !isPending(each));
    for (const old of done.slice(0, Math.max(0, done.length - DELIVERED_KEPT))) {
      this.messages.splice(this.messages.indexOf(old), 1);
      const changes: Change[] = [{kind: 'message.delete', id: old.id}];
      this.#options.keep('message.state', {reason: `message ${old.id} forgotten`, actor: 'supervisor', changes});
    }
  }
}
