import {isPending, type Message, plain} from './steering.ts';
import type {Cut} from './watch.ts';

/** The last thing that a history says of its turns. `at` in ms since the epoch. */
export type TurnMark = {state: 'begun' | 'ended' | 'compacted'; at: number};

/** What is known when a process stands ready in the place of one that crashed. */
export type CutSeen = {
  cut: Cut;
  messages: readonly Message[];
  /** It goes on with the conversation of the process before: what that got, it knows. */
  resumed: boolean;
  /** Of the conversation; null: it has none that can be read. */
  history: {prompts: readonly {text: string; at: number}[]; marks: readonly TurnMark[]} | null;
  /** Makes its agent compact. */
  compactCommand: string | null;
};

/** `queue`: these go into the queue again. `delivered`: these had arrived. `goOn`: it is asked to continue. */
export type TakenUp = {queue: Message[]; delivered: Message[]; goOn: boolean; why: string};

/** A message may be given up for uncertain a little before the end of its program is told, in ms. */
const SLACK_MS = 5000;

/** What to do about the turn that a crash cut off, so that each message takes effect once. Pure. */
export function takeUp({cut, messages, resumed, history, compactCommand}: CutSeen): TakenUp {
  const open = messages.filter(({state, changedAt}) => state === 'uncertain' && changedAt >= cut.at - SLACK_MS);
  const last = lastOf(cut, messages);
  if (!resumed) {
    // One that was typed after it was last seen at rest is worked on, whatever was seen since.
    const worked = isCut(cut, null) || (last?.since?.at ?? 0) > cut.since;
    const lost = worked && last !== null && !isPending(last) && !open.includes(last) ? [last] : [];
    const why = cut.busy ? 'its process keeps no conversation: its last message is delivered again' : 'it was at rest';
    return {queue: [...open, ...lost], delivered: [], goOn: false, why};
  }
  const arrived = open.filter(message => history !== null && holds(history.prompts, message));
  const missing = history === null ? [] : open.filter(message => !arrived.includes(message));
  const done = {queue: missing, delivered: arrived};
  if (last?.asCommand === true) {
    const isCompact = compactCommand !== null && last.text.trim().startsWith(compactCommand);
    const compacted = history?.marks.some(({state, at}) => state === 'compacted' && at >= (last.since?.at ?? 0));
    if (isCompact && cut.busy && compacted === false && !isPending(last) && !done.queue.includes(last)) {
      return {...done, queue: [...done.queue, last], goOn: false, why: 'it was compacting: that is begun again'};
    }
    return {...done, goOn: false, why: 'no turn was cut off'};
  }
  const mark = history?.marks.findLast(({state}) => state !== 'compacted') ?? null;
  // What it was seen to work on never got there, and was typed when the turn before was over.
  const isLost = last !== null && (isPending(last) || missing.includes(last));
  if (isLost && (mark?.at ?? 0) < (last.since?.at ?? last.createdAt)) {
    return {...done, goOn: false, why: 'its message had not arrived: it is delivered'};
  }
  if (!isCut(cut, mark)) return {...done, goOn: false, why: 'no turn was cut off'};
  if (messages.some(({id, state}) => state === 'queued' && /^(go-on|continue)-/.test(id))) {
    return {...done, goOn: false, why: 'its turn was cut off: what asks it to continue waits already'};
  }
  return {...done, goOn: true, why: 'its turn was cut off: it is asked to continue'};
}

/**
 * The message that it worked on: the one that was typed last. What the session knows of that is as old as its last entry
 * in the journal, where its supervisor died, too.
 */
function lastOf({message, startedAt, at}: Cut, messages: readonly Message[]): Message | null {
  const typed = messages.filter(({since}) => since !== undefined && since.at >= startedAt && since.at <= at + SLACK_MS);
  const newest = typed.reduce<Message | null>((a, b) => (a !== null && a.since!.at >= b.since!.at ? a : b), null);
  return newest ?? messages.find(({id}) => id === message) ?? null;
}

/** What its history says counts; where that begins a turn, an end of it may have been seen elsewhere (an interrupt). */
function isCut(cut: Cut, mark: TurnMark | null): boolean {
  if (mark === null) return cut.busy;
  return mark.state === 'begun' && (cut.busy || mark.at > cut.since);
}

const holds = (prompts: readonly {text: string; at: number}[], {text, since, createdAt}: Message): boolean =>
  prompts.some(prompt => prompt.at >= (since?.at ?? createdAt) && plain(prompt.text).includes(plain(text)));
