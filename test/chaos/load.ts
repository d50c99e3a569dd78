import assert from 'node:assert/strict';
import type {CardView} from '../../source/domain/board.ts';
import {AmuxError, asAmuxError} from '../../source/domain/errors.ts';
import type {EventView, Fleet, QueueView} from '../../source/domain/fleet.ts';
import {pause, until} from '../real/until.ts';
import {storyOf} from './audit.ts';
import type {ChaosContext} from './plan.ts';
import {STATE_MS, type Stage} from './stage.ts';

/** Pause of a caller who got no answer, in ms. */
const AGAIN_MS = 30;
/** Every second card is done by its holder, who may hold no more than a thousand. */
const CARDS_MAX = 1900;
/** Messages that wait for a session before its sender waits, too. */
const AHEAD = 4;

export type LoadOptions = {
  /** Sessions that are sent to; each has one sender, so that the order of its messages is known. */
  sessions: readonly string[];
  /** Sessions that all want each card; 0: no board. */
  claimers: number;
  /** Longest pause between two calls of one caller, in ms. */
  pauseMs: number;
};

/** What callers were told, to be compared with what became of it. */
export type Said = {
  /** Texts by session, in the order in which they were accepted. */
  sent: Map<string, string[]>;
  /** Cards that were added. */
  cards: string[];
  /** Who was told that a card is theirs. */
  won: {card: string; session: string}[];
  notes: string[];
  /** What one who follows the events heard. */
  heard: EventView[];
  /** Calls without an answer, and such that were refused for want of space; they were made again. */
  unanswered: number;
  refused: number;
};

/** Callers of every kind, each asking again until it is answered. `stop` resolves when the last call was. */
export function startLoad(stage: Stage, {chance, say}: Pick<ChaosContext, 'chance' | 'say'>, options: LoadOptions) {
  const said: Said = {sent: new Map(), cards: [], won: [], notes: [], heard: [], unanswered: 0, refused: 0};
  const ending = new AbortController();
  const goesOn = (): boolean => !ending.signal.aborted;
  const rest = (): Promise<void> => pause(chance.below(options.pauseMs));

  /** The same call until somebody answers; it has to be one that may be repeated. */
  const insist = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    const end = performance.now() + STATE_MS;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        const {code} = asAmuxError(error);
        if (code === 'supervisor.unreachable') said.unanswered++;
        else if (code === 'store.full' || code === 'store.write') said.refused++;
        else throw error;
        if (!goesOn() && stage.broke !== null) throw new Error(stage.broke, {cause: error});
        if (performance.now() > end) throw new Error(`nobody answered for ${STATE_MS} ms: ${what}`, {cause: error});
        await pause(AGAIN_MS);
      }
    }
  };

  const sender = async (session: string): Promise<void> => {
    await using fleet = stage.client();
    const texts: string[] = [];
    said.sent.set(session, texts);
    const agent = stage.agents.get(session)!;
    while (goesOn()) {
      if (texts.length - agent.prompts.length >= AHEAD) {
        await pause(AGAIN_MS);
        continue;
      }
      const text = `message ${texts.length} for ${session}`;
      const id = `m-${session}-${texts.length}`;
      const sent = await insist(`send ${id}`, () => fleet.send(session, {text, id}));
      assert.equal(sent.id, id);
      texts.push(text);
      await rest();
    }
  };

  const claimers = async (): Promise<void> => {
    const names = Array.from({length: options.claimers}, (_, i) => `claimer-${i}`);
    const all = names.map(session => ({session, fleet: stage.client(session)}));
    try {
      while (goesOn() && said.cards.length < CARDS_MAX) {
        const {id} = await insist('add a card', () => all[0]!.fleet.addCard({title: `card ${said.cards.length}`}));
        said.cards.push(id);
        await Promise.all(all.map(({session, fleet}) => claim(fleet, {session, card: id})));
        const {session} = said.won.at(-1)!;
        const holder = all.find(each => each.session === session)!.fleet;
        if (isDone(said.cards.length - 1)) await insist('do it', () => holder.updateCard(id, {status: 'done'}));
        await rest();
      }
    } finally {
      for (const {fleet} of all) await fleet[Symbol.asyncDispose]();
    }
  };

  const claim = async (fleet: Fleet, {session, card}: {session: string; card: string}): Promise<void> => {
    try {
      await insist(`claim ${card}`, () => fleet.claimCard(card, {session}));
      said.won.push({card, session});
    } catch (error) {
      if (!(error instanceof AmuxError) || error.code !== 'card.claimed') throw error;
    }
  };

  const writer = async (): Promise<void> => {
    await using fleet = stage.client();
    while (goesOn()) {
      const text = `note ${said.notes.length}`;
      await insist('add a note', () => fleet.addNote({text}));
      said.notes.push(text);
      await rest();
    }
  };

  /** From the first entry on, going on behind the last one that it heard. */
  const follower = async (): Promise<void> => {
    await using fleet = stage.client();
    while (goesOn()) {
      try {
        const since = said.heard.at(-1)?.cursor ?? 0;
        for await (const event of fleet.events({since, signal: ending.signal})) said.heard.push(event);
      } catch (error) {
        if (!(error instanceof AmuxError) || error.code !== 'supervisor.unreachable') throw error;
        await pause(AGAIN_MS);
      }
    }
  };

  const callers = [
    ...options.sessions.map(sender),
    ...(options.claimers > 0 ? [claimers()] : []),
    writer(),
    follower(),
  ];
  const failure = Promise.all(callers);
  failure.catch(() => {}); // Told by `stop` and `check`.
  let broken: unknown = null;
  for (const caller of callers) {
    caller.catch(error => {
      broken ??= error;
      say(`a caller failed: ${error}`);
    });
  }
  return {
    said,
    /** Throws what a caller was told that it should not have been. */
    check(): void {
      if (broken !== null) throw broken;
    },
    async stop(): Promise<Said> {
      ending.abort();
      await failure;
      return said;
    },
  };
}

/** Resolves when every agent has read all that was sent to it, with nothing left in a queue. */
export async function drained(stage: Stage, {sent}: Said, boundMs: number): Promise<void> {
  await using fleet = stage.client();
  for (const [name, texts] of sent) {
    let queue: QueueView[] = [];
    const agent = stage.agents.get(name)!;
    const isDone = async (): Promise<boolean> => {
      queue = await fleet.queue(name);
      return agent.prompts.length >= texts.length && queue.length === 0;
    };
    try {
      await until('it', isDone, boundMs);
    } catch {
      const {status, activity, reason} = await fleet.session(name);
      const {output} = await fleet.peek(name);
      throw new Error(
        [
          `${name} has read ${agent.prompts.length} of ${texts.length} messages after ${boundMs} ms; it is ${status}, ${activity}: ${reason}`,
          ...queue.map(message => `${message.state}: ${message.reason}\n${storyOf(stage, message.text)}`),
          output,
        ].join('\n'),
      );
    }
  }
}

/** Each card that was added went to one session, which is the one that was told so. */
export function claimedOnce({cards, won}: Said, board: readonly CardView[]): void {
  const byId = new Map(board.map(card => [card.id, card]));
  for (const [i, id] of cards.entries()) {
    const holders = won.filter(({card}) => card === id).map(({session}) => session);
    assert.equal(holders.length, 1, `${id} went to ${holders.join(' and ') || 'nobody'}`);
    const card = byId.get(id);
    assert.ok(card !== undefined, `${id} is gone`);
    const claims = card.history.filter(({change}) => change.startsWith('claimed')).length;
    const [holder, status] = isDone(i) ? [undefined, 'done'] : [holders[0], 'doing'];
    assert.deepEqual([card.claim?.holder, card.status, claims], [holder, status, 1], id);
  }
}

const isDone = (card: number): boolean => card % 2 === 0;

/** One who follows heard every entry once and in order. */
export function heardAll({heard}: Said): void {
  for (const [i, {cursor}] of heard.entries()) assert.equal(cursor, i + heard[0]!.cursor, `event ${i}`);
}
