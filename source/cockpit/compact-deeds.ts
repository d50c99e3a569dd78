import type {Fleet, Outcome} from '../domain/fleet.ts';
import type {Store} from './store.ts';

export type CompactDeeds = {
  /** Has conversations compacted at their next turn boundaries, by the ids of their sessions. */
  compactThese: (ids: readonly string[]) => void;
};

type Options = {
  fleet: Fleet;
  store: Store;
  say: (message: string, hint?: string) => void;
  attempt: (work: () => Promise<unknown>) => void;
};

/** Shorter conversations for the marked sessions, or the selected one. */
export function compactDeeds({fleet, store, say, attempt}: Options): CompactDeeds {
  const told = (outcomes: readonly Outcome[]): void => {
    const failed = outcomes.filter(({ok}) => !ok);
    const done = outcomes.length - failed.length;
    const [only] = outcomes;
    if (failed.length === 0) {
      const whom = outcomes.length === 1 ? only!.name : `${done} sessions`;
      say(`compact ${whom}`, outcomes.length === 1 ? 'at its next turn boundary' : 'each at its next turn boundary');
      return;
    }
    if (outcomes.length === 1) {
      say(only!.error!.message, only!.error!.hint);
      return;
    }
    const lines = failed.map(({name, error}) => `${name}: ${error!.message} (${error!.hint})`);
    const rest = done === 0 ? '' : `\n\n${done} of them ${done === 1 ? 'is' : 'are'} compacted.`;
    const title = `compact: refused by ${failed.length} of ${outcomes.length}`;
    store.dispatch({type: 'dialog', dialog: {kind: 'message', title, text: lines.join('\n') + rest}});
  };
  return {
    compactThese: ids => attempt(async () => told(await fleet.compact({names: [...ids]}))),
  };
}
