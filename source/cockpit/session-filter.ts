import type {SessionView} from '../domain/fleet.ts';
import type {State} from './state.ts';

/** Whether the text, in small letters, is somewhere in what a session is called by. */
export function sessionMatches(session: SessionView, needle: string): boolean {
  const {name, agent, model, branch, dir, tags} = session;
  return [name, agent, model ?? '', branch ?? '', dir, ...tags].some(text => text.toLowerCase().includes(needle));
}

/** What narrows the list in sight: board and journal have filters of their own. */
export const filterOf = ({place, filter, board, reading}: State): string =>
  place === 'board' ? board.filter : place === 'events' ? reading.filter : filter;
