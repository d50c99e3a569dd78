import {type Schedule, type ScheduleView, scheduleView} from '../domain/schedule.ts';
import {clockwork} from './cron.ts';

/** So many of its next times are shown. */
const UPCOMING = 3;

/** In the order in which they were made. */
export function storedSchedules(schedules: ReadonlyMap<string, Schedule>): ScheduleView[] {
  return [...schedules.values()].sort((a, b) => a.createdAt - b.createdAt).map(viewOf);
}

export function viewOf(schedule: Schedule): ScheduleView {
  const {next, when} = schedule;
  return scheduleView(schedule, next === null ? [] : clockwork.after(when, next - 1, UPCOMING));
}
