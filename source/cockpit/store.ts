import {type Action, reduce, type State} from './state.ts';

/** Holds the one state; listeners hear of changes once per turn of the event loop's microtasks. */
export class Store {
  #state: State;
  #seen: State;
  #told = true;
  readonly #listeners = new Set<() => void>();

  constructor(state: State) {
    this.#state = state;
    this.#seen = state;
  }

  /** Current at once, so that keys of one burst see what the ones before them did. */
  readonly state = (): State => this.#state;

  /** The same object until something in sight changed: each other one costs a frame. */
  readonly seen = (): State => {
    if (!looksSame(this.#seen, this.#state)) this.#seen = this.#state;
    return this.#seen;
  };

  readonly dispatch = (action: Action): void => {
    const next = reduce(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    if (!this.#told) return;
    this.#told = false;
    queueMicrotask(this.tell);
  };

  /** Tells the listeners now of what they have not heard yet. */
  readonly tell = (): void => {
    if (this.#told) return;
    this.#told = true;
    for (const listener of this.#listeners) listener();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** Whether two states look the same: the journal is in sight on the Events screen alone. */
function looksSame(a: State, b: State): boolean {
  if (a === b) return true;
  if (a.place === 'events') return false;
  return (Object.keys(a) as (keyof State)[]).every(key => key === 'entries' || a[key] === b[key]);
}
