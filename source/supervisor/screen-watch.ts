import type {Screen} from '../domain/screen.ts';

/** Pause between captures: while somebody looks, right after a key, and while nobody does, in ms. */
const WATCHED_MS = 100;
const TYPED_MS = 12;
const UNWATCHED_MS = 1000;
/** The same while what it prints would change what is thought of it, in ms. */
const EAGER_MS = 250;
/** How long after a key the fast pace holds, in ms. */
const TYPING_MS = 400;
/** What a program draws when it says something new is complete after this, in ms. */
const SAID_MS = 100;
/** A program that pauses so long has drawn what it wanted to: a dialog, the end of a turn, in ms. */
const STILL_MS = 150;
/** Not sooner than this after the last look, in ms. */
const STILL_PACE_MS = 300;
/** A first change waits this long for the rest of its burst, in ms. */
const BURST_MS = 4;

type Options = {
  capture: () => Promise<Screen>;
  onScreen: (screen: Screen, at: number) => void;
  /** It is not known to work: what it prints may be the beginning. */
  eager: () => boolean;
  /** ms since the epoch. */
  now: () => number;
};

/** Decides when a session's screen is captured: only after a change, and no more often than somebody can see. */
export class ScreenWatch {
  readonly #options: Options;
  readonly #watchers = new Set<(screen: Screen) => void>();
  /** Aborts when its session is forgotten: nothing will ever be seen of it. */
  readonly forgotten = new AbortController();
  last: Screen | null = null;
  #timer: NodeJS.Timeout | null = null;
  #due = 0;
  #capturing = false;
  #dirty = false;
  #lastAt = 0;
  #typedAt = 0;
  #saidAt: number | null = null;
  #touchedAt = 0;
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The terminal printed something. */
  touch(): void {
    this.#stopped = false;
    this.#touchedAt = this.#options.now();
    this.#dirty = true;
    this.#plan();
  }

  /** The terminal has another size: what it shows is another screen, even when nothing is printed. */
  resized(): void {
    if (!this.#stopped) this.touch();
  }

  /** A key was sent: its echo is worth a fast look. */
  typed(): void {
    this.#typedAt = this.#options.now();
    if (this.#dirty) this.#plan();
  }

  /** The program said something new: its screen shows what its word leaves out. */
  said(): void {
    if (this.#stopped) return;
    this.#saidAt = this.#options.now();
    this.#dirty = true;
    this.#plan();
  }

  watch(listener: (screen: Screen) => void): () => void {
    this.#watchers.add(listener);
    if (this.last !== null) listener(this.last);
    if (!this.#stopped) {
      this.#dirty = true;
      this.#plan();
    }
    return () => this.#watchers.delete(listener);
  }

  /** Captures at once (before a planned end). */
  async now(): Promise<void> {
    if (!this.#stopped) await this.#capture();
  }

  /** A screen that was kept from before, or at the end. */
  keep(screen: Screen): void {
    this.last = screen;
    for (const watcher of this.#watchers) watcher(screen);
  }

  /** No more captures until the next `touch`. */
  stop(): void {
    this.#stopped = true;
    this.#dirty = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  close(): void {
    this.stop();
    this.#watchers.clear();
  }

  #plan(): void {
    if (this.#capturing || this.#stopped) return;
    const due = this.#dueAt();
    if (this.#timer !== null) {
      // A later due is found when the timer fires: output may come a hundred times a second.
      if (this.#due <= due) return;
      clearTimeout(this.#timer);
    }
    this.#due = due;
    this.#timer = setTimeout(() => this.#look(), Math.max(0, due - this.#options.now()));
  }

  #look(): void {
    this.#timer = null;
    if (this.#dueAt() > this.#options.now()) this.#plan();
    else void this.#capture();
  }

  /** By its pace, and sooner when it said something or paused: then what it has drawn is complete. */
  #dueAt(): number {
    const now = this.#options.now();
    const typing = now - this.#typedAt < TYPING_MS;
    const unwatched = this.#options.eager() ? EAGER_MS : UNWATCHED_MS;
    const pace = typing ? TYPED_MS : this.#watchers.size > 0 ? WATCHED_MS : unwatched;
    const first = Math.max(this.#touchedAt + BURST_MS, this.#lastAt + pace);
    const said = this.#saidAt === null ? first : this.#saidAt + SAID_MS;
    const still = Math.max(this.#touchedAt + STILL_MS, this.#lastAt + STILL_PACE_MS);
    return Math.min(first, said, still);
  }

  async #capture(): Promise<void> {
    this.#capturing = true;
    this.#dirty = false;
    const at = this.#options.now();
    this.#lastAt = at;
    if (this.#saidAt !== null && at >= this.#saidAt + SAID_MS) this.#saidAt = null;
    try {
      const screen = await this.#options.capture();
      if (this.#stopped) return;
      this.last = screen;
      this.#options.onScreen(screen, at);
      for (const watcher of this.#watchers) watcher(screen);
    } catch {
      // The terminal or its owner just went away: its end arrives as an event of its own.
    } finally {
      this.#capturing = false;
      if (this.#dirty) this.#plan();
    }
  }
}
