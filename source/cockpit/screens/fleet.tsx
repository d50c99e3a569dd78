import {Box} from 'ink';
import {heldCards} from '../board.ts';
import {plain} from '../draw/cells.ts';
import {fill, line, paint, type Span} from '../draw/spans.ts';
import {countText} from '../fleet-view.ts';
import type {Group} from '../grouping.ts';
import {type Keymap, keyOf} from '../keymap.ts';
import type {Layout} from '../layout.ts';
import {selectedGroup, visibleItems} from '../listing.ts';
import type {CockpitInfo} from '../options.ts';
import {cardsLines, listLines} from '../panes/cards.ts';
import {Pane} from '../panes/pane.tsx';
import {peekLines} from '../panes/peek.ts';
import {scrollbackLines} from '../panes/scrollback.ts';
import {welcomeLines} from '../panes/welcome.ts';
import {asksOf} from '../requests.ts';
import {type State, selectedSession, shownAt} from '../state.ts';
import type {Theme} from '../theme.ts';
import {TilesScreen} from './tiles.tsx';

export type FleetScreenProps = {
  state: State;
  theme: Theme;
  layout: Layout;
  info: CockpitInfo;
  keymap: Keymap;
};

/** Session cards beside, above or instead of the live peek. */
export function FleetScreen({state, theme, layout, info, keymap}: FleetScreenProps) {
  const {body} = layout;
  if (state.sessions === null || state.sessions.length === 0) {
    const answered = state.sessions !== null;
    const {agentsFound: agents, demoCommand} = info;
    const keys = {new: keyOf(keymap, 'new'), demo: keyOf(keymap, 'demo'), help: keyOf(keymap, 'help')};
    const lines = welcomeLines({theme, body, keys, agents, demo: state.demo, demoCommand, answered});
    return <Pane lines={lines} columns={body.cols} />;
  }
  if (layout.kind === 'tiles') return <TilesScreen {...{state, theme, layout}} />;
  const peek = layout.peek === null ? null : <Peek {...{state, theme, keymap}} size={layout.peek} />;
  const area = layout.cards;
  if (area === null) return peek;
  const cards = <Pane lines={listPart(state, {theme, layout, area})} columns={area.cols} />;
  if (layout.kind !== 'side') {
    return (
      <Box flexDirection="column">
        {cards}
        {peek}
      </Box>
    );
  }
  return (
    <Box columnGap={1}>
      {cards}
      {peek}
    </Box>
  );
}

type PeekProps = {state: State; theme: Theme; keymap: Keymap; size: NonNullable<Layout['peek']>};

function Peek({state, theme, size, keymap}: PeekProps) {
  if (state.scroll !== null) {
    return <Pane lines={scrollbackLines({theme, size, view: state.scroll})} columns={size.cols} />;
  }
  const session = selectedSession(state);
  const screen = session === null ? null : (state.screens.get(session.id) ?? null);
  const typing = state.mode.kind === 'typing' && state.mode.session === session?.id;
  const asked = session === null ? null : (asksOf(state.requests).get(session.id) ?? null);
  const stale = state.connection.kind === 'lost';
  const startKey = keyOf(keymap, 'start-stop');
  const group = selectedGroup(state);
  const empty = group === null ? undefined : groupText(group, keyOf(keymap, 'fold'));
  const lines = peekLines({theme, size, session, screen, typing, asked, stale, startKey, empty});
  return <Pane lines={lines} columns={size.cols} />;
}

function groupText({title, sessions, folded}: Group, key: string): string {
  const count = `${sessions.length} session${sessions.length === 1 ? '' : 's'}`;
  const does = folded ? 'shows them' : 'folds them';
  return `${plain(title)}: ${count}${key === '' ? '' : `; ${key} ${does}`}`;
}

type ListPart = {theme: Theme; layout: Layout; area: NonNullable<Layout['cards']>};

function listPart(state: State, {theme, layout, area}: ListPart): string[] {
  const sessions = visibleItems(state);
  const {top, selected, marks} = state;
  const now = shownAt(state);
  const asks = asksOf(state.requests);
  if (sessions.length === 0) return fill(emptyList(state, {theme, area}), area.rows, area.cols);
  const props = {theme, area, sessions, top, selected, marks, now, asks, holds: heldCards(state.board)};
  if (layout.kind === 'side' || layout.kind === 'grid') return cardsLines(props);
  const lines = listLines(props);
  if (layout.kind === 'stacked') return fill(lines, area.rows, area.cols);
  const more = countText(state, area);
  const stroke = (columns: number): Span => ['border', theme.shapes.rule.repeat(columns)];
  const below: Span[] =
    more === '' ? [stroke(area.cols)] : [stroke(area.cols - more.length - 4), ['dim', ` ${more} `], stroke(2)];
  return [paint(theme, [stroke(area.cols)]), ...fill(lines, area.rows - 2, area.cols), paint(theme, below)];
}

function emptyList(state: State, {theme, area}: {theme: Theme; area: {cols: number}}): string[] {
  const text = state.onlyMine && state.filter === '' ? 'nothing needs you' : `no session matches "${state.filter}"`;
  return [' '.repeat(area.cols), line(theme, area.cols, [['faint', `  ${text}`]])];
}
