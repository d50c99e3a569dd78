import type {SessionView} from '../domain/fleet.ts';

/** Whether the text, in small letters, is somewhere in what a session is called by. */
export function sessionMatches(session: SessionView, needle: string): boolean {
  const {name, agent, model, branch, dir, tags} = session;
  return [name, agent, model ?? '', branch ?? '', dir, ...tags].some(text => text.toLowerCase().includes(needle));
}
