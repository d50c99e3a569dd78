import type {Entry} from '../domain/events.ts';
import {describeExit, isAway} from '../domain/session.ts';
import type {RuleMode} from '../domain/watch.ts';
import type {Store} from '../store/store.ts';

/** So many sessions whose ends follow on one another within this time, in ms, are one event, at most so long. */
const MANY = 3;
const APART_MS = 3000;
const MOST_MS = 15_000;

type Options = {store: Store; now: () => number; mode: () => RuleMode; alarm: (reason: string) => void};

/** So many of the last entries are looked at for what a supervisor before had no time to tell. */
const LOOKED_AT = 500;

/**
 * One alarm for many sessions that went at once, with why: each of them is told of besides. What the supervisor before
 * could not tell any more is told by this one.
 */
export function watchMassDeath({store, now, mode, alarm}: Options): Disposable {
  let gone = new Map<string, string>();
  let owner: string | null = null;
  let since = 0;
  let timer: NodeJS.Timeout | null = null;

  const forget = (): void => {
    gone = new Map();
    owner = null;
    since = now();
  };
  const over = (): void => {
    timer = null;
    const many = gone.size >= MANY ? alarmText([...gone.values()], owner) : null;
    forget();
    if (many !== null && mode() !== 'off') alarm(many);
  };
  const look = (entry: Entry): void => {
    const ended = endOf(entry);
    if (entry.type === 'backend.lost') owner = entry.reason.replace(/: \d+ sessions went with it$/, '');
    else if (ended !== null && entry.session !== null) gone.set(entry.session.id, ended);
    else return;
    if (timer === null) since = now();
    else clearTimeout(timer);
    timer = setTimeout(over, Math.max(0, Math.min(APART_MS, since + MOST_MS - now())));
  };
  let before = 0;
  for (const entry of store.read({after: Math.max(store.first - 1, store.cursor - LOOKED_AT), limit: LOOKED_AT})) {
    if (entry.type === 'watchdog.alarm' || entry.at - before > APART_MS) forget();
    if (entry.type === 'backend.lost' || endOf(entry) !== null) before = entry.at;
    if (entry.at > now() - MOST_MS && entry.at <= now()) look(entry);
  }
  const unfollow = store.onEntry(look);
  return {
    [Symbol.dispose]: () => {
      unfollow();
      if (timer === null) return;
      clearTimeout(timer);
      over();
    },
  };
}

/** How a process ended that nobody asked to end, whatever follows; null: the entry tells of no such end. */
function endOf({type, changes}: Entry): string | null {
  const put = type === 'session.status' ? changes.find(change => change.kind === 'session.put') : undefined;
  if (put === undefined) return null;
  const {session} = put;
  // One that the watchdog itself starts again did not crash.
  const crashed = isAway(session) && (session.watch.crashes.at(-1) ?? 0) >= (session.run?.endedAt ?? 0);
  if (session.status !== 'failed' && !crashed) return null;
  return describeExit(session.run?.exit ?? null);
}

function alarmText(ends: readonly string[], owner: string | null): string {
  const kinds = [...new Set(ends)];
  const why =
    owner ?? (kinds.length === 1 ? kinds[0]! : `${kinds.slice(0, 3).join(', ')}${kinds.length > 3 ? ' …' : ''}`);
  return `${ends.length} sessions ended at once (${why}): those that are to run come back in order, a few at a time`;
}
