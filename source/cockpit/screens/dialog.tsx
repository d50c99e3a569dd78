import {heldCards} from '../board.ts';
import {claimants} from '../board-deeds.ts';
import {budgetFaults} from '../budget-form.ts';
import {placeOf} from '../dialogs.ts';
import {plain} from '../draw/cells.ts';
import type {Hint} from '../draw/hints.ts';
import {forkFaults} from '../fork-session.ts';
import {helpEntries} from '../help-entries.ts';
import {answerKeys, type Keymap, meantByLine} from '../keymap.ts';
import {answerArea, type Layout} from '../layout.ts';
import {meantBy, offered} from '../model-choice.ts';
import {newSessionFaults} from '../new-session.ts';
import {lineId, listingOf} from '../palette/entries.ts';
import {cardDetailsPane} from '../panes/card-details.ts';
import {choicesPane} from '../panes/choices.ts';
import {formPane} from '../panes/form.ts';
import {helpPane} from '../panes/help.ts';
import {messagePane} from '../panes/message.ts';
import {modelPane} from '../panes/model.ts';
import {palettePane} from '../panes/palette.ts';
import {Overlay} from '../panes/pane.tsx';
import {requestPane} from '../panes/request.ts';
import {schedulesPane} from '../panes/schedules.ts';
import {requestInHand} from '../requests.ts';
import {type State, shownAt} from '../state.ts';
import type {Theme} from '../theme.ts';

export type DialogProps = {
  state: State;
  theme: Theme;
  layout: Layout;
  hints: readonly Hint[];
  keymap: Keymap;
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

/** Its lines; null: there is none, or it is written in the footer. */
export function paneOf(props: DialogProps): {lines: string[]; columns: number} | null {
  const {state, theme, layout, hints, keymap} = props;
  const {dialog} = state;
  const {body} = layout;
  switch (dialog.kind) {
    case 'none':
    case 'prompt':
    case 'reply':
    case 'comment':
    case 'filter':
    case 'search':
    case 'card-title':
    case 'tags':
      return null;
    case 'answer': {
      const size = answerArea(body);
      const {top, open} = state.requests;
      const request = requestInHand(state);
      const popup = {others: open.length - 1};
      const lines = requestPane({theme, size, request, top, now: shownAt(state), keys: answerKeys(keymap), popup});
      return {lines, columns: size.cols};
    }
    case 'help': {
      const {field, chosen} = dialog;
      const lines = helpEntries(state, {keymap, text: field.text});
      const ids = lines.map(({binding}) => meantByLine(binding, state));
      return helpPane({theme, body, field, at: placeOf(ids, chosen), lines});
    }
    case 'palette': {
      const {field, chosen} = dialog;
      const {entries, written} = listingOf(state, {keymap, text: field.text});
      const at = placeOf(
        entries.map(entry => lineId(entry, state)),
        chosen,
      );
      return palettePane({theme, body, field, entries, at, command: written?.command ?? null});
    }
    case 'new-session':
    case 'fork': {
      const {form} = dialog;
      const taken = (state.sessions ?? []).map(session => session.name);
      const faults = dialog.kind === 'fork' ? forkFaults(form, taken) : newSessionFaults(form, taken);
      return formPane({theme, body, form, faults});
    }
    case 'budget':
      return formPane({theme, body, form: dialog.form, faults: budgetFaults(dialog.form)});
    case 'card': {
      const card = state.board.cards?.find(({id}) => id === dialog.card);
      if (card === undefined) return null;
      return cardDetailsPane({theme, body, card, top: dialog.top, now: shownAt(state)});
    }
    case 'claim': {
      const held = heldCards(state.board);
      const sessions = claimants(state);
      const choices = sessions.map(({id, name}) => {
        const card = held.get(id);
        return {text: plain(name), about: card === undefined ? '' : `holds ${card}`};
      });
      const ids = sessions.map(({id}) => id);
      const at = placeOf(ids, dialog.chosen);
      return choicesPane({theme, body, title: `Claim ${dialog.card} for`, choices, at});
    }
    case 'model': {
      const {field, chosen} = dialog;
      const names = meantBy(dialog, state.sessions ?? []).map(({name}) => name);
      const known = offered(dialog, state);
      const ids = known.map(({model}) => model);
      return modelPane({theme, body, field, at: placeOf(ids, chosen), names, offered: known});
    }
    case 'schedules': {
      const {list, chosen} = dialog;
      const ids = list.map(({id}) => id);
      return schedulesPane({theme, body, list, at: placeOf(ids, chosen), now: shownAt(state)});
    }
    case 'confirm':
      return messagePane({theme, body, title: plain(dialog.question), text: dialog.detail, hints});
    case 'message':
      return messagePane({theme, body, title: dialog.title, text: dialog.text, hints, top: dialog.top ?? 0});
  }
}
