import {AmuxError, asAmuxError} from '../../domain/errors.ts';
import type {Fleet} from '../../domain/fleet.ts';
import {oneLine} from '../../domain/names.ts';
import {
  jobText,
  missedRules,
  type ScheduledCard,
  type ScheduleInput,
  type SchedulePatch,
  type ScheduleRunView,
  type ScheduleView,
  whenText,
} from '../../domain/schedule.ts';
import {printable} from '../../domain/screen.ts';
import {MESSAGE_MAX_BYTES} from '../../domain/steering.ts';
import type {Context, Run} from '../command.ts';
import type {GivesWay} from '../fit-columns.ts';
import {boolFlag, choiceFlag, textFlag} from '../flags.ts';
import {fieldsOf, projectOf} from './cards.ts';
import {readInput} from './input-text.ts';

const INPUT = {
  max: MESSAGE_MAX_BYTES,
  size: '1 MB',
  next: 'amux schedule add … --message TEXT, or pipe it: … | amux schedule add … --message -',
};

/** On a narrow terminal: what it does and when next are what most people look for; its history tells of the last time. */
const GIVES_WAY: readonly GivesWay[] = [
  {column: 'DOES', least: 24},
  {column: 'NAME', least: 12},
  {column: 'LAST', least: 8},
  {column: 'ZONE', least: 0},
  {column: 'WHEN', least: 0},
  {column: 'LAST', least: 0},
];

export const list: Run = async context => {
  const {output} = context;
  const schedules = await (await context.fleet('read')).schedules();
  if (output.json) output.value(schedules);
  else await output.table(['NAME', 'WHEN', 'ZONE', 'NEXT', 'LAST', 'DOES'], schedules.map(row), GIVES_WAY);
  return 0;
};

export const add: Run = async context => {
  const {args, output} = context;
  const [word] = args;
  // A cron expression is no name, so that it may stand alone.
  const cron = word !== undefined && isCron(word) ? word : undefined;
  const given = await whatFlags(context);
  if (cron !== undefined && (given.cron !== undefined || given.at !== undefined)) {
    throw new AmuxError('input.invalid', {
      why: `"${word}" is no name`,
      next: 'amux schedule add NAME --cron … --to S --message TEXT',
    });
  }
  const input: ScheduleInput = {
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...given,
    ...(cron === undefined ? {name: word} : {cron}),
    ...(boolFlag(context, 'paused') ? {enabled: false} : {}),
  };
  checkGiven(input);
  if (input.card !== undefined) input.card = {project: projectOf(context), ...input.card};
  said(context, await (await context.fleet('write')).addSchedule(input));
  if (!output.json && input.session !== undefined) await sayWhetherItRuns(context, input.session);
  return 0;
};

export const edit: Run = async context => {
  const [ref] = context.args as [string];
  const name = textFlag(context, 'name');
  const patch: SchedulePatch = {...(await whatFlags(context)), ...(name === undefined ? {} : {name})};
  if (Object.keys(patch).length === 0) {
    throw new AmuxError('input.invalid', {
      why: 'nothing to change',
      next: 'e.g. --cron "0 3 * * *", or --message TEXT',
    });
  }
  said(context, await (await context.fleet('write')).changeSchedule(ref, patch));
  return 0;
};

export const pause: Run = context =>
  each(context, async (fleet, ref) => ({value: await fleet.changeSchedule(ref, {enabled: false}), line: 'paused'}));

export const resume: Run = context =>
  each(context, async (fleet, ref) => {
    const value = await fleet.changeSchedule(ref, {enabled: true});
    return {
      value,
      line: value.next_run === null ? 'nothing of it is to come' : `goes on, next ${moment(value.next_run, value)}`,
    };
  });

export const remove: Run = context =>
  each(context, async (fleet, ref) => {
    await fleet.removeSchedule(ref);
    return {value: {removed: ref}, line: 'removed'};
  });

export const run: Run = context =>
  each(context, async (fleet, ref) => {
    const value = await fleet.runSchedule(ref);
    return {
      value,
      line: value.outcome === 'done' ? value.detail : `${value.outcome}: ${value.detail}`,
      failed: value.outcome === 'failed',
    };
  });

export const history: Run = async context => {
  const {args, output} = context;
  const [ref] = args as [string];
  const schedule = found(await (await context.fleet('read')).schedules(), ref);
  if (output.json) {
    output.value(schedule.history);
    return 0;
  }
  const rows = schedule.history.map(each => [
    moment(each.due, schedule),
    moment(each.at, schedule),
    each.by ?? '-',
    each.outcome,
    `${each.detail}${missedText(each)}`,
  ]);
  await output.table([`DUE (${schedule.timezone})`, 'DONE', 'BY', 'OUTCOME', 'DETAIL'], rows);
  return 0;
};

/** When and what, as the flags say. */
async function whatFlags(context: Context): Promise<SchedulePatch> {
  const [cron, at, timezone, title] = ['cron', 'at', 'tz', 'card'].map(name => textFlag(context, name));
  const session = textFlag(context, 'to') ?? textFlag(context, 'session');
  const message = textFlag(context, 'message') ?? textFlag(context, 'text');
  const missed = choiceFlag(context, 'missed', missedRules);
  const when = {
    ...(cron === undefined ? {} : {cron}),
    ...(at === undefined ? {} : {at}),
    ...(timezone === undefined ? {} : {timezone}),
    ...(missed === undefined ? {} : {missed}),
  };
  if (title !== undefined) {
    const fields = await fieldsOf({
      ...context,
      flags: {...context.flags, session, depends: undefined, tell: undefined},
    });
    const card: ScheduledCard = {...(fields as Partial<ScheduledCard>), title};
    if (message === undefined && !boolFlag(context, 'now')) return {...when, card};
    throw new AmuxError('input.invalid', {
      why: 'a schedule sends a text or adds a card',
      next: 'give --message or --card, not both',
    });
  }
  const text = message === '-' ? await readInput(context, INPUT) : message;
  return {
    ...when,
    ...(session === undefined ? {} : {session}),
    ...(text === undefined ? {} : {text}),
    ...(boolFlag(context, 'now') ? {now: true} : {}),
  };
}

function checkGiven({cron, at, session, text, card}: ScheduleInput): void {
  const missing = (why: string, next: string): never => {
    throw new AmuxError('input.invalid', {why, next});
  };
  if (cron === undefined && at === undefined) missing('when?', '--cron "0 2 * * *", or --at 2026-11-22T02:00');
  if (card !== undefined) return;
  if (session === undefined && text === undefined)
    missing('what is to be done?', '--to SESSION --message TEXT, or --card TITLE');
  if (session === undefined) missing('to which session?', '--to SESSION');
  if (text === undefined) missing('what is it to be told?', '--message TEXT');
}

/** Over several names, one after the other; what fails does not keep the rest from it. The exit code is the first failure's. */
async function each(
  {args, output, fleet: fleetFor}: Context,
  act: (fleet: Fleet, ref: string) => Promise<{value: unknown; line: string; failed?: boolean}>,
): Promise<number> {
  const fleet = await fleetFor('write');
  const values: unknown[] = [];
  let code = 0;
  for (const ref of args) {
    try {
      const {value, line, failed = false} = await act(fleet, ref);
      values.push(value);
      if (!output.json) output.line(printable(`${ref}: ${line}`));
      if (failed) code ||= 1;
    } catch (error) {
      const known = asAmuxError(error);
      if (args.length === 1) throw known;
      output.error(known);
      code ||= known.exit;
    }
  }
  if (output.json) output.value(args.length === 1 ? values[0] : values);
  return code;
}

function said({output}: Context, schedule: ScheduleView): void {
  if (output.json) {
    output.value(schedule);
    return;
  }
  const {name, upcoming, timezone, state} = schedule;
  output.line(printable(`${name}: ${oneLine(jobText(schedule))}`));
  const times = upcoming.map(at => moment(at, schedule)).join(', ');
  output.line(`${whenText(schedule)} ${timezone} · ${state === 'paused' ? 'paused' : `next ${times}`}`);
}

async function sayWhetherItRuns({fleet, output}: Context, ref: string): Promise<void> {
  const {name, running} = await (await fleet('read')).session(ref);
  if (!running) output.notice(`amux: ${name} does not run: its text waits in the queue until amux start ${name}`);
}

function row(schedule: ScheduleView): string[] {
  const {
    name,
    timezone,
    state,
    next_run,
    history: [last],
  } = schedule;
  const next = next_run === null ? state : moment(next_run, schedule);
  return [
    name,
    whenText(schedule),
    timezone,
    next,
    last === undefined ? '-' : lastText(last, schedule),
    oneLine(jobText(schedule)),
  ];
}

const lastText = ({at, outcome}: ScheduleRunView, schedule: ScheduleView): string =>
  `${outcome} ${moment(at, schedule)}`;

function missedText({late, missed}: ScheduleRunView): string {
  const others = missed === 0 ? '' : `${missed >= 100 ? '100 or more' : missed} before it missed`;
  const words = [late ? 'late' : '', others].filter(Boolean).join(', ');
  return words === '' ? '' : ` (${words})`;
}

function found(schedules: readonly ScheduleView[], ref: string): ScheduleView {
  const exact = schedules.find(({id, name}) => name === ref || id === ref);
  const matches =
    exact === undefined ? schedules.filter(({id, name}) => name.startsWith(ref) || id.startsWith(ref)) : [exact];
  if (matches.length > 1)
    throw new AmuxError('schedule.ambiguous', {ref, candidates: matches.map(({name}) => name).join(', ')});
  if (matches[0] === undefined) throw new AmuxError('schedule.unknown', {ref});
  return matches[0];
}

const isCron = (word: string): boolean => /\s/.test(word.trim()) || word.startsWith('@');

/** `2026-11-22 02:00`, in the time zone of the schedule. */
function moment(seconds: number, {timezone}: Pick<ScheduleView, 'timezone'>): string {
  const withSeconds = seconds % 60 === 0 ? {} : {second: '2-digit' as const};
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    ...withSeconds,
  });
  return format.format(seconds * 1000);
}
