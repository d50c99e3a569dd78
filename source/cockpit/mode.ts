import type {SessionView} from '../domain/fleet.ts';

export type Mode = {kind: 'command'} | {kind: 'typing'; session: string};

/** Typing ends when the session it goes to does. */
export function modeWith(mode: Mode, sessions: readonly SessionView[]): Mode {
  if (mode.kind === 'command') return mode;
  const runs = sessions.some(session => session.id === mode.session && session.running);
  return runs ? mode : {kind: 'command'};
}
