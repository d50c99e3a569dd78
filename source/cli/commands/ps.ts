import type {SessionView} from '../../domain/fleet.ts';
import type {Run} from '../command.ts';
import {boolFlag} from '../flags.ts';
import {duration} from '../output.ts';

const HEADER = ['SESSION ID', 'AGENT', 'WORKSPACE', 'STATUS', 'RUNTIME', 'ACTIVITY', 'NAME'];

export const ps: Run = async context => {
  const fleet = await context.fleet('read');
  const sessions = await fleet.sessions({all: boolFlag(context, 'all')});
  if (context.output.json) {
    context.output.value(sessions);
    return 0;
  }
  const now = Date.now() / 1000;
  await context.output.table(
    HEADER,
    sessions.map(session => row(session, now)),
  );
  return 0;
};

function row(session: SessionView, now: number): string[] {
  const {id, agent, workspace, status, name} = session;
  return [id, agent, workspace.name, status, runtime(session, now), activityText(session), name];
}

/** How long it has been running, or how long its last run was. */
function runtime({running, started_at, exit}: SessionView, now: number): string {
  if (started_at === null) return '-';
  return duration((running ? now : (exit?.at ?? started_at)) - started_at);
}

function activityText({activity, waitingFor, queue, status, reason}: SessionView): string {
  const waits = queue === 0 ? '' : `, ${queue} queued`;
  if (activity === null) return `${status === 'failed' || status === 'orphaned' ? reason : '-'}${waits}`;
  return `${waitingFor === null ? activity : `${waitingFor.kind}: ${waitingFor.detail}`}${waits}`;
}
