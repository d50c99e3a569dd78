import type {ScheduleView} from '../domain/schedule.ts';
import {placeOf} from './dialogs.ts';
import type {State} from './state.ts';

/** The schedule that keys are about; null: the list is not open or empty, or its chosen line is gone. */
export function chosenSchedule({dialog}: Pick<State, 'dialog'>): ScheduleView | null {
  if (dialog.kind !== 'schedules') return null;
  const at = placeOf(
    dialog.list.map(({id}) => id),
    dialog.chosen,
  );
  return at === null ? null : dialog.list[at]!;
}
