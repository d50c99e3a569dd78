import type {EventView, Sent, SessionView} from '../domain/fleet.ts';
import {type MessageState, readStep} from '../domain/steering.ts';

/** What became of a text that was sent from here. */
export type Delivery = {
  /** Of the message. */
  id: string;
  /** Id and name of the session. */
  session: string;
  name: string;
  /** `unseen`: steps of it may have been told while nobody listened. */
  state: MessageState | 'unseen';
  /** When it came to an end, ms since the epoch; null: it is on its way. */
  ended: number | null;
};

/** How long an end is told, in ms. */
export const TOLD_MS = 30_000;
const KEPT = 100;

type Receiver = Pick<SessionView, 'id' | 'name'>;

export type DeliveryStep =
  /** `known`: entries that may have come before the answer did. */
  | {do: 'sent'; sent: Pick<Sent, 'id' | 'state'>; to: Receiver; now: number; known: readonly EventView[]}
  | {do: 'told'; entries: readonly EventView[]}
  /** The journal goes on from another place: what it told until there is not known. */
  | {do: 'missed'; now: number}
  /** These sessions are there. */
  | {do: 'sessions'; ids: ReadonlySet<string>}
  | {do: 'tick'; now: number};

/** The same list when nothing changed. */
export function stepDeliveries(deliveries: readonly Delivery[], step: DeliveryStep): readonly Delivery[] {
  switch (step.do) {
    case 'sent': {
      const {sent, to, now, known} = step;
      if (deliveries.some(({id}) => id === sent.id)) return deliveries;
      const about = {id: sent.id, session: to.id, name: to.name, state: sent.state, ended: null};
      const fresh = stepDeliveries([stateAt(about, sent.state, now)], {do: 'told', entries: known});
      return [...deliveries, ...fresh].slice(-KEPT);
    }
    case 'told': {
      let next = deliveries;
      for (const {type, reason, at} of step.entries) {
        const told = type === 'message.state' ? readStep(reason) : null;
        const known = told === null ? undefined : next.find(({id}) => id === told.id);
        if (told === null || known === undefined || known.state === told.state) continue;
        next = next.map(each => (each === known ? stateAt(each, told.state, at * 1000) : each));
      }
      return next;
    }
    case 'missed': {
      if (deliveries.every(({ended}) => ended !== null)) return deliveries;
      return deliveries.map(each => (each.ended === null ? stateAt(each, 'unseen', step.now) : each));
    }
    case 'sessions': {
      const kept = deliveries.filter(({session}) => step.ids.has(session));
      return kept.length === deliveries.length ? deliveries : kept;
    }
    case 'tick': {
      const kept = deliveries.filter(({ended}) => ended === null || step.now - ended < TOLD_MS);
      return kept.length === deliveries.length ? deliveries : kept;
    }
  }
}

/** When the next of them is told no longer, ms since the epoch. */
export const nextForgotten = (deliveries: readonly Delivery[]): number =>
  Math.min(...deliveries.map(({ended}) => (ended === null ? Number.POSITIVE_INFINITY : ended + TOLD_MS)));

const WORDS: Record<Delivery['state'], string> = {
  queued: 'queued',
  pasted: 'typed in',
  entered: 'typed in',
  delivered: 'delivered, verified',
  uncertain: 'uncertain whether it arrived',
  dropped: 'dropped',
  unseen: 'nobody saw what became of it',
};

export const deliveryText = ({name, state}: Pick<Delivery, 'name' | 'state'>): string => `${name}: ${WORDS[state]}`;

export type DeliveryLine = {look: 'way' | 'done' | 'bad'; text: string};

const BAD: readonly Delivery['state'][] = ['uncertain', 'dropped', 'unseen'];

/** All of them in one line: how far the last one is, or how many of several are. */
export function deliveryLine(deliveries: readonly Delivery[]): DeliveryLine | null {
  const last = deliveries.at(-1);
  if (last === undefined) return null;
  const bad = deliveries.find(({state}) => BAD.includes(state));
  if (bad !== undefined) return {look: 'bad', text: deliveryText(bad)};
  const done = deliveries.filter(({state}) => state === 'delivered').length;
  const look = done === deliveries.length ? 'done' : 'way';
  if (deliveries.length === 1) return {look, text: deliveryText(last)};
  return {look, text: `${done} of ${deliveries.length} delivered, verified`};
}

function stateAt(delivery: Delivery, state: Delivery['state'], at: number): Delivery {
  const isEnd = state === 'delivered' || BAD.includes(state);
  return {...delivery, state, ended: isEnd ? at : null};
}
