/** Messages one session may have waiting. */
export const QUEUE_CAP = 10_000;
/** Delivered messages kept per session, so that a retried `msg_id` is recognised. */
export const DELIVERED_KEPT = 50;
/** Longest message, in UTF-8 bytes. */
export const MESSAGE_MAX_BYTES = 1_000_000;

/**
 * queued → pasted → entered → delivered. `uncertain`: it may or may not have arrived, and is never sent
 * again by itself. `dropped`: taken out of the queue by a person.
 */
export type MessageState = 'queued' | 'pasted' | 'entered' | 'delivered' | 'uncertain' | 'dropped';

/** How the journal tells of a step of a message, and what it told: who sent it looks for its id. */
export const stepText = ({id, state, reason}: Pick<Message, 'id' | 'state' | 'reason'>): string =>
  `message ${id} ${state}: ${reason}`;
export function readStep(text: string): Pick<Message, 'id' | 'state'> | null {
  const found = /^message (\S+) (queued|pasted|entered|delivered|uncertain|dropped): /.exec(text);
  return found === null ? null : {id: found[1]!, state: found[2] as MessageState};
}

export type Message = {
  id: string;
  /** Session id. */
  session: string;
  text: string;
  /** Its first character may act (`/compact`, `!ls`); else the text is typed so that it cannot. */
  asCommand: boolean;
  state: MessageState;
  reason: string;
  actor: string;
  /** ms since the epoch. */
  createdAt: number;
  changedAt: number;
  /** Order within the fleet; larger is later. */
  position: number;
  /** It goes before the others, and ends the turn that runs. */
  now?: boolean;
  /** Where the agent's history ended when the message was typed: what stands behind it is about this try. */
  since?: Since;
};

/** A place in an agent's history: `offset` in bytes of `file`, null where there was none yet; `at` in ms since the epoch. */
export type Since = {at: number; file: string | null; offset: number};

export const isPending = (message: Message): boolean =>
  message.state === 'queued' || message.state === 'pasted' || message.state === 'entered';

/** Pending messages of one session in the order of their delivery. */
export function pendingOf(messages: Iterable<Message>, session: string): Message[] {
  const own: Message[] = [];
  for (const message of messages) if (message.session === session && isPending(message)) own.push(message);
  return inOrder(own);
}

/** One that is under way stays first; then those that were sent with `now`. */
export function inOrder(messages: readonly Message[]): Message[] {
  const rank = ({state, now}: Message) => (state === 'queued' ? (now === true ? 1 : 2) : 0);
  return [...messages].sort((a, b) => rank(a) - rank(b) || a.position - b.position);
}

/** Programs add frames to long texts and take invisible characters away. */
export function holdsMessage(prompt: string, message: string): boolean {
  const wanted = plain(message);
  if (wanted === '') return false;
  const said = plain(prompt);
  for (let at = said.indexOf(wanted); at !== -1; at = said.indexOf(wanted, at + 1)) {
    // "ok" is not what "look" says.
    const [before = '', after = ''] = [said[at - 1], said[at + wanted.length]];
    if (!(isWord(before) && isWord(wanted[0]!)) && !(isWord(after) && isWord(wanted.at(-1)!))) return true;
  }
  return false;
}

/** Spaces and line ends count as one space, what nobody sees as nothing. */
export const plain = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .replace(/\p{C}|\p{Variation_Selector}/gu, '')
    .replace(/ {2,}/g, ' ')
    .trim();

const isWord = (char: string): boolean => /[\p{L}\p{N}]/u.test(char);

/**
 * What stands where the program takes input. `ours`: the text that was typed. `other`: some other text. `busy`: it
 * works, shows a dialog, or shows no input line.
 */
export type Composer = 'ours' | 'free' | 'other' | 'busy';

/** How long a text may stand after Enter before Enter counts as lost, in ms. */
export const ENTER_LOST_MS = 700;
/** How often Enter is pressed. */
export const ENTERS = 3;
/** How long a program may be at rest after it took a text, before the missing line in its history counts, in ms. */
export const UNPROVEN_MS = 5000;
/** How long its history may stay unfound after Enter, in ms. */
export const UNFOUND_MS = 8000;

/** What is known of a message after its Enter. */
export type Entered = {
  /** It stands in the agent's history or its own queue. */
  arrived: boolean;
  /** A hook told that it was entered. */
  submitted: boolean;
  /** What can prove it: `none`: nothing but the screen; `unfound`: a history that was not found (yet). */
  proof: 'none' | 'unfound' | 'found';
  composer: Composer;
  /** For how long that has stood there without a break, and how long ago Enter was pressed last, in ms. */
  composerMs: number;
  enteredMs: number;
  /** How often Enter was pressed. */
  enters: number;
};

export type Next = {do: 'wait' | 'enter'} | {do: 'delivered' | 'uncertain'; why: string};

/** What to do with a message whose Enter was pressed: its text is never typed twice, Enter never after any evidence. */
export function afterEnter(seen: Entered): Next {
  const {arrived, submitted, proof, composer, composerMs, enteredMs, enters} = seen;
  if (arrived) return {do: 'delivered', why: 'it stands in the history of the agent'};
  const times = enters === 1 ? 'entered' : `entered ${enters} times`;
  if (composer === 'ours') {
    if (submitted) {
      if (composerMs < UNPROVEN_MS) return {do: 'wait'};
      return {do: 'uncertain', why: 'the agent took it and gave it back to its input line'};
    }
    if (Math.min(composerMs, enteredMs) < ENTER_LOST_MS) return {do: 'wait'};
    if (enters < ENTERS) return {do: 'enter'};
    return {do: 'uncertain', why: `still on the input line after ${enters} times Enter`};
  }
  const left = {do: 'delivered' as const, why: `${times} and seen to leave the input line`};
  if (proof === 'none') return left;
  if (proof === 'unfound') {
    // Another program under the agent's name, or one that keeps its history elsewhere: the screen is what there is.
    return enteredMs < UNFOUND_MS ? {do: 'wait'} : {...left, why: `${left.why}; its history was not found`};
  }
  if (composer === 'busy' || Math.min(composerMs, enteredMs) < UNPROVEN_MS) return {do: 'wait'};
  const why = submitted ? 'a hook told of it' : 'it left the input line';
  return {do: 'uncertain', why: `${times}, ${why}, but it does not stand in the history of the agent`};
}

/** What the terminal's owner remembers of the last message that was typed into it. */
export type Mark = {message: string; step: 'pasted' | 'entered'};

/** How long a text has to stand on the input line before Enter may be pressed for it, in ms. */
export const STANDS_MS = 300;
/** How long an input line has to be empty, without a line in the history, before a text is sent again, in ms. */
export const EMPTY_MS = 1200;

/** What is known of a message that was under way when the supervisor died. */
export type Interrupted = {
  message: Pick<Message, 'id' | 'state'>;
  mark: Mark | null;
  arrived: boolean;
  /** Its history can be read: what does not stand there has not arrived. */
  proof: boolean;
  composer: Composer;
  composerMs: number;
  /** Its program has ended. */
  over: boolean;
};

export type Resume = 'send' | 'enter' | 'delivered' | 'uncertain' | 'wait';

/**
 * What to do with a message that was under way when the supervisor died, from the mark that the terminal's owner
 * kept, from the agent's history and from what stands on its screen.
 */
export function resumeDelivery(seen: Interrupted): Resume {
  const {message, mark, arrived, proof, composer, composerMs, over} = seen;
  if (arrived) return 'delivered';
  // What a dead program did not write down it did not get.
  if (over && proof) return 'send';
  if (mark === null || mark.message !== message.id) return message.state === 'entered' ? 'uncertain' : 'send';
  if (!proof) {
    if (composer === 'ours') return over ? 'uncertain' : 'enter';
    return mark.step === 'entered' ? 'delivered' : 'uncertain';
  }
  switch (composer) {
    case 'ours':
      return composerMs < STANDS_MS ? 'wait' : 'enter';
    case 'free':
      return composerMs < EMPTY_MS ? 'wait' : 'send';
    case 'other':
      // A person types there: nobody can say what became of ours.
      return composerMs < EMPTY_MS ? 'wait' : 'uncertain';
    case 'busy':
      return 'wait';
  }
}
