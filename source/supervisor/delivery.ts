import type {Agent} from '../agents/agent.ts';
import type {Backend} from '../backends/backend.ts';
import {afterEnter, type Composer, type Entered, type MessageState, type Since} from '../domain/steering.ts';
import type {Attempt} from './attempt.ts';
import {composerOf, isEchoed, takesEnter} from './composer.ts';
import type {Place} from './transcript-tail.ts';

/** How long a pasted text may take to show, in ms: programs without echo never show it, others draw a long one slowly. */
const ECHO_MS = 400;
const DRAWN_MS = 3000;
/** How long a dialog or a turn that came up meanwhile may stand before the message is given up, in ms. */
const PATIENCE_MS = 3_600_000;
/** Pause between two looks at the terminal: at first, and after a while, in ms. */
const LOOK_MS = 40;
const SOON_MS = 2000;
const LOOK_LATER_MS = 500;
/** Pause between two searches for a history that may have begun with this message, in ms. */
const FIND_MS = 500;

export type Typing = {
  backend: Backend;
  agent: Agent;
  terminal: string;
  message: string;
  text: string;
  /** Pause between the text and its Enter, in ms. */
  enterDelayMs: number;
  attempt: Attempt;
  now: () => number;
  /** What can prove that it arrived. */
  proof: () => Entered['proof'];
  /** Reads what the agent has written so far; null: nothing is known. */
  catchUp: (options: {find: boolean}) => Promise<Place | null>;
  /** `over`: the program ended. `closed`: the supervisor ends, the next one goes on from what is stored. */
  state: () => 'live' | 'over' | 'closed';
  /** Journals each step before it is taken. */
  step: (state: MessageState, reason: string, since?: Since) => void;
  /** Enter was pressed for the first time. */
  onEntered: () => void;
};

/** Pastes a text, presses Enter and waits for the proof that it arrived. The text is never sent twice. */
export async function typeMessage(typing: Typing): Promise<void> {
  const {backend, agent, terminal, text, message, now, attempt} = typing;
  const place = await typing.catchUp({find: true});
  const before = await backend.capture(terminal);
  typing.step('pasted', 'typing it', {at: now(), file: place?.file ?? null, offset: place?.offset ?? 0});
  await backend.paste(terminal, text, {message, step: 'pasted'});
  const end = now() + (agent.input === null ? ECHO_MS : DRAWN_MS);
  let echoed = false;
  while (!echoed && now() < end && typing.state() === 'live') {
    echoed = isEchoed(await backend.capture(terminal), text, {agent, before});
    if (!echoed) await attempt.pause(LOOK_MS);
  }
  await attempt.pause(typing.enterDelayMs);
  await enterMessage(typing, echoed);
}

/** Enter, repeated only while the text still stands where it was typed and nothing was heard of it. */
export async function enterMessage(typing: Typing, echoed: boolean): Promise<void> {
  const {backend, agent, terminal, message, attempt, now} = typing;
  const watch = new ComposerWatch(typing);
  const begun = now();
  let [enters, enteredAt, findAt] = [0, 0, 0];
  while (typing.state() === 'live') {
    const [elapsed, at] = [now() - begun, now()];
    if (elapsed > PATIENCE_MS) return typing.step('uncertain', 'nothing was heard of it for too long');
    if (enters > 0 && typing.proof() !== 'none') {
      await typing.catchUp({find: at >= findAt});
      if (at >= findAt) findAt = at + FIND_MS;
    }
    const composer = await watch.look();
    const {arrived, submitted} = attempt;
    const proof = typing.proof();
    const entered = {
      arrived,
      submitted,
      proof,
      composer,
      composerMs: watch.forMs,
      enteredMs: now() - enteredAt,
      enters,
    };
    const next = enters === 0 ? firstEnter(watch.dialog, arrived || submitted) : afterEnter(entered);
    if (next.do === 'delivered' || next.do === 'uncertain') return typing.step(next.do, next.why);
    // Looks right before Enter: a dialog that came up meanwhile would take it for its answer.
    if (next.do === 'enter' && !watch.dialog) {
      if (enters === 0) typing.step('entered', 'pressing Enter');
      await backend.enter(terminal, {message, step: 'entered'});
      enteredAt = now();
      enters++;
      if (enters === 1) typing.onEntered();
      if (agent.input === null && !echoed) {
        return typing.step('delivered', 'entered; the program echoes nothing to check it by');
      }
    }
    await attempt.pause(elapsed < SOON_MS || now() - enteredAt < SOON_MS ? LOOK_MS : LOOK_LATER_MS);
  }
  if (typing.state() === 'over') await afterEnd(typing);
}

function firstEnter(dialog: boolean, heard: boolean): {do: 'wait' | 'enter'} {
  return {do: dialog || heard ? 'wait' : 'enter'};
}

/** What a dead program did not write down it did not get. */
export async function afterEnd({attempt, catchUp, proof, step}: Typing): Promise<void> {
  await catchUp({find: false});
  if (attempt.arrived) step('delivered', 'it stands in the history of the agent');
  else if (proof() === 'found') step('queued', 'the program ended before it arrived');
  else step('uncertain', 'the program ended before it was seen to arrive');
}

/** What stands on the input line, and for how long. */
export class ComposerWatch {
  readonly #typing: Typing;
  #composer: Composer | null = null;
  #since = 0;
  dialog = false;

  constructor(typing: Typing) {
    this.#typing = typing;
  }

  get forMs(): number {
    return this.#typing.now() - this.#since;
  }

  async look(): Promise<Composer> {
    const {backend, terminal, text, agent, now, proof} = this.#typing;
    let composer: Composer = 'busy';
    try {
      const screen = await backend.capture(terminal);
      composer = composerOf(screen, text, agent);
      this.dialog = agent.read !== null && takesEnter(agent.read(screen));
    } catch (error) {
      // Its end is told by its exit, and its history says what it got.
      if (proof() === 'none') throw error;
    }
    if (composer !== this.#composer) {
      this.#composer = composer;
      this.#since = now();
    }
    return composer;
  }
}
