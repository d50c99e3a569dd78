import type {SessionView} from '../domain/fleet.ts';

export type Mode = {kind: 'command'} | {kind: 'typing'; session: string};

/**
 * Typing ends when the session is no more. Where only its process has ended, what a person goes on typing is not for the
 * cockpit: it is dropped until the leaving key.
 */
export function modeWith(mode: Mode, sessions: readonly SessionView[]): Mode {
  if (mode.kind === 'command') return mode;
  return sessions.some(session => session.id === mode.session) ? mode : {kind: 'command'};
}
