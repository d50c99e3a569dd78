import {
  type Change,
  type FleetState,
  perTable,
  type Records,
  type TableName,
  tableNames,
  touched,
} from '../domain/events.ts';

/** Records to store, by table and id; null deletes. */
export type Taken = {[T in TableName]: Map<string, Records[T] | null>};

/** The ids of records that the database does not hold as they are now. */
export class Pending {
  readonly #ids = perTable(() => new Set<string>());

  /** To be called before the change is applied: a deleted session takes its messages with it. */
  touch(state: FleetState, change: Change): void {
    for (const {table, id} of touched(state, change)) this.#ids[table].add(id);
  }

  touchAll(state: FleetState): void {
    for (const table of tableNames) for (const id of state[table].keys()) this.#ids[table].add(id);
  }

  /** The records behind the ids as they are now, null for those that are gone; forgets the ids. */
  take(state: FleetState): Taken {
    const taken = perTable(table => new Map([...this.#ids[table]].map(id => [id, state[table].get(id) ?? null])));
    for (const table of tableNames) this.#ids[table].clear();
    return taken as Taken;
  }

  /** After a failure: the ids are pending again. */
  putBack(taken: Taken): void {
    for (const table of tableNames) for (const id of taken[table].keys()) this.#ids[table].add(id);
  }
}
