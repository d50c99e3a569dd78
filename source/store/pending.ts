import type {Change, FleetState} from '../domain/events.ts';
import type {Session} from '../domain/session.ts';
import type {Message} from '../domain/steering.ts';

/** The ids of records that the database does not hold as they are now. */
export class Pending {
  readonly #sessions = new Set<string>();
  readonly #messages = new Set<string>();

  /** To be called before the change is applied: a deleted session takes its messages with it. */
  touch(state: FleetState, change: Change): void {
    switch (change.kind) {
      case 'session.put':
        this.#sessions.add(change.session.id);
        return;
      case 'session.delete':
        this.#sessions.add(change.id);
        for (const message of state.messages.values()) {
          if (message.session === change.id) this.#messages.add(message.id);
        }
        return;
      case 'message.put':
        this.#messages.add(change.message.id);
        return;
      case 'message.state':
      case 'message.delete':
        this.#messages.add(change.id);
    }
  }

  touchAll(state: FleetState): void {
    for (const id of state.sessions.keys()) this.#sessions.add(id);
    for (const id of state.messages.keys()) this.#messages.add(id);
  }

  /** The records behind the ids as they are now, null for those that are gone; forgets the ids. */
  take(state: FleetState): {sessions: Map<string, Session | null>; messages: Map<string, Message | null>} {
    const sessions = new Map([...this.#sessions].map(id => [id, state.sessions.get(id) ?? null]));
    const messages = new Map([...this.#messages].map(id => [id, state.messages.get(id) ?? null]));
    this.#sessions.clear();
    this.#messages.clear();
    return {sessions, messages};
  }

  /** After a failure: the ids are pending again. */
  putBack(taken: {sessions: Map<string, unknown>; messages: Map<string, unknown>}): void {
    for (const id of taken.sessions.keys()) this.#sessions.add(id);
    for (const id of taken.messages.keys()) this.#messages.add(id);
  }
}
