import type {Deeds} from '../deeds.ts';
import {chosenSchedule} from '../schedule-list.ts';
import type {State} from '../state.ts';
import type {Binding} from './binding.ts';

const here = ['schedules'] as const;
const NONE = 'no schedule is chosen';

const none = (state: State): string | null => (chosenSchedule(state) === null ? NONE : null);

/** What is done at set times: the list, from anywhere, and its keys. */
export const scheduleKeys: readonly Binding[] = [
  {
    id: 'schedules',
    keys: ['S'],
    where: ['fleet', 'board', 'approvals', 'tokens', 'events', 'scrollback'],
    label: 'schedules',
    help: 'what is done at set times: pause it, run it now, remove it',
    run: deeds => deeds.openSchedules(),
  },
  {
    id: 'schedules.pause',
    keys: ['space', 'p'],
    where: here,
    label: state => (chosenSchedule(state)?.enabled === false ? 'go on' : 'pause'),
    help: 'pause it, or let it go on',
    footer: 1,
    whyNot: state => (chosenSchedule(state)?.state === 'over' ? 'nothing of it is to come' : none(state)),
    run: deeds => deeds.pauseSchedule(),
  },
  {
    id: 'schedules.run',
    keys: ['r'],
    where: here,
    label: 'run now',
    help: 'do it now as well, whatever its times',
    footer: 2,
    whyNot: none,
    run: deeds => deeds.runSchedule(),
  },
  {
    id: 'schedules.remove',
    keys: ['d', 'delete'],
    where: here,
    label: 'remove',
    help: 'end it for good, after a question',
    footer: 3,
    whyNot: none,
    run: deeds => deeds.askToRemoveSchedule(),
  },
  {
    id: 'schedules.down',
    keys: ['j', 'down', 'tab'],
    where: here,
    label: 'down',
    help: 'one schedule down',
    run: deeds => deeds.chooseSchedule(1),
  },
  {
    id: 'schedules.up',
    keys: ['k', 'up', 'shift+tab'],
    where: here,
    label: 'up',
    help: 'one schedule up',
    run: deeds => deeds.chooseSchedule(-1),
  },
  {
    id: 'schedules.close',
    keys: ['esc', 'q', 'S', 'ctrl+c'],
    where: here,
    label: 'close',
    help: 'close the list',
    footer: 9,
    run: close,
  },
];

function close(deeds: Deeds): void {
  deeds.dispatch({type: 'dialog', dialog: {kind: 'none'}});
}
