import {asAmuxError} from '../domain/errors.ts';
import type {Outcome, Selection} from '../domain/fleet.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';

/** Does something to each session that is meant; what fails for one is told, and does not keep it from the others. */
export async function eachOf(
  roster: Roster,
  of: Selection,
  act: (runner: Runner) => Promise<unknown>,
): Promise<Outcome[]> {
  return Promise.all(
    [...named(roster, of)].map(async ([ref, find]): Promise<Outcome> => {
      let name = ref;
      try {
        const runner = find();
        name = runner.session.name;
        await act(runner);
        return {name, ok: true, error: null};
      } catch (error) {
        const {code, message, hint} = asAmuxError(error);
        return {name, ok: false, error: {code, message, hint}};
      }
    }),
  );
}

/** By what they were called; a name that is not known becomes an error of its own. Two names of one session are one. */
function named(roster: Roster, of: Selection): Map<string, () => Runner> {
  if (!('names' in of)) {
    const meant = roster.liveOnes.filter(({session}) => !('tag' in of) || session.tags.includes(of.tag));
    return new Map(meant.map(runner => [runner.session.name, () => runner]));
  }
  const found = new Map<string, () => Runner>();
  for (const ref of of.names) {
    try {
      const runner = roster.find(ref);
      found.set(runner.session.name, () => runner);
    } catch (error) {
      found.set(ref, () => {
        throw error;
      });
    }
  }
  return found;
}
