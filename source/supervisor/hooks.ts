import {createHash, randomBytes} from 'node:crypto';
import {isLive} from '../domain/session.ts';
import {isHashOf} from './access.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';

/** Bodies of one session that are remembered, so that a replay is no news. */
const REMEMBERED = 256;

export type HookCall = {session: string; token: string; body: unknown; signal: AbortSignal};

/** A listener for the hooks of agents, as `api/hook-door.ts` has it. */
export type Door = {
  url: (session: string) => string;
  handle: (handler: (call: HookCall) => Promise<unknown>) => void;
};

export const newHookToken = (): string => randomBytes(24).toString('base64url');

/**
 * Takes what hooks post: tells it to their session and answers at once, except for a request for permission, which is
 * held until it is decided here, settled there, or its connection ends.
 */
export function receiveHooks({roster, now}: {roster: Roster; now: () => number}) {
  return async ({session, token, body, signal}: HookCall): Promise<unknown> => {
    const runner = roster.runners.get(session);
    if (runner === undefined || !isToken(runner, token)) return null;
    const read = roster.agentOf(runner.session).readHook;
    if (read === null || !isLive(runner.session)) return {};
    const events = read(body);
    const asked = events.find(event => event.type === 'asked');
    if (asked === undefined && !runner.doors.held.isNews(body)) return {};
    const at = now();
    if (asked === undefined) {
      runner.doors.tell(events, {door: 'hook', at});
      return {};
    }
    const {ref} = asked.request;
    const reply = ref === null ? null : runner.doors.held.hold(ref, signal);
    runner.doors.tell(events, {door: 'hook', at});
    return (await reply) ?? {};
  };
}

function isToken({session}: Runner, token: string): boolean {
  const known = session.run?.hookToken ?? null;
  if (known === null || session.run?.endedAt !== null) return false;
  return isHashOf(known, token);
}

/** The requests of one session whose agent waits for our answer on an open connection. */
export class HeldRequests {
  readonly #waiting = new Map<string, (reply: unknown) => void>();
  readonly #seen = new Set<string>();
  readonly #onGone: (ref: string) => void;

  /** `onGone`: the agent closed the connection, so it was settled there. */
  constructor(onGone: (ref: string) => void) {
    this.#onGone = onGone;
  }

  /** Resolves with what is to be answered; null: nothing. */
  hold(ref: string, signal: AbortSignal): Promise<unknown> {
    this.release(ref);
    return new Promise(resolve => {
      const settle = (reply: unknown) => {
        if (this.#waiting.get(ref) === settle) this.#waiting.delete(ref);
        signal.removeEventListener('abort', gone);
        resolve(reply);
      };
      const gone = () => {
        settle(null);
        this.#onGone(ref);
      };
      this.#waiting.set(ref, settle);
      signal.addEventListener('abort', gone, {once: true});
    });
  }

  /** False when nobody waits for it (any more). */
  answer(ref: string, reply: unknown): boolean {
    const settle = this.#waiting.get(ref);
    settle?.(reply);
    return settle !== undefined;
  }

  /** Lets the agent go on without an answer: its request was settled elsewhere. */
  release(ref: string): void {
    this.answer(ref, null);
  }

  /** Lets go of all that are not among these. */
  keepOnly(refs: ReadonlySet<string>): void {
    for (const ref of [...this.#waiting.keys()]) if (!refs.has(ref)) this.release(ref);
  }

  /** The same words twice are a replay: hooks carry ids of their prompt and tool use. */
  isNews(body: unknown): boolean {
    const hash = createHash('sha1').update(JSON.stringify(body)).digest('base64');
    if (this.#seen.has(hash)) return false;
    this.#seen.add(hash);
    const [oldest] = this.#seen;
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}
