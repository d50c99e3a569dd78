import {eventLines} from '../journal.ts';
import type {Layout} from '../layout.ts';
import {eventsPaneLines} from '../panes/events.ts';
import {Pane} from '../panes/pane.tsx';
import type {State} from '../state.ts';
import type {Theme} from '../theme.ts';

/** The journal: what happened, and why. */
export function EventsScreen({state, theme, layout}: {state: State; theme: Theme; layout: Layout}) {
  const {body} = layout;
  const lines = eventsPaneLines({theme, body, lines: eventLines(state), reading: state.reading});
  return <Pane lines={lines} columns={body.cols} />;
}
