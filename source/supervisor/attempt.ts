import {holdsMessage, type Message} from '../domain/steering.ts';

/** What is heard of one message from the moment on in which it is typed. */
export class Attempt {
  /** It stands in the agent's history or its own queue. */
  arrived = false;
  /** A hook told that it was entered. */
  submitted = false;
  readonly #text: string;
  /** When it was typed, ms since the epoch: what happened before is about another. */
  readonly #since: number;
  #wake: (() => void) | null = null;

  constructor({text, since}: Pick<Message, 'text' | 'since'>, now: number) {
    this.#text = text;
    this.#since = since?.at ?? now;
  }

  /** True when it is about this message. `at` is when it happened, ms since the epoch. */
  hear(type: 'prompt' | 'submitted', text: string, at: number): boolean {
    if (at < this.#since || !holdsMessage(text, this.#text)) return false;
    if (type === 'prompt') this.arrived = true;
    else this.submitted = true;
    this.#wake?.();
    return true;
  }

  /** Waits, but not longer than until the next evidence. */
  pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
    });
  }
}
