import {chosenLine, eventLines} from '../journal.ts';
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
  const shown = eventsPaneLines({theme, body, lines, at, follow: reading.chosen === null, filter: reading.filter});
  return <Pane lines={shown} columns={body.cols} />;
}
