import type {RunView, SessionView} from '../domain/fleet.ts';
import {type McpNow, mcpNotice} from '../domain/mcp-run.ts';
import {modelView} from '../domain/model.ts';
import {pauseText} from '../domain/pause.ts';
import {isLive, isOverfull, type Session} from '../domain/session.ts';
import {resourcesOf, watchdogView, watchNotice} from '../domain/watch-view.ts';
import type {Dirty} from '../domain/workspace.ts';
import type {Spent} from './spending.ts';

/** What only the supervisor's memory knows of a session. */
export type LiveFacts = {
  /** By how much the home's time is ahead of the machine's clock, ms: ages are told by the latter. */
  ahead?: number;
  queue: number;
  preview: string;
  branch: string | null;
  dirty: Dirty | null;
  /** Where the API answers now; null: nobody knows. */
  url: string | null;
  /** The fleet's MCP servers as they are now. */
  mcp: McpNow;
  spent: Spent;
  /** Why its queue is held; null: it is not. */
  held: string | null;
  /** ms since the epoch. */
  now: number;
};

/** How long an ended one-shot session stays in the plain list, in ms. */
const ONE_SHOT_SHOWN_MS = 3_600_000;

export function sessionView(session: Session, facts: LiveFacts): SessionView {
  const live = isLive(session);
  const {run} = session;
  const exit = run?.exit ?? null;
  const told = (at: number): number => seconds(at - (facts.ahead ?? 0));
  return {
    name: session.name,
    id: session.id,
    kind: session.kind,
    project: session.project,
    agent: session.agent,
    model: session.model ?? (live ? (run?.model ?? null) : null),
    model_state: modelView(session),
    dir: session.dir,
    workspace: session.workspace,
    branch: facts.branch,
    dirty: facts.dirty,
    tags: session.tags,
    status: session.status,
    activity: live ? session.activity : null,
    activity_since: live ? told(session.activitySince) : null,
    reason: session.reason,
    waitingFor: waitingView(session),
    running: live,
    pid: live && run?.endedAt === null ? run.pid : null,
    ...facts.spent,
    queue: facts.queue,
    preview: facts.preview,
    yolo: session.yolo,
    created_at: told(session.createdAt),
    started_at: run === null ? null : told(run.startedAt),
    ended_at: run?.endedAt == null ? null : told(run.endedAt),
    updated_at: told(session.updatedAt),
    exit: exit === null ? null : {...exit, at: told(exit.at)},
    resources: resourcesOf(session),
    watchdog: watchdogView(session, facts.now),
    notice: [facts.held, noticeOf(session, facts)].filter(Boolean).join('; ') || null,
  };
}

/** With when it goes on by itself. */
function waitingView({waitingFor, ...session}: Session): SessionView['waitingFor'] {
  const when = pauseText(session);
  if (waitingFor === null || when === null) return waitingFor;
  return {...waitingFor, detail: `${when}: ${waitingFor.detail}`};
}

/** What a person should know of a session and cannot see elsewhere. */
export function noticeOf(session: Session, {url, mcp}: Pick<LiveFacts, 'url' | 'mcp'>): string | null {
  if (!isLive(session)) return null;
  const notices = [
    watchNotice(session),
    compactionNotice(session),
    modelNotice(session),
    urlNotice(session, url),
    mcpNotice(session.run?.mcp, mcp),
  ];
  return notices.filter(notice => notice !== null).join('; ') || null;
}

function compactionNotice({watch}: Session): string | null {
  const {compaction, compacted} = watch;
  if (compaction !== null) return compaction.step === 'sent' ? 'it is being compacted' : 'it is compacted next';
  if (compacted?.ok !== false) return null;
  return `its context could not be compacted${isOverfull({watch}) ? ': left to a person' : ''}`;
}

function modelNotice({refused}: Session): string | null {
  return refused === null ? null : `the model ${refused.model ?? 'default'} was refused: ${refused.why}`;
}

/** Its process keeps the `AMUX_URL` that it was started with, for as long as it lives. */
function urlNotice({run}: Session, url: string | null): string | null {
  const held = run?.url ?? null;
  if (held === null || url === null || held === url) return null;
  return `its AMUX_URL is out of date (${held}): a restart gives it ${url}`;
}

/** In order of creation; ended one-shot sessions only for an hour. */
export function listed(sessions: Iterable<Session>, options: {all: boolean; now: number}): Session[] {
  return [...sessions]
    .filter(session => {
      if (options.all || session.kind === 'durable' || isLive(session)) return true;
      return options.now - (session.run?.endedAt ?? session.updatedAt) < ONE_SHOT_SHOWN_MS;
    })
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** The one that is known: the last. */
export function runViews({run, conversation}: Session): RunView[] {
  if (run === null) return [];
  const {id, pid, argv, backend, startedAt, endedAt, exit, url = null, version = null} = run;
  return [
    {
      id,
      pid,
      argv,
      backend,
      started_at: seconds(startedAt),
      ended_at: endedAt === null ? null : seconds(endedAt),
      exit: exit === null ? null : {...exit, at: seconds(exit.at)},
      url,
      version,
      conversation: conversation?.id ?? null,
    },
  ];
}
