import {z} from 'zod';
import {
  missedRules,
  outcomes,
  type ScheduledCard,
  type ScheduleRunView,
  type ScheduleView,
} from '../../domain/schedule.ts';
import {cardFields} from './card.ts';
import {seconds, secondsOrNull, shapeOf} from './shape.ts';

const {title, desc, status, project, session, priority, tags, links} = cardFields;

export const scheduledCard = shapeOf<ScheduledCard>()(
  z
    .strictObject({
      title,
      desc: desc.optional(),
      status: status.optional(),
      project: project.optional(),
      session: session.optional(),
      priority: priority.optional(),
      tags: tags.optional(),
      links: links.optional(),
    })
    .meta({id: 'ScheduledCard'}),
);

export const missedRule = z
  .enum(missedRules)
  .describe('What was due while nobody supervised: done once afterwards (default), or left out');

export const scheduleRun = shapeOf<ScheduleRunView>()(
  z
    .strictObject({
      due: seconds,
      at: seconds.describe('When it was done'),
      outcome: z.enum(outcomes),
      detail: z.string().describe('What was done, or why it was not'),
      by: z.string().nullable().describe('Who asked for it; null: its time had come'),
      late: z.boolean().describe('It was due while nobody could do it'),
      missed: z.number().int().min(0).max(100).describe('Runs before it that were not done; 100: or more'),
    })
    .meta({id: 'ScheduleRun'}),
);

export const schedule = shapeOf<ScheduleView>()(
  z
    .strictObject({
      id: z.string(),
      name: z.string(),
      cron: z.string().nullable(),
      at: z.string().nullable().describe('One moment, ISO 8601'),
      timezone: z.string(),
      session: z.string().nullable(),
      text: z.string().nullable(),
      now: z.boolean(),
      card: scheduledCard.nullable(),
      missed: z.enum(missedRules),
      enabled: z.boolean(),
      state: z.enum(['active', 'paused', 'over']).describe('Over: nothing of it is to come'),
      next_run: secondsOrNull,
      upcoming: z.array(seconds).describe('The next three'),
      created_at: seconds,
      history: z.array(scheduleRun).describe('The newest first, at most 20'),
    })
    .meta({id: 'Schedule'}),
);
