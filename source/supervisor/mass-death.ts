import type {Entry} from '../domain/events.ts';
import {describeExit, isAway} from '../domain/session.ts';
import type {RuleMode} from '../domain/watch.ts';
import type {Store} from '../store/store.ts';

/** So many sessions whose ends follow on one another within this time, in ms, are one event, at most so long. */
const MANY = 3;
const APART_MS = 3000;
const MOST_MS = 15_000;

type Options = {store: Store; now: () => number; mode: () => RuleMode; alarm: (reason: string) => void};

/** One alarm for many sessions that went at once, with why: each of them is told of besides. */
export function watchMassDeath({store, now, mode, alarm}: Options): Disposable {
  let gone = new Map<string, string>();
  let owner: string | null = null;
  let since = 0;
  let timer: NodeJS.Timeout | null = null;

  const over = (): void => {
    timer = null;
    if (gone.size >= MANY && mode() !== 'off') alarm(alarmText([...gone.values()], owner));
    gone = new Map();
    owner = null;
  };
  store.onEntry(entry => {
    const ended = endOf(entry);
    if (entry.type === 'backend.lost') owner = entry.reason.replace(/: \d+ sessions went with it$/, '');
    else if (ended !== null && entry.session !== null) gone.set(entry.session.id, ended);
    else return;
    if (timer === null) since = now();
    else clearTimeout(timer);
    timer = setTimeout(over, Math.max(0, Math.min(APART_MS, since + MOST_MS - now())));
  });
  return {
    [Symbol.dispose]: () => {
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
  if (session.status !== 'failed' && !isAway(session)) return null;
  return describeExit(session.run?.exit ?? null);
}

function alarmText(ends: readonly string[], owner: string | null): string {
  const kinds = [...new Set(ends)];
  const why =
    owner ?? (kinds.length === 1 ? kinds[0]! : `${kinds.slice(0, 3).join(', ')}${kinds.length > 3 ? ' …' : ''}`);
  return `${ends.length} sessions ended at once (${why}): those that are to run come back in order, a few at a time`;
}
