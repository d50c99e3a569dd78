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
};

export const isPending = (message: Message): boolean =>
  message.state === 'queued' || message.state === 'pasted' || message.state === 'entered';

/** Pending messages of one session in the order of their delivery. */
export function pendingOf(messages: Iterable<Message>, session: string): Message[] {
  const own: Message[] = [];
  for (const message of messages) if (message.session === session && isPending(message)) own.push(message);
  return own.sort((a, b) => a.position - b.position);
}

/** What the terminal's owner remembers of the last message that was typed into it. */
export type Mark = {message: string; step: 'pasted' | 'entered'};

export type Resume = 'send' | 'enter' | 'delivered' | 'uncertain';

/**
 * What to do with a message that was under way when the supervisor died, from the mark that the
 * terminal's owner kept and from what stands on its screen.
 */
export function resumeDelivery(message: Message, mark: Mark | null, textStands: boolean): Resume {
  if (mark === null || mark.message !== message.id) return message.state === 'entered' ? 'uncertain' : 'send';
  if (mark.step === 'entered') return textStands ? 'enter' : 'delivered';
  return textStands ? 'enter' : 'uncertain';
}
