import type {EventView} from '../domain/fleet.ts';
import {BELL, desktopSequence, terminalShows} from '../domain/notice-signal.ts';
import {type Notice, type NoticeSettings, readNotice} from '../domain/notices.ts';

/** What comes within this time after a notice went out waits and goes out together, in ms. */
const GATHER_MS = 1000;
/** What is told later, after a lost connection, is no news any more, in ms. */
const FRESH_MS = 60_000;

type Options = {
  /** As the configuration says now. */
  settings: () => NoticeSettings;
  env: Readonly<Record<string, string | undefined>>;
  clock: () => number;
  /** Whole sequences, between two pictures. */
  write: (sequence: string) => void;
  /** Somebody else has the terminal: what is more than a bell could break his picture. */
  isLent: () => boolean;
  /** Ids of the sessions that a person may be looking at here. */
  inSight: () => readonly string[];
  /** Whether the fleet shows notices on this very desktop. */
  served: () => Promise<boolean>;
};

export type Bell = {heard: (entry: EventView) => void; close: () => void};

/** Rings the terminal's bell and shows desktop notices, for each notice that the journal tells of, once. */
export function createBell({settings, env, clock, write, isLent, inSight, served}: Options): Bell {
  let gathered: Notice[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** The least that an entry took to come, in ms: the clock of a fleet elsewhere may differ from this one. */
  let lag = Number.POSITIVE_INFINITY;

  const ring = (): void => {
    timer = undefined;
    if (gathered.length === 0) return;
    const notices = gathered;
    gathered = [];
    timer = setTimeout(ring, GATHER_MS);
    const {bell, on, desktop} = settings();
    if (notices.some(({kind}) => bell.includes(kind))) write(BELL);
    const shown = notices.filter(({kind}) => on.includes(kind));
    if (shown.length === 0 || desktop === 'off' || desktop === 'notify-send') return;
    void served().then(isServed => {
      const sequence = terminalShows(desktop, {env, served: isServed}) ? desktopSequence(shown, env) : null;
      if (sequence !== null && !isLent()) write(sequence);
    });
  };

  return {
    heard(entry) {
      const took = clock() - entry.at * 1000;
      lag = Math.min(lag, took);
      const notice = readNotice(entry);
      if (notice === null || took - lag > FRESH_MS) return;
      if (notice.session !== null && inSight().includes(notice.session.id)) return;
      gathered.push(notice);
      if (timer === undefined) ring();
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
      gathered = [];
    },
  };
}
