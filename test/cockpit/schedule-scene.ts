import type {ScheduleView} from '../../source/domain/schedule.ts';
import {SCENE_NOW} from './scene.ts';

const HOUR = 3600;
/** So many hours after 14:00. */
const at = (hours: number): number => SCENE_NOW / 1000 - 32 * 60 - 8 + hours * HOUR;

/** One that sends a text each night. */
export function scheduleOf(change: Partial<ScheduleView> & Pick<ScheduleView, 'name'>): ScheduleView {
  const {name} = change;
  return {
    id: `sc-${name}`,
    cron: '0 2 * * *',
    at: null,
    timezone: 'UTC',
    session: 'api',
    text: 'run the whole suite and fix what fails',
    now: false,
    card: null,
    missed: 'once',
    enabled: true,
    state: 'active',
    next_run: at(12),
    upcoming: [at(12), at(36), at(60)],
    created_at: at(-100),
    history: [],
    ...change,
  };
}

/** What a small shop does by itself. */
export const sceneSchedules = (): ScheduleView[] => [
  scheduleOf({
    name: 'nightly',
    history: [
      {
        due: at(-12),
        at: at(-12),
        by: null,
        late: false,
        missed: 0,
        outcome: 'done',
        detail: 'its text is queued for api',
      },
      {
        due: at(-36),
        at: at(-34),
        by: null,
        late: true,
        missed: 1,
        outcome: 'done',
        detail: 'its text is queued for api',
      },
      {due: at(-84), at: at(-84), by: 'cli', late: false, missed: 0, outcome: 'failed', detail: 'no session "api"'},
    ],
  }),
  scheduleOf({
    name: 'monitor',
    cron: '*/30 * * * *',
    session: 'monitor',
    text: 'Do your round',
    next_run: at(1),
    upcoming: [at(1), at(1.5), at(2)],
    history: [
      {
        due: at(0),
        at: at(0),
        by: null,
        late: false,
        missed: 0,
        outcome: 'skipped',
        detail: 'its last text still waits in the queue of monitor',
      },
    ],
  }),
  scheduleOf({
    name: 'logs-批量',
    cron: '0 9 * * 1-5',
    session: null,
    text: null,
    card: {title: '读日志 Read the logs of the night', tags: ['ops'], session: 'infra'},
    missed: 'skip',
    enabled: false,
    state: 'paused',
    next_run: null,
    upcoming: [],
    history: [
      {due: at(-30), at: at(-30), by: null, late: false, missed: 0, outcome: 'failed', detail: 'no session "infra"'},
    ],
  }),
  scheduleOf({name: 'release', cron: null, at: '2026-05-01T08:00', state: 'over', next_run: null, upcoming: []}),
];
