import {plain} from '../draw/cells.ts';
import type {Hint} from '../draw/hints.ts';
import {helpBindings, whyDisabled} from '../keymap.ts';
import type {Layout} from '../layout.ts';
import type {CockpitInfo} from '../options.ts';
import {helpPane} from '../panes/help.ts';
import {messagePane} from '../panes/message.ts';
import {newSessionPane} from '../panes/new-session.ts';
import {Overlay} from '../panes/pane.tsx';
import type {State} from '../state.ts';
import type {Theme} from '../theme.ts';

export type DialogProps = {
  state: State;
  theme: Theme;
  layout: Layout;
  agents: CockpitInfo['agentsFound'];
  hints: readonly Hint[];
};

/** What lies over the screen, in the middle of its body. */
export function DialogLayer(props: DialogProps) {
  const pane = paneOf(props);
  if (pane === null) return null;
  const {body, headerRows} = props.layout;
  const x = Math.floor((body.cols - pane.columns) / 2);
  const y = headerRows + Math.max(0, Math.floor((body.rows - pane.lines.length) / 2));
  return <Overlay lines={pane.lines} columns={pane.columns} x={x} y={y} />;
}

function paneOf({state, theme, layout, agents, hints}: DialogProps): {lines: string[]; columns: number} | null {
  const {dialog} = state;
  const {body} = layout;
  switch (dialog.kind) {
    case 'none':
    case 'prompt':
    case 'reply':
    case 'filter':
      return null;
    case 'help': {
      const lines = helpBindings(state).map(binding => ({
        keys: binding.keys,
        help: binding.help,
        whyNot: whyDisabled(binding, state),
      }));
      return helpPane({theme, body, lines, at: dialog.at});
    }
    case 'new-session': {
      const taken = (state.sessions ?? []).map(session => session.name);
      return newSessionPane({theme, body, form: dialog.form, taken, agents});
    }
    case 'confirm':
      return messagePane({theme, body, title: plain(dialog.question), text: dialog.detail, hints});
    case 'message':
      return messagePane({theme, body, title: dialog.title, text: dialog.text, hints});
  }
}
