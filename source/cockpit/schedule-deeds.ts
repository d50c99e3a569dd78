import type {Fleet} from '../domain/fleet.ts';
import {jobText, type ScheduleView} from '../domain/schedule.ts';
import {lineBeside} from './dialogs.ts';
import {chosenSchedule} from './schedule-list.ts';
import type {Store} from './store.ts';

export type ScheduleDeeds = {
  openSchedules: () => void;
  chooseSchedule: (by: number) => void;
  /** Pauses the chosen one, or lets it go on. */
  pauseSchedule: () => void;
  runSchedule: () => void;
  askToRemoveSchedule: () => void;
  removeSchedule: (id: string) => void;
};

type Options = {
  fleet: Fleet;
  store: Store;
  say: (message: string, hint?: string) => void;
  attempt: (work: () => Promise<unknown>) => void;
  isLost: () => boolean;
};

/** What is done at set times. The list is read again when the journal tells of it. */
export function scheduleDeeds({fleet, store, say, attempt, isLost}: Options): ScheduleDeeds {
  const {state, dispatch} = store;

  const onChosen = (work: (schedule: ScheduleView) => Promise<unknown>): void => {
    const schedule = chosenSchedule(state());
    if (schedule !== null) attempt(() => work(schedule));
  };

  return {
    openSchedules: () =>
      attempt(async () => {
        const list = await fleet.schedules();
        // Somebody who was quicker does something else now.
        if (state().dialog.kind !== 'none') return;
        dispatch({type: 'dialog', dialog: {kind: 'schedules', list, chosen: list[0]?.id ?? null}});
      }),

    chooseSchedule(by) {
      const {dialog} = state();
      if (dialog.kind !== 'schedules') return;
      const lines = dialog.list.map(({id}) => id);
      const line = lineBeside(lines, {chosen: dialog.chosen, by});
      if (line !== null) dispatch({type: 'dialog-step', step: {kind: 'choose', line}});
    },

    pauseSchedule: () => onChosen(({id, enabled}) => fleet.changeSchedule(id, {enabled: !enabled})),

    runSchedule: () =>
      onChosen(async ({id, name}) => {
        const {outcome, detail} = await fleet.runSchedule(id);
        say(`${name}: ${outcome === 'done' ? detail : `${outcome}: ${detail}`}`);
      }),

    askToRemoveSchedule() {
      const schedule = chosenSchedule(state());
      const {dialog} = state();
      if (schedule === null || isLost()) return;
      const {id, name} = schedule;
      const detail = `${jobText(schedule)}. Its history goes with it; what it sent and added stays.`;
      dispatch({
        type: 'dialog',
        dialog: {
          kind: 'confirm',
          question: `Remove ${name}?`,
          detail,
          yes: 'remove it',
          deed: {do: 'unschedule', schedule: id},
          back: dialog,
        },
      });
    },

    removeSchedule(id) {
      const {dialog} = state();
      const back = dialog.kind === 'confirm' && dialog.back?.kind === 'schedules' ? dialog.back : null;
      const list = back?.list ?? [];
      const at = list.findIndex(each => each.id === id);
      dispatch({type: 'dialog', dialog: back ?? {kind: 'none'}});
      attempt(async () => {
        await fleet.removeSchedule(id);
        const line = (list[at + 1] ?? list[at - 1])?.id ?? null;
        dispatch({type: 'dialog-step', step: {kind: 'choose', line}});
      });
    },
  };
}
