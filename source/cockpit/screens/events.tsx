import {chosenLine, eventLines, type Reading} from '../journal.ts';
import type {Layout} from '../layout.ts';
import {eventsPaneLines} from '../panes/events.ts';
import {Pane} from '../panes/pane.tsx';
import type {State} from '../state.ts';
import type {Theme} from '../theme.ts';

/** The journal: what happened, and why. */
export function EventsScreen({state, theme, layout}: {state: State; theme: Theme; layout: Layout}) {
  const {body} = layout;
  const {reading} = state;
  const lines = eventLines(state);
  const at = chosenLine(lines, reading);
  const shown = eventsPaneLines({theme, body, lines, at, follow: reading.chosen === null, empty: emptyText(reading)});
  return <Pane lines={shown} columns={body.cols} />;
}

function emptyText({list, filter, commands, failed}: Reading): string {
  if (list === 'commands' && failed !== '') return `the commands cannot be read: ${failed}`;
  if (list === 'commands' && commands === null) return '';
  if (filter !== '') return `no line matches "${filter}"`;
  return list === 'commands' ? 'no command was run yet' : 'nothing has happened since this cockpit came up';
}
