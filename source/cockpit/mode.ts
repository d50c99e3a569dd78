import type {SessionView} from '../domain/fleet.ts';

/** `removed`: what the session was called that is no more. */
export type Mode = {kind: 'command'} | {kind: 'typing'; session: string; removed?: string};

/**
 * Only the leaving key ends typing. What a person goes on typing when the process has ended, or the session is gone
 * altogether, is not for the cockpit: there it would be commands for whatever is selected now.
 */
export function modeWith(
  mode: Mode,
  {before, sessions}: {before: readonly SessionView[] | null; sessions: readonly SessionView[]},
): Mode {
  if (mode.kind === 'command') return mode;
  const {kind, session} = mode;
  const isIt = ({id}: SessionView): boolean => id === session;
  if (sessions.some(isIt)) return {kind, session};
  return {kind, session, removed: mode.removed ?? before?.find(isIt)?.name ?? session};
}

/** Null: what is typed reaches the session's program. */
export function whyNotTyped(
  {mode, sessions}: {mode: Mode; sessions: readonly SessionView[] | null},
  to: string,
): string | null {
  const removed = mode.kind === 'typing' && mode.session === to ? mode.removed : undefined;
  if (removed !== undefined) return `${removed} was removed`;
  const session = sessions?.find(({id}) => id === to);
  return session?.running === false ? `${session.name} has ended` : null;
}
