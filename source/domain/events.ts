import type {Session} from './session.ts';
import type {Message, Since} from './steering.ts';

/** One stored fact: a whole record after the change, or its end. Applying it twice is harmless. */
export type Change =
  | {kind: 'session.put'; session: Session}
  | {kind: 'session.delete'; id: string}
  | {kind: 'message.put'; message: Message}
  | {kind: 'message.state'; id: string; state: Message['state']; reason: string; changedAt: number; since?: Since}
  | {kind: 'message.delete'; id: string};

export type EventType =
  | 'session.registered'
  | 'session.unregistered'
  | 'session.changed'
  | 'session.status'
  | 'session.activity'
  | 'approval.asked'
  | 'approval.shown'
  | 'approval.settled'
  | 'message.queued'
  | 'message.state'
  | 'supervisor.started'
  | 'supervisor.stopped'
  | 'backend.lost'
  | 'notice'
  | 'snapshot';

/** One entry of the journal. */
export type Entry = {
  /** Grows by one with each entry of a home; the `id:` of the event stream. */
  cursor: number;
  /** ms since the epoch. */
  at: number;
  type: EventType;
  /** Who caused it: `cli`, `cockpit`, `api:NAME`, `supervisor`. */
  actor: string;
  session: {id: string; name: string} | null;
  reason: string;
  changes: Change[];
};

/** All that is stored of a fleet. */
export type FleetState = {sessions: Map<string, Session>; messages: Map<string, Message>};

export const emptyState = (): FleetState => ({sessions: new Map(), messages: new Map()});

/** Changes the state in place. */
export function apply(state: FleetState, change: Change): void {
  switch (change.kind) {
    case 'session.put':
      state.sessions.set(change.session.id, change.session);
      return;
    case 'session.delete':
      state.sessions.delete(change.id);
      for (const message of state.messages.values()) {
        if (message.session === change.id) state.messages.delete(message.id);
      }
      return;
    case 'message.put':
      state.messages.set(change.message.id, change.message);
      return;
    case 'message.state': {
      const message = state.messages.get(change.id);
      if (message === undefined) return;
      const {state: to, reason, changedAt, since = message.since} = change;
      const changed = {...message, state: to, reason, changedAt};
      state.messages.set(change.id, since === undefined ? changed : {...changed, since});
      return;
    }
    case 'message.delete':
      state.messages.delete(change.id);
  }
}

/** The changes that make an empty state equal to this one: the head of a journal segment. */
export function snapshot(state: FleetState): Change[] {
  return [
    ...[...state.sessions.values()].map((session): Change => ({kind: 'session.put', session})),
    ...[...state.messages.values()].map((message): Change => ({kind: 'message.put', message})),
  ];
}
