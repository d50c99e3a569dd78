import {sizeText} from '../../domain/amounts.ts';
import type {SessionView} from '../../domain/fleet.ts';
import type {Run} from '../command.ts';
import type {GivesWay} from '../fit-columns.ts';
import {boolFlag} from '../flags.ts';
import {duration, momentText} from '../output.ts';

const HEADER = ['SESSION ID', 'AGENT', 'WORKSPACE', 'STATUS', 'RUNTIME', 'ACTIVITY', 'NAME'];
/** What their processes take. */
const WIDE = ['MEMORY', 'CPU', 'PROCS'];
/** On a narrow terminal: the name is what other commands take, and the status what most people look for. */
const GIVES_WAY: readonly GivesWay[] = [
  {column: 'ACTIVITY', least: 8},
  ...WIDE.toReversed().map(column => ({column, least: 0})),
  {column: 'WORKSPACE', least: 6},
  {column: 'AGENT', least: 6},
  {column: 'RUNTIME', least: 0},
  {column: 'WORKSPACE', least: 0},
  {column: 'SESSION ID', least: 9},
  {column: 'AGENT', least: 0},
  {column: 'ACTIVITY', least: 0},
  {column: 'SESSION ID', least: 0},
];

export const ps: Run = async context => {
  const fleet = await context.fleet('read');
  const sessions = await fleet.sessions({all: boolFlag(context, 'all')});
  if (context.output.json) {
    context.output.value(sessions);
    return 0;
  }
  const now = Date.now() / 1000;
  const wide = boolFlag(context, 'wide');
  await context.output.table(
    wide ? HEADER.toSpliced(-1, 0, ...WIDE) : HEADER,
    sessions.map(session => row(session, {now, wide})),
    GIVES_WAY,
  );
  return 0;
};

function row(session: SessionView, {now, wide}: {now: number; wide: boolean}): string[] {
  const {id, agent, workspace, status, name} = session;
  return [
    id,
    agent,
    workspace.name,
    status,
    runtime(session, now),
    activityText(session, now),
    ...(wide ? resourcesText(session) : []),
    name,
  ];
}

/** How long it has been running, or how long its last run was. */
function runtime({running, started_at, ended_at}: SessionView, now: number): string {
  if (started_at === null) return '-';
  return duration((running ? now : (ended_at ?? started_at)) - started_at);
}

function activityText(session: SessionView, now: number): string {
  const {activity, waitingFor, queue, status, reason, watchdog} = session;
  const waits = queue === 0 ? '' : `, ${queue} queued`;
  if (activity === null) return `${status === 'failed' || status === 'orphaned' ? reason : '-'}${waits}`;
  if (watchdog.comeback !== null) return `starts again at ${momentText(watchdog.comeback * 1000, now * 1000)}${waits}`;
  const does = waitingFor === null ? activity : `${waitingFor.kind}: ${waitingFor.detail}`;
  return `${does}${watchdog.stuck ? ', stuck' : ''}${waits}`;
}

function resourcesText({resources}: SessionView): string[] {
  if (resources === null) return ['-', '-', '-'];
  const {memory, cpu, processes} = resources;
  return [sizeText(memory), cpu === null ? '-' : `${cpu}%`, String(processes)];
}
