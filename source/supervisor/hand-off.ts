import type {Card} from '../domain/board.ts';
import {AmuxError} from '../domain/errors.ts';
import {checkNotOver, isLive, type Session} from '../domain/session.ts';
import {type Message, QUEUE_CAP} from '../domain/steering.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';

type Options = {
  roster: Roster;
  enqueue: (runner: Runner, message: {id: string; text: string; asCommand?: boolean; actor: string}) => Message;
  /** Its profile wants its conversation compacted before it begins with a card. */
  compactsOnClaim: (session: Session) => boolean;
};

/** A compaction and the card's text. */
const MESSAGES = 2;

export type HandOff = {
  /** Throws when nobody can be told of a card. */
  check: (card: Card) => void;
  /** Sends a session the text of its card: once per claim, or per change. */
  tell: (card: Card, actor: string) => void;
};

/** What sends a card's text to the session that it is for. */
export function handOff({roster, enqueue, compactsOnClaim}: Options): HandOff {
  const recipient = ({session}: Card): Runner => {
    if (session === null) {
      const why = 'tell: the card is for no session';
      throw new AmuxError('input.invalid', {why, next: 'say for which: "session":"NAME", or --session NAME'});
    }
    return roster.find(session.id);
  };
  return {
    check(card) {
      const {queue, session} = recipient(card);
      checkNotOver(session);
      const count = queue.pending.length;
      if (count + MESSAGES > QUEUE_CAP) throw new AmuxError('queue.full', {name: session.name, count});
    },

    tell(card, actor) {
      const runner = recipient(card);
      const {session, queue} = runner;
      const id = `card-${card.id}-${card.claim === null ? `change-${card.revision}` : `claim-${card.claim.fence}`}`;
      // Whoever asks again is told of what was sent the first time.
      if (queue.messages.some(message => message.id === id)) return;
      const {compactCommand} = roster.agentOf(session);
      // What is not running has nothing to compact when it starts.
      if (card.claim !== null && compactCommand !== null && isLive(session) && compactsOnClaim(session)) {
        enqueue(runner, {id: `${id}-compact`, text: compactCommand, asCommand: true, actor});
      }
      enqueue(runner, {id, text: cardMessage(card), actor});
    },
  };
}

/** What the session reads: the card, and how it is finished. */
export function cardMessage({id, title, desc, claim}: Card): string {
  const begin = claim === null ? `It is meant for you: amux board claim ${id} takes it. ` : '';
  const end = `When it is done: amux board done ${id}. To give it back: amux board release ${id}.`;
  return [`Card ${id}: ${title}`, ...(desc === '' ? [] : [desc]), `${begin}${end}`].join('\n\n');
}
