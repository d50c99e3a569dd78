import {AmuxError} from './errors.ts';
import {oneLine, plainText} from './names.ts';
import {
  type Job,
  SCHEDULES_MAX,
  type Schedule,
  type ScheduledCard,
  type ScheduleInput,
  type SchedulePatch,
  type When,
} from './schedule.ts';
import {CLOCK_WRONG_MS, type Clockwork, startingAt} from './schedule-times.ts';

const NAME = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

/** What is known of the home, and what counts and checks times. */
export type Making = {
  schedules: ReadonlyMap<string, Schedule>;
  clock: Clockwork;
  /** Throws `schedule.time` and `schedule.zone`. */
  checkedWhen: (given: {cron?: string; at?: string; timezone: string}) => When;
  /** Throws what would keep it from being added now. */
  checkCard: (card: ScheduledCard) => void;
  /** The name of a session; throws `session.unknown`. */
  sessionOf: (ref: string) => string;
  /** ms since the epoch. */
  now: number;
};

/** Finds what a person means: a name, an id, or an unambiguous prefix of one. */
export function findSchedule(schedules: ReadonlyMap<string, Schedule>, ref: string): Schedule {
  const all = [...schedules.values()];
  const exact = all.find(({name}) => name === ref) ?? schedules.get(ref);
  if (exact !== undefined) return exact;
  const matches = ref === '' ? [] : all.filter(({id, name}) => name.startsWith(ref) || id.startsWith(ref));
  if (matches.length > 1) {
    const candidates = matches.slice(0, 8).map(({name}) => name);
    throw new AmuxError('schedule.ambiguous', {ref, candidates: candidates.join(', ')});
  }
  const [match] = matches;
  if (match === undefined) throw new AmuxError('schedule.unknown', {ref: oneLine(ref).slice(0, 80)});
  return match;
}

export function newSchedule(
  {input, id, actor, timezone}: {input: ScheduleInput; id: string; actor: string; timezone: string},
  making: Making,
): Schedule {
  const {schedules, clock, now} = making;
  if (schedules.size >= SCHEDULES_MAX) throw new AmuxError('schedule.many', {count: schedules.size});
  const when = making.checkedWhen({cron: input.cron, at: input.at, timezone: input.timezone ?? timezone});
  const job = jobOf(input, making);
  const name = input.name === undefined ? freeName(schedules, job) : checkedName(schedules, input.name, id);
  const made: Schedule = {
    id,
    name,
    when,
    job,
    missed: input.missed ?? 'once',
    enabled: input.enabled ?? true,
    actor,
    createdAt: now,
    next: null,
    countedAt: now,
    runs: [],
  };
  checkComes(when, {clock, now});
  return startingAt(made, now, clock);
}

/** As it is after a change, and what was changed; the same one when nothing was. */
export function changedSchedule(
  before: Schedule,
  patch: SchedulePatch,
  making: Making,
): {schedule: Schedule; what: string} {
  const {clock, now, schedules} = making;
  const when = whenAfter(before, patch, making);
  const retimed = JSON.stringify(when) !== JSON.stringify(before.when);
  const after: Schedule = {
    ...before,
    when,
    job: jobAfter(before.job, patch, making),
    name: patch.name === undefined ? before.name : checkedName(schedules, patch.name, before.id),
    missed: patch.missed ?? before.missed,
    enabled: patch.enabled ?? before.enabled,
  };
  const what = (['name', 'when', 'job', 'missed', 'enabled'] as const)
    .filter(field => JSON.stringify(after[field]) !== JSON.stringify(before[field]))
    .map(field => (field !== 'enabled' ? field : after.enabled ? 'goes on' : 'paused'))
    .join(', ');
  if (what === '') return {schedule: before, what};
  if (retimed) checkComes(when, {clock, now});
  if (!retimed && after.enabled === before.enabled) return {schedule: after, what};
  // Set back a little, the clock shows times again that are over.
  const ahead = before.countedAt - now;
  const from = retimed || ahead <= 0 || ahead > CLOCK_WRONG_MS ? now : before.countedAt;
  return {schedule: startingAt(after, from, clock), what};
}

function jobOf({session, text, now, card}: ScheduleInput, {sessionOf, checkCard}: Making): Job {
  if (card !== undefined) {
    if (session === undefined && text === undefined && now === undefined) {
      checkCard(card);
      return {do: 'card', card: cleaned(card)};
    }
    throw invalid('a schedule sends a text or adds a card', 'give "session" and "text", or "card"');
  }
  if (session === undefined || text === undefined) {
    throw invalid('a schedule needs something to do', 'give "session" and "text", or "card"');
  }
  if (text.trim() === '') throw new AmuxError('message.empty');
  return {do: 'send', session: sessionOf(session), text, now: now ?? false};
}

function jobAfter(before: Job, patch: SchedulePatch, making: Making): Job {
  const {session, text, now, card} = patch;
  if (session === undefined && text === undefined && now === undefined && card === undefined) return before;
  if (card !== undefined || before.do === 'card') return jobOf({session, text, now, card}, making);
  const {session: known} = before;
  // One that is gone may stay while its text is changed.
  const sessionOf = session === undefined ? () => known : making.sessionOf;
  return jobOf({session: session ?? known, text: text ?? before.text, now: now ?? before.now}, {...making, sessionOf});
}

function whenAfter({when}: Schedule, {cron, at, timezone}: SchedulePatch, {checkedWhen}: Making): When {
  if (cron === undefined && at === undefined && timezone === undefined) return when;
  const given =
    cron === undefined && at === undefined ? {cron: when.cron ?? undefined, at: when.at ?? undefined} : {cron, at};
  return checkedWhen({...given, timezone: timezone ?? when.timezone});
}

function checkComes(when: When, {clock, now}: Pick<Making, 'clock' | 'now'>): void {
  if (clock.after(when, now, 1).length > 0) return;
  throw new AmuxError('schedule.never', {given: when.cron ?? when.at});
}

function checkedName(schedules: ReadonlyMap<string, Schedule>, name: string, own: string): string {
  if (!NAME.test(name)) throw new AmuxError('schedule.name', {name: oneLine(name).slice(0, 80)});
  const taken = [...schedules.values()].some(each => each.name === name && each.id !== own);
  if (taken) throw new AmuxError('schedule.exists', {name});
  return name;
}

/** `worker`, `worker-2` … for what is sent there, else `card`. */
function freeName(schedules: ReadonlyMap<string, Schedule>, job: Job): string {
  const names = new Set([...schedules.values()].map(({name}) => name));
  const base = job.do === 'send' ? job.session.slice(0, 58) : 'card';
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    if (!names.has(name)) return name;
  }
}

function cleaned(card: ScheduledCard): ScheduledCard {
  const title = oneLine(card.title);
  if (title === '') throw invalid('card: its title has nothing that can be seen', 'give it a title');
  return {...card, title, ...(card.desc === undefined ? {} : {desc: plainText(card.desc)})};
}

const invalid = (why: string, next: string): AmuxError => new AmuxError('input.invalid', {why, next});
