import type {Entry} from '../domain/events.ts';
import type {Session} from '../domain/session.ts';
import type {Store} from '../store/store.ts';
import type {DirtyMarks} from './dirty-marks.ts';

type Options = {store: Pick<Store, 'onEntry'>; marks: Pick<DirtyMarks, 'want'>};

/** The tree of a session is looked at again when it started or ended, and when its agent rests. */
export function keepDirtyMarks({store, marks}: Options): () => void {
  return store.onEntry(entry => {
    const session = restingOf(entry);
    // The journal is telling of this entry now.
    if (session !== null) queueMicrotask(() => marks.want(session.dir));
  });
}

function restingOf({type, changes}: Entry): Session | null {
  if (type !== 'session.status' && type !== 'session.activity') return null;
  for (const change of changes) {
    if (change.kind !== 'session.put') continue;
    const {session} = change;
    return type === 'session.status' || session.activity !== 'working' ? session : null;
  }
  return null;
}
