import type {Command, FlagSpec} from './command.ts';

const schedule = () => import('./commands/schedule.ts');

const what: Record<string, FlagSpec> = {
  cron: {type: 'string', value: 'E', about: 'minute, hour, day, month, weekday: "0 2 * * *"; or @hourly, @daily …'},
  at: {type: 'string', value: 'T', about: 'once instead: 2026-11-22T02:00'},
  tz: {type: 'string', value: 'ZONE', about: 'time zone, as Europe/Berlin; default the one of this machine'},
  to: {
    type: 'string',
    value: 'S',
    completes: 'sessions',
    about: 'the session that gets the message, or that the card is for',
  },
  message: {type: 'string', value: 'TEXT', about: 'what it is told; - takes it from stdin'},
  session: {type: 'string', value: 'S', completes: 'sessions', about: 'the same as --to'},
  text: {type: 'string', value: 'TEXT', about: 'the same as --message'},
  now: {type: 'boolean', about: 'interrupt the turn that runs'},
  card: {type: 'string', value: 'TITLE', about: 'add a card with this title instead'},
  desc: {type: 'string', value: 'TEXT', about: 'its description, in Markdown; - takes it from stdin'},
  status: {type: 'string', value: 'C', completes: 'columns', about: 'its column; default todo'},
  priority: {type: 'string', value: 'N', about: '0 to 9; the higher goes first'},
  tag: {type: 'string', multiple: true, value: 'T', about: 'a tag of it; may be repeated'},
  project: {type: 'string', value: 'P', about: 'its project; default the one of the current directory'},
  link: {type: 'string', multiple: true, value: 'URL', about: 'a pull request, a branch …; may be repeated'},
  missed: {
    type: 'string',
    value: 'RULE',
    completes: {words: ['once', 'skip']},
    about: 'runs missed while nobody supervised: once (default) or skip',
  },
};

/** Commands over work that is done at set times. */
export const scheduleCommands: readonly Command[] = [
  {
    path: 'schedule',
    aliases: ['schedule ls', 'schedule list'],
    usage: '',
    summary: 'what is done at set times, when next, and what became of it last',
    args: [0, 0],
    load: async () => (await schedule()).list,
  },
  {
    path: 'schedule add',
    usage:
      '[NAME] (--cron E | --at T) [--tz ZONE] (--to S --message TEXT | --card TITLE) [--missed once|skip] [--paused]',
    summary: 'send a message or add a card at set times; prints the next three',
    flags: {...what, paused: {type: 'boolean', about: 'do not begin yet'}},
    args: [0, 1],
    load: async () => (await schedule()).add,
  },
  {
    path: 'schedule edit',
    usage: 'NAME [--name N] [--cron E | --at T] [--tz ZONE] [--to S] [--message TEXT] [--missed once|skip]',
    summary: 'change when it is done, or what',
    flags: {name: {type: 'string', value: 'N', about: 'another name'}, ...what},
    args: [1, 1],
    completes: 'schedules',
    load: async () => (await schedule()).edit,
  },
  {
    path: 'schedule pause',
    usage: 'NAME…',
    summary: 'do it no more until it is resumed',
    args: [1, 200],
    completes: 'schedules',
    load: async () => (await schedule()).pause,
  },
  {
    path: 'schedule resume',
    usage: 'NAME…',
    summary: 'let it go on; what was due meanwhile is not made up for',
    args: [1, 200],
    completes: 'schedules',
    load: async () => (await schedule()).resume,
  },
  {
    path: 'schedule run',
    usage: 'NAME…',
    summary: 'do it now as well',
    args: [1, 200],
    completes: 'schedules',
    load: async () => (await schedule()).run,
  },
  {
    path: 'schedule rm',
    aliases: ['schedule remove'],
    usage: 'NAME…',
    summary: 'end it',
    args: [1, 200],
    completes: 'schedules',
    load: async () => (await schedule()).remove,
  },
  {
    path: 'schedule history',
    usage: 'NAME',
    summary: 'its last 20 runs: when due, when done, and what became of them',
    args: [1, 1],
    completes: 'schedules',
    load: async () => (await schedule()).history,
  },
];
