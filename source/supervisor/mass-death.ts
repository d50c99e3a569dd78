import type {Entry} from '../domain/events.ts';
import type {Store} from '../store/store.ts';

/** So many sessions that end within this time, in ms, are one event. */
const MANY = 3;
const WITHIN_MS = 3000;

type Options = {store: Store; alarm: (reason: string) => void};

/** One alarm for many sessions that went at once, with why: each of them is told of besides. */
export function watchMassDeath({store, alarm}: Options): Disposable {
  let gone = new Map<string, string>();
  let owner: string | null = null;
  let timer: NodeJS.Timeout | null = null;

  const over = (): void => {
    timer = null;
    if (gone.size >= MANY) alarm(alarmText([...gone.values()], owner));
    gone = new Map();
    owner = null;
  };
  store.onEntry(entry => {
    const ended = endOf(entry);
    if (entry.type === 'backend.lost') owner = entry.reason.replace(/: \d+ sessions went with it$/, '');
    else if (ended !== null && entry.session !== null) gone.set(entry.session.id, ended);
    else return;
    timer ??= setTimeout(over, WITHIN_MS);
  });
  return {
    [Symbol.dispose]: () => {
      if (timer === null) return;
      clearTimeout(timer);
      over();
    },
  };
}

/** How a process ended that nobody asked to end; null: the entry tells of no such end. */
function endOf({type, changes}: Entry): string | null {
  if (type !== 'watchdog.fired') return null;
  const put = changes.find(change => change.kind === 'session.put');
  const {fired, crashes} = put?.session.watch ?? {fired: {}, crashes: []};
  if (fired.crash === undefined || fired.crash.at !== crashes.at(-1)) return null;
  return fired.crash.reason.split(';', 1)[0]!;
}

function alarmText(ends: readonly string[], owner: string | null): string {
  const kinds = [...new Set(ends)];
  const why =
    owner ?? (kinds.length === 1 ? kinds[0]! : `${kinds.slice(0, 3).join(', ')}${kinds.length > 3 ? ' …' : ''}`);
  return `${ends.length} sessions ended at once (${why}): those that are to run come back in order, a few at a time`;
}
