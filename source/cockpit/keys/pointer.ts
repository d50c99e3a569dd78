import type {Deeds} from '../deeds.ts';
import type {Dialog} from '../dialogs.ts';
import {type Hit, hitOf} from '../hit.ts';
import {chosenLine, eventLines} from '../journal.ts';
import {runBinding} from '../keymap.ts';
import {peekPlace, splitAt} from '../layout.ts';
import {selectedGroup} from '../listing.ts';
import type {MouseEvent} from '../mouse.ts';
import {currentLayout, type State} from '../state.ts';
import type {Theme} from '../theme.ts';

/** Lines that one step of the wheel scrolls. */
const WHEEL_LINES = 3;

/** What the wheel walks through: bindings by the beginning of their names. It writes nothing. */
const LISTS: Partial<Record<Dialog['kind'], string>> = {
  help: 'palette',
  palette: 'palette',
  claim: 'claim',
  model: 'model',
  card: 'card',
  message: 'message',
};

type Cell = {x: number; y: number};

/** What clicks, drags and the wheel do. A click chooses, one more on what is chosen opens it. */
export function createPointer({deeds, theme}: {deeds: Deeds; theme: () => Pick<Theme, 'shapes'>}) {
  const {state, dispatch} = deeds;
  /** Where the button went down. */
  let held: Hit = {on: 'nothing'};

  /** By its name, whatever key it is on. */
  const run = (id: string): void => {
    const binding = deeds.keymap.find(each => each.id === id);
    if (binding !== undefined && (binding.when?.(state()) ?? true)) runBinding(binding, deeds);
  };

  return (event: MouseEvent): void => {
    const hit =
      event.kind === 'press' || event.kind === 'wheel'
        ? hitOf(state(), {...event, theme: theme(), map: deeds.keymap})
        : held;
    if (event.kind === 'wheel') wheel(hit, event.by);
    else if (event.kind === 'drag') drag(hit, event);
    else if (event.kind === 'release') held = {on: 'nothing'};
    else {
      held = hit;
      const {notice} = state();
      click(hit);
      if (notice !== null && state().notice === notice) dispatch({type: 'notice-read'});
    }
  };

  function click(hit: Hit): void {
    if (hit.on === 'tab') dispatch({type: 'place', place: hit.place});
    else if (hit.on === 'hint') run(hit.id);
    else if (hit.on === 'session') clickSession(hit.session);
    else if (hit.on === 'row') clickRow(hit.row);
    else if (hit.on === 'request') clickRequest(hit.request);
    else if (hit.on === 'card' && state().board.chosen === hit.card) deeds.showCard();
    else if (hit.on === 'card') dispatch({type: 'board', step: {do: 'choose', card: hit.card}});
  }

  function clickSession(session: string): void {
    const {selected, place} = state();
    const group = selectedGroup(state());
    if (place === 'scrollback') deeds.closeScrollback();
    if (selected !== session) dispatch({type: 'select', session});
    else if (place === 'fleet' && group !== null) {
      dispatch({type: 'grouping', step: {do: group.folded ? 'unfold' : 'fold', group: group.group}});
    } else if (place === 'fleet') dispatch({type: 'view', view: 'zoom'});
  }

  function clickRequest(request: string): void {
    const ids = state().requests.open.map(({id}) => id);
    dispatch({type: 'move', by: ids.indexOf(request) - ids.indexOf(state().requests.chosen ?? '')});
  }

  function clickRow(row: number): void {
    const {place, scroll, diffs, reading} = state();
    if (place === 'scrollback' && scroll !== null) {
      dispatch({type: 'scrollback', step: {do: 'select', on: false}});
      dispatch({type: 'scrollback', step: {do: 'walk', by: row - scroll.at}});
    } else if (place === 'diff' && diffs.view !== null) {
      dispatch({type: 'diff', step: {do: 'walk', by: row - diffs.view.at}});
    } else if (place === 'events' && reading.chosen !== null && chosenLine(eventLines(state()), reading) === row)
      deeds.readEvent();
    else if (place === 'events') {
      dispatch({type: 'edge', to: 'first'});
      dispatch({type: 'move', by: row});
    }
  }

  function drag(from: Hit, cell: Cell): void {
    const {scroll, split} = state();
    const layout = currentLayout(state());
    const peek = peekPlace(layout);
    if (from.on === 'split') {
      const share = splitAt(layout, cell);
      if (share !== split) dispatch({type: 'split', share});
    } else if (from.on === 'row' && scroll !== null && peek !== null) {
      // Beyond an edge it goes on line by line.
      const row = scroll.top + Math.max(-1, cell.y - layout.headerRows - peek.y - 1);
      if (row === scroll.at) return;
      dispatch({type: 'scrollback', step: {do: 'select', on: true}});
      dispatch({type: 'scrollback', step: {do: 'walk', by: row - scroll.at}});
    }
  }

  function wheel(hit: Hit, by: 1 | -1): void {
    const {dialog, place, scroll, view} = state();
    if (dialog.kind !== 'none') {
      const list = LISTS[dialog.kind];
      if (list !== undefined) run(`${list}.${by === 1 ? 'down' : 'up'}`);
    } else if (scroll !== null) {
      if (hit.on !== 'row' && hit.on !== 'peek') return;
      dispatch({type: 'scrollback', step: {do: 'page', by: by * WHEEL_LINES}});
    } else if (hit.on === 'peek') {
      if (by === -1) deeds.openScrollback();
    } else if (hit.on === 'request-text') deeds.scrollRequest(by * WHEEL_LINES);
    else if (place === 'diff') dispatch({type: 'diff', step: {do: 'walk', by: by * WHEEL_LINES}});
    else if (place === 'events') dispatch({type: 'move', by: by * WHEEL_LINES});
    else if (place !== 'fleet' || view !== 'tiles') dispatch({type: 'move-rows', by});
  }
}

/** Keys are commands, so that clicks are too: in typing mode all input is the agent's. */
export const pointerWanted = ({mode}: State): boolean => mode.kind === 'command';
