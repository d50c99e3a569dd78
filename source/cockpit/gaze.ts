import type {Fleet} from '../domain/fleet.ts';

/** Reports of the terminal whether it has the focus (DEC 1004). */
const FOCUS_ON = '\x1b[?1004h';
const FOCUS_OFF = '\x1b[?1004l';
const FOCUSED = '\x1b[I';
const BLURRED = '\x1b[O';

/** Who has pressed no key for so long may have left, in ms. */
const PRESENT_MS = 120_000;
/** So long a look that was told is not told again, in ms: the fleet believes one for two minutes. */
const RENEW_MS = 30_000;
/** What is selected on the way is not looked at, in ms. */
const SETTLE_MS = 300;

type Options = {fleet: Pick<Fleet, 'lookAt'>; clock: () => number; write: (sequence: string) => void};

export type Gaze = {
  /** Asks the terminal to tell of its focus. */
  open: () => void;
  /** Whether this is what the terminal says of its focus, and no key. */
  hear: (sequence: string) => boolean;
  /** A person did something. */
  touched: () => void;
  /** What is in sight from now on, by ids. */
  see: (sessions: readonly string[]) => void;
  /** What a person may be looking at: nothing, when the terminal said that it has not the focus. */
  inSight: () => readonly string[];
  /** Acts as soon as the terminal may have the focus; returns what calls it off. */
  whenHere: (act: () => void) => () => void;
  /** Somebody else has the terminal. */
  lend: (lent: boolean) => void;
  close: () => void;
};

/** Tells the fleet what a person looks at here, so that nobody is told of what he sees. No timer runs while nothing happens. */
export function createGaze({fleet, clock, write}: Options): Gaze {
  const viewer = `cockpit-${process.pid}-${clock().toString(36)}`;
  let away = false;
  let lent = false;
  let touchedAt = clock();
  let seen: readonly string[] = [];
  let told: {sessions: string; at: number} = {sessions: '', at: 0};
  let timer: NodeJS.Timeout | undefined;
  const waiting = new Set<() => void>();

  const inSight = (): readonly string[] => (away || lent ? [] : seen);

  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const now = clock();
    const sessions = now - touchedAt < PRESENT_MS ? [...inSight()] : [];
    const said = sessions.join(' ');
    if (said === told.sessions && (said === '' || now - told.at < RENEW_MS)) return;
    told = {sessions: said, at: now};
    // Without it notices come that were not needed.
    fleet.lookAt({viewer, sessions}).catch(() => {});
  };

  const soon = (): void => {
    timer ??= setTimeout(tell, SETTLE_MS);
  };

  const focus = (isAway: boolean): void => {
    away = isAway;
    if (away) {
      tell();
      return;
    }
    touchedAt = clock();
    for (const act of waiting) act();
    waiting.clear();
    soon();
  };

  return {
    open: () => write(FOCUS_ON),
    hear: sequence => {
      if (sequence !== FOCUSED && sequence !== BLURRED) return false;
      focus(sequence === BLURRED);
      return true;
    },
    touched: () => {
      touchedAt = clock();
      // Keys reach only a terminal that has the focus, whatever it said.
      if (away) focus(false);
      else if (seen.length > 0 && (told.sessions === '' || touchedAt - told.at >= RENEW_MS)) soon();
    },
    see: sessions => {
      if (sessions.length === seen.length && sessions.every((id, i) => id === seen[i])) return;
      seen = sessions;
      soon();
    },
    inSight,
    whenHere: act => {
      if (!away) {
        act();
        return () => {};
      }
      waiting.add(act);
      return () => waiting.delete(act);
    },
    lend: isLent => {
      lent = isLent;
      write(lent ? FOCUS_OFF : FOCUS_ON);
      away = false;
      touchedAt = clock();
      if (lent) tell();
      else soon();
    },
    close: () => {
      clearTimeout(timer);
      timer = undefined;
      seen = [];
      tell();
      clearTimeout(timer);
      waiting.clear();
    },
  };
}
