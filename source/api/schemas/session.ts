import {z} from 'zod';
import type {AskingKind, Means} from '../../domain/approvals.ts';
import type {WaitingKind} from '../../domain/evidence.ts';
import type {
  ApprovalView,
  AttachPlan,
  Decided,
  Explanation,
  ModelOutcome,
  Outcome,
  Peek,
  QueueView,
  RunView,
  Sent,
  SessionView,
} from '../../domain/fleet.ts';
import type {ModelView} from '../../domain/model.ts';
import type {Activity, SessionStatus} from '../../domain/session.ts';
import type {MessageState} from '../../domain/steering.ts';
import type {TranscriptEntry} from '../../domain/transcript.ts';
import {ruleModes, ruleNames} from '../../domain/watch.ts';
import type {FiringView, Resources, RuleView, WatchdogView} from '../../domain/watch-view.ts';
import {seconds, secondsOrNull, shapeOf} from './shape.ts';
import {contextView, tokens} from './spending.ts';
import {dirty} from './workspace.ts';

const status = shapeOf<SessionStatus>()(
  z.enum(['stopped', 'starting', 'running', 'completed', 'failed', 'orphaned']).meta({id: 'SessionStatus'}),
);
const activity = shapeOf<Activity>()(
  z.enum(['working', 'waiting', 'finished', 'idle', 'unknown']).meta({id: 'Activity'}),
);
const waitingKind = shapeOf<WaitingKind>()(
  z.enum(['permission', 'question', 'trust', 'login', 'limit', 'context', 'error', 'plan', 'mcp']),
);
const askingKind = shapeOf<AskingKind>()(z.enum(['permission', 'question', 'plan', 'trust', 'mcp', 'login']));
const messageState = shapeOf<MessageState>()(
  z.enum(['queued', 'pasted', 'entered', 'delivered', 'dropped', 'uncertain']).meta({id: 'MessageState'}),
);
const exit = z.strictObject({
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  at: seconds,
});

const modelView = shapeOf<ModelView>()(
  z
    .strictObject({
      state: z.enum(['launched', 'verified', 'waiting', 'switching', 'next start', 'refused']),
      launched: z.string().nullable().describe('What its process was launched with; null: its agent’s default'),
      said: z.string().nullable().describe('What its agent says it runs; null: it has not said so in this run'),
      reason: z.string(),
    })
    .meta({id: 'ModelState'}),
);

const rule = z.enum(ruleNames);
const mode = z.enum(ruleModes);
export const modes = z.partialRecord(rule, mode.nullable());

const firing = shapeOf<FiringView>()(
  z
    .strictObject({rule, at: seconds, verdict: z.string(), reason: z.string(), dry_run: z.boolean()})
    .meta({id: 'Firing'}),
);

const watchdogView = shapeOf<WatchdogView>()(
  z
    .strictObject({
      comeback: secondsOrNull.describe('When its process is launched again'),
      until: secondsOrNull.describe('When it goes on by itself after a limit or an error'),
      crashes: z.number().int().describe('In the last ten minutes'),
      stuck: z.boolean().describe('It works without any evidence of progress'),
      over: z.boolean().describe('Its processes take more than they may'),
      planned: z.enum(['stop', 'restart']).nullable().describe('At its next turn boundary'),
      fired: firing.nullable().describe('The last firing of any rule'),
      modes: z.partialRecord(rule, mode).describe('Its own; else the configuration holds'),
    })
    .meta({id: 'Watchdog'}),
);

const ruleView = shapeOf<RuleView>()(
  z
    .strictObject({
      rule,
      about: z.string(),
      mode,
      fired: firing.nullable(),
      next: z.strictObject({at: secondsOrNull, what: z.string()}).nullable(),
    })
    .meta({id: 'WatchdogRule'}),
);

export const sessionView = shapeOf<SessionView>()(
  z
    .strictObject({
      name: z.string(),
      id: z.string(),
      kind: z.enum(['durable', 'one-shot']),
      project: z.string().nullable().describe('Directory of its project'),
      agent: z.string().describe('Id of its profile'),
      model: z.string().nullable().describe('That it is to have'),
      model_state: modelView,
      dir: z.string(),
      workspace: z.strictObject({id: z.string(), name: z.string(), path: z.string()}),
      branch: z.string().nullable(),
      dirty: dirty.nullable().describe('Of its working tree; null: nobody has looked yet'),
      tags: z.array(z.string()),
      status,
      activity: activity.nullable().describe('Null while it does not run'),
      activity_since: secondsOrNull,
      reason: z.string().describe('Why it has this status and activity'),
      waitingFor: z.strictObject({kind: waitingKind, detail: z.string()}).nullable(),
      running: z.boolean(),
      pid: z.number().int().nullable(),
      token_count: z.number().int().nullable().describe('Of its conversations; null: its agent tells nothing'),
      tokens: tokens.nullable(),
      cost: z.number().min(0).nullable().describe('USD; null: no price is known'),
      context: contextView.nullable(),
      rate: z.array(z.number().int().min(0)).nullable().describe('Tokens per minute, the running one last'),
      queue: z.number().int().describe('Messages that wait'),
      preview: z.string().describe('Last meaningful line of its screen'),
      yolo: z.boolean(),
      created_at: seconds,
      started_at: secondsOrNull,
      ended_at: secondsOrNull.describe('Of its last run, also where nobody saw how it ended'),
      updated_at: seconds,
      exit: exit.nullable(),
      resources: shapeOf<Resources>()(
        z.strictObject({
          memory: z.number().int().describe('Resident memory of its processes, bytes'),
          cpu: z.number().int().nullable().describe('Percent of one core'),
          processes: z.number().int(),
        }),
      )
        .nullable()
        .describe('What its processes take; null: nobody has looked yet'),
      watchdog: watchdogView,
      notice: z.string().nullable().describe('What a person should know of it and cannot see elsewhere'),
    })
    .meta({id: 'Session'}),
);

export const peekView = shapeOf<Peek>()(
  z
    .strictObject({
      name: z.string(),
      output: z.string().describe('Plain text, or with SGR sequences when `ansi` was asked for'),
      lines: z.number().int().describe('Lines in `output`'),
      cursor: z.strictObject({x: z.number().int(), y: z.number().int()}).nullable(),
      cols: z.number().int(),
      rows: z.number().int(),
    })
    .meta({id: 'Peek'}),
);

export const transcriptEntry = shapeOf<TranscriptEntry>()(
  z
    .strictObject({
      role: z.enum(['user', 'assistant', 'tool']),
      text: z.string(),
      tool: z.string().nullable(),
      at: secondsOrNull,
    })
    .meta({id: 'TranscriptEntry'}),
);

export const runView = shapeOf<RunView>()(
  z
    .strictObject({
      id: z.string(),
      pid: z.number().int().nullable(),
      argv: z.array(z.string()),
      backend: z.enum(['tmux', 'pty']),
      started_at: seconds,
      ended_at: secondsOrNull,
      exit: exit.nullable(),
      url: z.string().nullable().describe('Of the API, as its process was told'),
      version: z.string().nullable().describe('Of its agent'),
      conversation: z.string().nullable(),
    })
    .meta({id: 'Run'}),
);

export const sentView = shapeOf<Sent>()(
  z.strictObject({id: z.string(), state: messageState, reason: z.string()}).meta({id: 'Sent'}),
);

export const queueView = shapeOf<QueueView>()(
  z
    .strictObject({
      id: z.string(),
      text: z.string(),
      state: messageState,
      reason: z.string(),
      actor: z.string(),
      created_at: seconds,
    })
    .meta({id: 'QueuedMessage'}),
);

export const explanation = shapeOf<Explanation>()(
  z
    .strictObject({
      name: z.string(),
      status,
      activity: activity.nullable(),
      reason: z.string(),
      since: seconds,
      conversation: z.string().nullable(),
      origin: z.strictObject({session: z.string(), conversation: z.string().nullable()}).nullable(),
      notice: z.string().nullable(),
      watchdog: z.array(ruleView).describe('Each rule of the watchdog'),
      evidence: z.array(
        z.strictObject({
          source: z.enum([
            'program',
            'stream',
            'hook',
            'file',
            'title',
            'output',
            'screen',
            'submitted',
            'tree',
            'usage',
            'progress',
            'process',
          ]),
          age: z.number().nullable().describe('Seconds'),
          says: z.string(),
          wins: z.boolean(),
        }),
      ),
    })
    .meta({id: 'Explanation'}),
);

const outcome = z.strictObject({
  name: z.string(),
  ok: z.boolean(),
  error: z.strictObject({code: z.string(), message: z.string(), hint: z.string()}).nullable(),
});
export const outcomes = z.array(shapeOf<Outcome>()(outcome.meta({id: 'Outcome'})));

export const modelOutcomes = z.array(
  shapeOf<ModelOutcome>()(outcome.extend({model: modelView.nullable()}).meta({id: 'ModelOutcome'})),
);

export const attachPlan = shapeOf<AttachPlan>()(
  z
    .union([
      z.strictObject({
        via: z.literal('tmux'),
        argv: z.array(z.string()),
        name: z.string(),
        detachKey: z.string(),
      }),
      z.strictObject({
        via: z.literal('pty'),
        socket: z.string(),
        terminal: z.string(),
        name: z.string(),
        detachKey: z.string(),
      }),
    ])
    .meta({id: 'AttachPlan'}),
);

const means = shapeOf<Means>()(z.enum(['allow', 'always', 'deny', 'answer', 'other']));

export const approvalView = shapeOf<ApprovalView>()(
  z
    .strictObject({
      id: z.string(),
      session: z.string(),
      session_id: z.string(),
      agent: z.string(),
      dir: z.string(),
      kind: askingKind,
      tool: z.string().nullable(),
      input: z.unknown(),
      title: z.string(),
      suggestions: z.array(z.unknown()).describe('Rules that "always" would add, in the form of the agent'),
      choices: z.array(z.strictObject({n: z.number().int(), label: z.string(), means})),
      via: z.enum(['hook', 'stream', 'screen']),
      asked_at: seconds,
    })
    .meta({id: 'Approval'}),
);

export const decided = shapeOf<Decided>()(
  z
    .strictObject({id: z.string(), session: z.string(), title: z.string(), outcome: z.string()})
    .meta({id: 'DecidedApproval'}),
);
