import type {CardInput, Deed} from '../domain/board.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Change, Entry, EventType} from '../domain/events.ts';
import type {MessageInput} from '../domain/fleet.ts';
import type {Job, RunOutcome, Schedule} from '../domain/schedule.ts';
import {checkNotOver} from '../domain/session.ts';
import type {Message} from '../domain/steering.ts';
import type {QueuedBy} from './queue.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';

/** What is done, and what writes the entry of the journal that does it: together with the schedule, or not at all. */
export type Effect = {outcome: RunOutcome; detail: string; write: (by: QueuedBy) => void};

export type EffectOptions = {
  roster: Roster;
  send: (runner: Runner, message: MessageInput & {actor: string; by?: QueuedBy}) => Message;
  planned: (input: CardInput, actor: string) => Deed;
  append: (entry: Pick<Entry, 'type' | 'actor' | 'reason' | 'changes'>) => void;
};

/** `by`: who asks for a run besides its times; null: its time has come. */
type Wanted = {due: number; by: string | null};

/** What a run does, or why it does not. Throws nothing: what cannot be done is told, not tried again. */
export function effectOf(schedule: Schedule, wanted: Wanted, options: EffectOptions): Effect {
  const {job, name} = schedule;
  const actor = wanted.by ?? `schedule:${name}`;
  try {
    if (job.do === 'card') return adding(job, {actor, options});
    return sending(job, {schedule, wanted, actor, options});
  } catch (error) {
    return nothing('failed', {detail: asAmuxError(error).message, options});
  }
}

/** Only the schedule remembers it. */
export function nothing(
  outcome: RunOutcome,
  {detail, options: {append}}: {detail: string; options: Pick<EffectOptions, 'append'>},
): Effect {
  return {outcome, detail, write: entry => append({...entry, actor: 'supervisor'})};
}

type Acting = {actor: string; options: EffectOptions};

function sending(
  {session, text, now}: Extract<Job, {do: 'send'}>,
  {schedule, wanted, actor, options}: Acting & {schedule: Schedule; wanted: Wanted},
): Effect {
  const {roster, send} = options;
  const runner = roster.all.find(each => each.session.name === session);
  if (runner === undefined) throw new AmuxError('session.unknown', {ref: session});
  checkNotOver(runner.session);
  const {messages, pending} = runner.queue;
  const isKnown = (id: string) => messages.some(message => message.id === id);
  // A run that a person asks for is one more, however soon; a due one is the same after a restart.
  let moment = wanted.by === null ? Math.floor(wanted.due / 1000) : wanted.due;
  while (wanted.by !== null && isKnown(`${schedule.id}-${moment}`)) moment++;
  const id = `${schedule.id}-${moment}`;
  if (isKnown(id)) {
    return nothing('done', {detail: `its text went to ${session} before`, options});
  }
  // A session that does not run, or works for hours, is not to find the same text many times.
  if (wanted.by === null && pending.some(message => message.id.startsWith(`${schedule.id}-`))) {
    return nothing('skipped', {detail: `its last text still waits in the queue of ${session}`, options});
  }
  const write = (by: QueuedBy): void => void send(runner, {id, text, now, actor, by});
  return {outcome: 'done', detail: `its text is queued for ${session}`, write};
}

function adding({card: input}: Extract<Job, {do: 'card'}>, {actor, options}: Acting): Effect {
  const {card, entry} = options.planned(input, actor);
  const added: Change[] = entry?.changes ?? [];
  return {
    outcome: 'done',
    detail: `${card.id} added to ${card.status}: ${card.title}`,
    write: ({changes, ...own}) => options.append({...own, actor, changes: [...added, ...changes]}),
  };
}

/** How the journal calls what became of a run. */
export const runEvents: Record<RunOutcome, EventType> = {
  done: 'schedule.ran',
  skipped: 'schedule.skipped',
  failed: 'schedule.failed',
};
