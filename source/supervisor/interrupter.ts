import type {Agent} from '../agents/agent.ts';
import type {Backend} from '../backends/backend.ts';
import type {Session} from '../domain/session.ts';
import type {Message} from '../domain/steering.ts';
import {press} from './press.ts';

/** How often, and after which pause again, a turn that goes on is interrupted for one message, in ms. */
const TIMES = 3;
const AGAIN_MS = 3000;
/** How long an input line may take to be empty after it was cleaned, in ms. */
const CLEANED_MS = 1500;
const LOOK_MS = 50;

type Options = {
  session: () => Session;
  agent: () => Agent;
  backend: () => Backend;
  now: () => number;
  /** It is worth another try. */
  again: () => void;
};

/** Makes way for one message: ends the turn that runs and empties the input line, each no more often than is safe. */
export class Interrupter {
  readonly #options: Options;
  #for: {message: string; times: number; cleaned: boolean} = {message: '', times: 0, cleaned: false};
  #acting = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Only a turn: what waits for a person's answer would take the key for one. */
  async interrupt({id}: Pick<Message, 'id'>): Promise<void> {
    const {session, agent} = this.#options;
    const {interrupt} = agent();
    const {status, activity, requests} = session();
    this.#take(id);
    if (interrupt === null || this.#acting || this.#timer !== null || this.#for.times >= TIMES) return;
    if (status !== 'running') return;
    if (activity !== 'working' || requests.length > 0) {
      this.#later();
      return;
    }
    this.#acting = true;
    try {
      const screen = await this.#screen();
      const reading = agent().read?.(screen);
      if (reading?.dialog !== true && session().activity === 'working') {
        this.#for.times++;
        await this.#press(interrupt.keys);
      }
    } catch {
      // Its terminal goes away: so does the turn.
    } finally {
      this.#acting = false;
      this.#later();
    }
  }

  /** True once its input line is empty. Only once for each message: with an empty line the same keys may end it. */
  async clean({id}: Message): Promise<boolean> {
    const {agent, now} = this.#options;
    const {interrupt, read, input} = agent();
    this.#take(id);
    if (interrupt === null || read === null || this.#for.cleaned) return false;
    const before = await this.#screen();
    const reading = read(before);
    if (reading.dialog || reading.composer || (input?.(before) ?? '') === '') return reading.composer;
    this.#for.cleaned = true;
    await this.#press(interrupt.clean);
    for (const end = now() + CLEANED_MS; now() < end; await pause(LOOK_MS)) {
      if (read(await this.#screen()).composer) return true;
    }
    return false;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #take(message: string): void {
    if (this.#for.message !== message) this.#for = {message, times: 0, cleaned: false};
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#options.again();
    }, AGAIN_MS);
  }

  #screen() {
    return this.#options.backend().capture(this.#options.session().id);
  }

  #press(keys: readonly string[]): Promise<void> {
    return press({backend: this.#options.backend(), id: this.#options.session().id, keys});
  }
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
