import {z} from 'zod';
import {roles, type TokenView} from '../../domain/access.ts';
import {eventTypes} from '../../domain/events.ts';
import type {ExternalCommand} from '../../domain/external-command.ts';
import type {EventView, Health} from '../../domain/fleet.ts';
import type {Screen, Scrollback, Style} from '../../domain/screen.ts';
import {seconds, secondsOrNull, shapeOf} from './shape.ts';

export const health = shapeOf<Health>()(
  z
    .strictObject({
      pid: z.number().int(),
      version: z.string(),
      home: z.string(),
      hosted: z.enum(['cockpit', 'serve', 'auto', 'demo', 'none']),
      url: z.string().nullable().describe('Of the API over TCP; null: nowhere'),
      backend: z.enum(['tmux', 'pty']),
      desktop: z.boolean().describe('It shows notices on the desktop of its machine'),
      started_at: seconds,
      sessions: z.number().int(),
      running: z.number().int(),
      cursor: z.number().int().describe('Of the newest entry of the journal'),
      first: z.number().int().describe('Of the oldest entry that the journal still holds'),
      trouble: z.string().nullable().describe('Why nothing new is taken just now; null: all is well'),
      notices: z.array(z.string()),
    })
    .meta({id: 'Health'}),
);

export const externalCommand = shapeOf<ExternalCommand>()(
  z
    .strictObject({
      id: z.number().int(),
      at: z.number().describe('With a fraction: the millisecond'),
      argv: z.array(z.string()),
      cwd: z.string().nullable(),
      ms: z.number().min(0).nullable().describe('Null: it runs'),
      code: z.number().int().nullable(),
      signal: z.string().nullable(),
      error: z.string().nullable().describe('Why it could not be run'),
    })
    .meta({id: 'ExternalCommand'}),
);

const token = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  created_at: seconds,
  expires_at: secondsOrNull,
});
export const tokenView = shapeOf<TokenView>()(token.meta({id: 'Token'}));
export const newToken = shapeOf<TokenView & {token: string}>()(
  token.extend({token: z.string().describe('Shown here and never again')}).meta({id: 'NewToken'}),
);

export const eventView = shapeOf<EventView>()(
  z
    .strictObject({
      cursor: z.number().int(),
      at: z.number().describe('With a fraction: the millisecond'),
      type: z.enum(eventTypes),
      actor: z.string(),
      session: z.strictObject({id: z.string(), name: z.string()}).nullable(),
      reason: z.string(),
      cards: z.array(z.string()).describe('Ids of the cards that it changed'),
    })
    .meta({id: 'Event'}),
);

const colour = z.union([z.number().int(), z.templateLiteral(['#', z.string()])]);
const style = shapeOf<Style>()(
  z.strictObject({
    fg: colour.optional(),
    bg: colour.optional(),
    bold: z.literal(true).optional(),
    dim: z.literal(true).optional(),
    italic: z.literal(true).optional(),
    underline: z.literal(true).optional(),
    inverse: z.literal(true).optional(),
    strike: z.literal(true).optional(),
  }),
);

const rows = z.array(z.array(z.strictObject({text: z.string(), style})));

export const scrollback = shapeOf<Scrollback>()(
  z.strictObject({cols: z.number().int(), rows}).meta({id: 'Scrollback'}),
);

export const screen = shapeOf<Screen>()(
  z
    .strictObject({
      cols: z.number().int(),
      rows: z.number().int(),
      lines: rows,
      cursor: z.strictObject({x: z.number().int(), y: z.number().int()}).nullable(),
      title: z.string(),
      modes: z.strictObject({
        alternate: z.boolean(),
        bracketedPaste: z.boolean().nullable(),
        applicationCursor: z.boolean(),
      }),
    })
    .meta({id: 'Screen'}),
);

/** What every refusal looks like. */
export const failure = z
  .strictObject({
    error: z.strictObject({
      code: z.string(),
      message: z.string(),
      hint: z.string().describe('What to do next'),
      facts: z.record(z.string(), z.union([z.string(), z.number()])).describe('Of this case, for programs'),
    }),
  })
  .meta({id: 'Error'});
