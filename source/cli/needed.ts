import type {Fleet} from '../domain/fleet.ts';

/** Something runs, or is to be done at its time: whoever supervises is needed, also when nobody is connected. */
export async function isNeeded(fleet: Pick<Fleet, 'health' | 'schedules'>): Promise<boolean> {
  const {running} = await fleet.health();
  return running > 0 || (await fleet.schedules()).some(({next_run}) => next_run !== null);
}
