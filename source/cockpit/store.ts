import {sameReading} from './scrollback.ts';
import {type Action, reduce, type State} from './state.ts';

/** What the fleet tells is drawn together, at most once in this time, in ms; what a person did is drawn at once. */
const TOLD_GAP_MS = 16;
const TOLD: ReadonlySet<Action['type']> = new Set(['screen', 'sessions', 'approvals', 'entries', 'spend']);

/** Holds the one state; listeners hear of changes once per turn of the event loop's microtasks. */
export class Store {
  #state: State;
  #seen: State;
  #told = true;
  #held = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(state: State) {
    this.#state = state;
    this.#seen = state;
  }

  /** Current at once, so that keys of one burst see what the ones before them did. */
  readonly state = (): State => this.#state;

  /** The same object until something in sight changed: each other one costs a frame. */
  readonly seen = (): State => {
    if (!this.#held && !looksSame(this.#seen, this.#state)) this.#seen = this.#state;
    return this.#seen;
  };

  readonly dispatch = (action: Action): void => {
    const next = reduce(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    const wait = TOLD.has(action.type) ? this.#toldAt + TOLD_GAP_MS - performance.now() : 0;
    if (!this.#told && (wait > 0 || this.#timer === undefined)) return;
    this.#told = false;
    if (wait > 0) this.#timer = setTimeout(this.tell, wait);
    else queueMicrotask(this.tell);
  };

  /** Tells the listeners now of what they have not heard yet. */
  readonly tell = (): void => {
    if (this.#told || this.#held) return;
    this.#told = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = performance.now();
    for (const listener of this.#listeners) listener();
  };

  /** Listeners hear nothing until `release`, and then once of all that happened: nobody could see it earlier. */
  readonly hold = (): void => {
    this.#held = true;
  };

  readonly release = (): void => {
    this.#held = false;
    this.tell();
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
  // A scrollback stands still.
  const reads = a.place === 'scrollback' && b.place === a.place;
  const unseen = reads ? ['entries', 'screens', 'scroll'] : ['entries'];
  if (reads && !sameReading(a.scroll, b.scroll)) return false;
  return (Object.keys(a) as (keyof State)[]).every(key => unseen.includes(key) || a[key] === b[key]);
}
