import {fill, line} from '../draw/spans.ts';
import {type Keymap, keyOf} from '../keymap.ts';
import type {Layout} from '../layout.ts';
import {boardLines} from '../panes/board.ts';
import {emptyBoardLines} from '../panes/empty-board.ts';
import {Pane} from '../panes/pane.tsx';
import {type State, shownAt} from '../state.ts';
import type {Theme} from '../theme.ts';

type BoardProps = {state: State; theme: Theme; layout: Layout; keymap: Keymap};

/** The cards of the home in their columns. */
export function BoardScreen({state, theme, layout, keymap}: BoardProps) {
  return <Pane lines={linesOf(state, {theme, layout, keymap})} columns={layout.body.cols} />;
}

function linesOf(state: State, {theme, layout: {body}, keymap}: Omit<BoardProps, 'state'>): string[] {
  const {board} = state;
  if (board.cards === null) return fill([], body.rows, body.cols);
  if (board.cards.length === 0) {
    const keys = {new: keyOf(keymap, 'card-new'), help: keyOf(keymap, 'help')};
    return emptyBoardLines({theme, body, keys, column: board.column});
  }
  const lines = boardLines({theme, body, board, now: shownAt(state)});
  if (board.lanes.some(({cards}) => cards.length > 0)) return lines;
  const none = line(theme, body.cols, [['faint', ` no card matches "${board.filter}"`]]);
  return lines.map((each, y) => (y === 2 ? none : each));
}
