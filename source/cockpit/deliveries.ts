import type {EventView, Sent} from '../domain/fleet.ts';
import {type MessageState, readStep} from '../domain/steering.ts';

/** What became of a text that was sent from here. */
export type Delivery = {
  /** Of the message. */
  id: string;
  /** Name of the session. */
  session: string;
  state: MessageState;
  /** When it came to an end, ms since the epoch; null: it is on its way. */
  ended: number | null;
};

/** How long an end is told, in ms. */
export const TOLD_MS = 30_000;
const KEPT = 100;

export type DeliveryStep =
  | {do: 'sent'; sent: Pick<Sent, 'id' | 'state'>; session: string; now: number}
  /** `known`: entries that came before the answer did. */
  | {do: 'told'; entries: readonly EventView[]}
  | {do: 'tick'; now: number};

/** The same list when nothing changed. */
export function stepDeliveries(deliveries: readonly Delivery[], step: DeliveryStep): readonly Delivery[] {
  switch (step.do) {
    case 'sent': {
      const {sent, session, now} = step;
      if (deliveries.some(({id}) => id === sent.id)) return deliveries;
      const fresh = stateAt({id: sent.id, session, state: sent.state, ended: null}, sent.state, now);
      return [...deliveries, fresh].slice(-KEPT);
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
    case 'tick': {
      const kept = deliveries.filter(({ended}) => ended === null || step.now - ended < TOLD_MS);
      return kept.length === deliveries.length ? deliveries : kept;
    }
  }
}

/** When the next of them is told no longer, ms since the epoch. */
export const nextForgotten = (deliveries: readonly Delivery[]): number =>
  Math.min(...deliveries.map(({ended}) => (ended === null ? Number.POSITIVE_INFINITY : ended + TOLD_MS)));

const WORDS: Record<MessageState, string> = {
  queued: 'queued',
  pasted: 'typed in',
  entered: 'typed in',
  delivered: 'delivered, verified',
  uncertain: 'uncertain whether it arrived',
  dropped: 'dropped',
};

export const deliveryText = ({session, state}: Pick<Delivery, 'session' | 'state'>): string =>
  `${session}: ${WORDS[state]}`;

export type DeliveryLine = {look: 'way' | 'done' | 'bad'; text: string};

/** All of them in one line: how far the last one is, or how many of several are. */
export function deliveryLine(deliveries: readonly Delivery[]): DeliveryLine | null {
  const last = deliveries.at(-1);
  if (last === undefined) return null;
  const bad = deliveries.find(({state}) => state === 'uncertain' || state === 'dropped');
  if (bad !== undefined) return {look: 'bad', text: deliveryText(bad)};
  const done = deliveries.filter(({state}) => state === 'delivered').length;
  const look = done === deliveries.length ? 'done' : 'way';
  if (deliveries.length === 1) return {look, text: deliveryText(last)};
  return {look, text: `${done} of ${deliveries.length} delivered, verified`};
}

function stateAt(delivery: Delivery, state: MessageState, at: number): Delivery {
  const isEnd = state === 'delivered' || state === 'uncertain' || state === 'dropped';
  return {...delivery, state, ended: isEnd ? at : null};
}
