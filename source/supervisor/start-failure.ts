import {AmuxError} from '../domain/errors.ts';
import {describeExit, type Session} from '../domain/session.ts';
import {readLastScreen} from './last-screen.ts';

/** Lines of the terminal that a failed start shows. */
const SHOWN_LINES = 5;

/** Why a process ended while it started: its end, its argv and its last lines. `screens`: directory of the last screens. */
export function startFailure({id, run, name, agent, workspace}: Session, screens: string): AmuxError {
  const lines = (readLastScreen(screens, id)?.history ?? []).filter(line => line.trim() !== '');
  const shown = lines
    .slice(-SHOWN_LINES)
    .map(line => `\n    ${line}`)
    .join('');
  const facts = `${describeExit(run?.exit ?? null)}; argv ${JSON.stringify(run?.argv ?? [])}; agent ${agent}; workspace ${workspace.name}, ${workspace.path}`;
  return new AmuxError('session.start', {
    name,
    why: `${facts}${shown === '' ? '; it printed nothing' : `; its last lines:${shown}`}`,
  });
}
