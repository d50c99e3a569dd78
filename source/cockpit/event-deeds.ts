import {dayText, timeText} from './ages.ts';
import {chosenLine, eventLines} from './journal.ts';
import {messageEnd} from './panes/message.ts';
import {currentLayout, type State} from './state.ts';
import type {Store} from './store.ts';

/** What keys do with the lines of the Events screen. */
export type EventDeeds = {
  /** The whole text of the chosen line. */
  readEvent: () => void;
  /** Moves a message that is longer than the screen. */
  scrollMessage: (by: number) => void;
};

/** Whether a message is open that does not fit. */
export const messageScrolls = (state: State): boolean => endOf(state) > 0;

export function eventDeeds({store: {state, dispatch}}: {store: Store}): EventDeeds {
  return {
    readEvent() {
      const lines = eventLines(state());
      const line = lines[chosenLine(lines, state().reading)];
      if (line === undefined) return;
      const who = line.session === null ? '' : ` ${line.session}`;
      const title = `${dayText(line.at)} ${timeText(line.at)}${who} ${line.type.replace(/ +/g, ' ')}`;
      const text = `${line.reason}\n\n${line.more}`;
      dispatch({type: 'dialog', dialog: {kind: 'message', title, text}});
    },

    scrollMessage(by) {
      const {dialog} = state();
      if (dialog.kind !== 'message') return;
      const at = Math.max(0, Math.min(endOf(state()), (dialog.top ?? 0) + by));
      if (at !== (dialog.top ?? 0)) dispatch({type: 'dialog-step', step: {kind: 'scroll', top: at}});
    },
  };
}

const endOf = (state: State): number =>
  state.dialog.kind === 'message' ? messageEnd({body: currentLayout(state).body, text: state.dialog.text}) : 0;
