import {MONITOR, MONITOR_CRON, MONITOR_TASK} from '../../config/monitor.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Fleet, SessionView} from '../../domain/fleet.ts';

/** The session that looks after the board, and the schedule that tells it to; those that are there already stay. */
export async function addMonitor(fleet: Fleet, dir: string): Promise<SessionView> {
  const session = (await monitorIn(fleet, dir)) ?? (await fleet.register({name: MONITOR, dir, agent: MONITOR}));
  if (!(await fleet.schedules()).some(({name}) => name === MONITOR)) {
    // A round that was missed says nothing that the next one does not.
    await fleet.addSchedule({name: MONITOR, cron: MONITOR_CRON, session: MONITOR, text: MONITOR_TASK, missed: 'skip'});
  }
  return session;
}

/** Null: there is none yet. A board needs one, so that another project's is a conflict. */
export async function monitorIn(fleet: Fleet, dir: string): Promise<SessionView | null> {
  const known = (await fleet.sessions({all: true})).find(({name}) => name === MONITOR) ?? null;
  if (known !== null && known.dir !== dir) throw new AmuxError('session.exists', {name: MONITOR});
  return known;
}
