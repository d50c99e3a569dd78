import {Box, type SuspendTerminal, useApp, useInput, useIsScreenReaderEnabled, usePaste} from 'ink';
import {useEffect, useSyncExternalStore} from 'react';
import type {Deeds} from './deeds.ts';
import {type DeliveryLine, deliveryLine} from './deliveries.ts';
import type {Spot} from './diff-rows.ts';
import {cut, plain} from './draw/cells.ts';
import type {Hint} from './draw/hints.ts';
import {fill, line, type Span} from './draw/spans.ts';
import {countText} from './fleet-view.ts';
import {useClock} from './hooks/use-clock.ts';
import {useCommands} from './hooks/use-commands.ts';
import {type Source, useFleet} from './hooks/use-fleet.ts';
import {useJournal} from './hooks/use-journal.ts';
import {useScreen} from './hooks/use-screen.ts';
import {useSeen} from './hooks/use-seen.ts';
import {useSizes} from './hooks/use-sizes.ts';
import {useTitle} from './hooks/use-title.ts';
import {useTokens} from './hooks/use-tokens.ts';
import {keyName} from './key-names.ts';
import {footerBindings, type Keymap, keyOf, labelOf, paste, press, tabKey, tabs} from './keymap.ts';
import {type Layout, MIN_COLS, MIN_ROWS} from './layout.ts';
import type {CockpitInfo} from './options.ts';
import {footerLines} from './panes/footer.ts';
import {headerLines} from './panes/header.ts';
import {Overlay, Pane} from './panes/pane.tsx';
import {ApprovalsScreen} from './screens/approvals.tsx';
import {BoardScreen} from './screens/board.tsx';
import {DialogLayer, paneOf} from './screens/dialog.tsx';
import {DiffScreen} from './screens/diff.tsx';
import {EventsScreen} from './screens/events.tsx';
import {FleetScreen} from './screens/fleet.tsx';
import {SpokenScreen} from './screens/spoken.tsx';
import {TokensScreen} from './screens/tokens.tsx';
import {filterOf} from './session-filter.ts';
import {currentLayout, type State} from './state.ts';
import {spokenTheme, type Theme} from './theme.ts';
import type {Themes} from './themes.ts';

export type AppProps = {
  source: Source;
  deeds: Deeds;
  themes: Themes;
  info: CockpitInfo;
  leaveKey: string;
  setTitle: (title: string) => void;
  /** Ink tells only components how the terminal is given away. */
  onSuspend: (suspend: SuspendTerminal) => void;
};

/** The whole cockpit: subscribes to its data and keys, and puts the panes in their places. */
export function App({source, deeds, themes, info, leaveKey, setTitle, onSuspend}: AppProps) {
  const {store, clock} = source;
  const state = useSyncExternalStore(store.subscribe, store.seen);
  const shown = useSyncExternalStore(themes.subscribe, themes.current);
  const theme = useIsScreenReaderEnabled() ? spokenTheme : shown;
  const {suspendTerminal} = useApp();
  useEffect(() => {
    onSuspend(suspendTerminal);
  }, [onSuspend, suspendTerminal]);
  useFleet(source);
  useScreen(source, state);
  useSizes(source, {state, follows: info.mode !== 'remote'});
  useSeen(source, state);
  useJournal(source, state);
  useTokens(source, state);
  useCommands(source, state);
  useClock(source, state);
  useTitle({state, theme: shown, write: setTitle});
  useInput((input, key) => {
    const typed = key.ctrl || key.meta || key.tab || key.return || key.escape ? '' : input;
    press({name: keyName(input, key), text: typed, deeds, now: clock()});
  });
  usePaste(text => paste(text, deeds));
  return <Frame {...{state, theme, info, leaveKey}} keymap={deeds.keymap} />;
}

/** Columns of what is only heard: below where things stand side by side. */
const SPOKEN_COLS = 99;

type FrameProps = {state: State; theme: Theme; info: CockpitInfo; leaveKey: string; keymap: Keymap};

/** Pure: one state, one picture. A new epoch draws all of it again. */
export function Frame({state, theme, info, leaveKey, keymap}: FrameProps) {
  const layout = currentLayout(state);
  const {cols, rows} = state.size;
  const isSpoken = useIsScreenReaderEnabled();
  if (layout.kind === 'too-small') return <TooSmall {...{theme, cols, rows}} />;
  const hints = footerBindings(state, keymap).map(
    (binding): Hint => ({
      id: binding.id,
      key: binding.footerKey?.(state) ?? binding.keys[0]!,
      label: labelOf(binding, state),
    }),
  );
  if (isSpoken) {
    // The terminal wraps what is said: only what stands beside each other has to be kept apart.
    const roomy = {...layout, body: {...layout.body, cols: SPOKEN_COLS}};
    const own = state.place === 'events' || state.place === 'diff' ? roomy : layout;
    const isWriting = writingOf(state, {theme, rows: 1}) !== null;
    const said = isWriting || state.mode.kind === 'typing' ? footerOf(state, {theme, hints, leaveKey, layout}) : null;
    return (
      <SpokenScreen
        {...{state, layout, info, hints, keymap}}
        writing={said === null ? null : said.map(each => each.trim()).join(' ')}
        dialog={
          paneOf({state, theme, layout: roomy, hints, keymap}) === null ? null : (
            <DialogLayer {...{state, theme, layout: roomy, hints, keymap}} />
          )
        }
        screen={<Screen {...{state, theme, layout: own, info, keymap}} />}
      />
    );
  }
  const footer = footerOf(state, {theme, hints, leaveKey, layout});
  return (
    <Box key={state.epoch} flexDirection="column" width={cols} height={rows}>
      <Pane lines={headerOf(state, {theme, info, layout, keymap})} columns={cols} />
      <Screen {...{state, theme, layout, info, keymap}} />
      <Pane lines={[footer.at(-1)!]} columns={cols} />
      {footer.length > 1 && <Overlay lines={footer.slice(0, -1)} columns={cols} x={0} y={rows - footer.length} />}
      <DialogLayer {...{state, theme, layout, hints, keymap}} />
    </Box>
  );
}

type ScreenProps = Omit<FrameProps, 'leaveKey'> & {layout: Layout};

function Screen({state, theme, layout, info, keymap}: ScreenProps) {
  switch (state.place) {
    case 'fleet':
    case 'scrollback':
      return <FleetScreen {...{state, theme, layout, info, keymap}} />;
    case 'board':
      return <BoardScreen {...{state, theme, layout, keymap}} />;
    case 'approvals':
      return <ApprovalsScreen {...{state, theme, layout, keymap}} />;
    case 'tokens':
      return <TokensScreen {...{state, theme, layout}} />;
    case 'events':
      return <EventsScreen {...{state, theme, layout}} />;
    case 'diff':
      return <DiffScreen {...{state, theme, layout}} />;
  }
}

function headerOf(state: State, {theme, info, layout, keymap}: Omit<ScreenProps, 'state'>): string[] {
  const {sessions, now, connection, place, requests, spend} = state;
  const rows = layout.headerRows;
  return headerLines({
    theme,
    columns: state.size.cols,
    rows,
    sessions,
    now,
    mode: info.mode,
    host: info.host,
    connection,
    spend,
    tabs: tabs.map(tab => ({
      ...tab,
      key: tabKey(keymap, tab),
      count: tab.place === 'approvals' ? requests.open.length : 0,
    })),
    place: place === 'scrollback' ? 'fleet' : place,
    narrowed: narrowedList(state),
    about: aboutList(state, {layout, keymap, theme}),
  });
}

/** What is listed, and what is meant, where that is not all. */
function narrowedList(state: State): Span[] {
  const {place, marks, board, onlyMine} = state;
  const isFleet = place === 'fleet' || place === 'scrollback';
  if (!isFleet && place !== 'board' && place !== 'events') return [];
  const filter = filterOf(state);
  const spans: Span[] = filter === '' ? [] : [['attention', `/ ${plain(filter)}`]];
  if (isFleet && onlyMine) spans.push(['attention', 'only what needs me']);
  const marked = isFleet ? marks.length : place === 'board' ? board.marks.length : 0;
  if (marked > 0) spans.push(['mark', `${marked} marked`]);
  return spans;
}

function aboutList(state: State, {layout, keymap, theme}: Pick<ScreenProps, 'layout' | 'keymap' | 'theme'>): Span[] {
  const {place, reading, grouping} = state;
  const spans: Span[] = state.connection.kind === 'lost' ? [['attention', 'stale']] : [];
  if (place === 'events') {
    if (reading.list === 'commands') spans.push(['attention', 'external commands']);
    if (reading.chosen !== null) spans.push(['dim', `${keyOf(keymap, 'last')} follows`]);
  }
  if (place !== 'fleet' && place !== 'scrollback') return spans;
  // While the footer tells of it, once is enough.
  const sent = state.notice?.follows === undefined ? deliveryLine(state.deliveries) : null;
  if (sent !== null) spans.push(deliverySpan(sent, theme));
  if (grouping.by !== 'none') spans.push(['dim', `by ${grouping.by}`]);
  const count = countText(state, layout.cards);
  return count === '' ? spans : [...spans, ['dim', count]];
}

type Typing = Extract<State['mode'], {kind: 'typing'}>;
type FooterParts = {theme: Theme; hints: readonly Hint[]; leaveKey: string; layout: Layout};

function footerOf(state: State, {theme, hints, leaveKey, layout}: FooterParts): string[] {
  const {mode, notice} = state;
  const typingTo = mode.kind === 'typing' ? typedInto(mode, id => nameIn(state, id)) : null;
  const columns = state.size.cols;
  const rows = Math.min(WRITING_ROWS, Math.floor(layout.body.rows / 2));
  const writing = writingOf(state, {theme, rows});
  return footerLines({theme, columns, hints, typingTo, leaveKey, notice, writing});
}

const typedInto = ({session, removed}: Typing, nameOf: (id: string) => string): string =>
  removed === undefined ? nameOf(session) : `${removed} (removed)`;

const nameIn = ({sessions}: State, id: string): string => sessions?.find(session => session.id === id)?.name ?? id;

function deliverySpan({look, text}: DeliveryLine, {shapes}: Theme): Span {
  if (look === 'done') return ['finished', `${shapes.finished} ${plain(text)}`];
  return look === 'bad' ? ['failed', `${shapes.failed} ${plain(text)}`] : ['dim', `${shapes.arrow} ${plain(text)}`];
}

/** A text of more lines than this scrolls. */
const WRITING_ROWS = 10;

type Writing = {theme: Theme; rows: number};

function writingOf(state: State, {theme, rows}: Writing) {
  const {dialog} = state;
  if (dialog.kind === 'card-title') return {label: dialog.card ?? `new in ${dialog.column}`, field: dialog.field};
  if (dialog.kind === 'comment') return {label: spotText(dialog.spot), field: dialog.field, rows};
  if (dialog.kind === 'search') return {label: 'search', field: dialog.field};
  if (dialog.kind === 'filter') return {label: 'filter', field: dialog.field};
  if (dialog.kind === 'reply') {
    return {label: `${dialog.says} ${theme.shapes.arrow} ${plain(dialog.session)}`, field: dialog.field, rows};
  }
  if (dialog.kind !== 'prompt' && dialog.kind !== 'tags') return null;
  const to = plain(meantBy(dialog.to, state));
  if (dialog.kind === 'tags') return {label: `tags of ${to}`, field: dialog.field, placeholder: '+urgent -later'};
  return {label: `${theme.shapes.arrow} ${to}${dialog.now ? ' now' : ''}`, field: dialog.field, rows};
}

/** Whom a text goes to, as far as they are still there. */
function meantBy(ids: readonly string[], {sessions}: State): string {
  const there = (sessions ?? []).filter(({id}) => ids.includes(id));
  const gone = ids.length - there.length;
  if (ids.length === 1) return there[0]?.name ?? 'nobody (removed)';
  return `${there.length} marked${gone === 0 ? '' : ` (${gone} removed)`}`;
}

/** The end of a path says more than its beginning. */
function spotText({path, at}: Spot): string {
  const name = plain(path.split('/').at(-1) ?? path);
  return at === null ? cut(name, 24) : `${cut(name, 20)}:${at}`;
}

function TooSmall({theme, cols, rows}: {theme: Theme; cols: number; rows: number}) {
  const {times} = theme.shapes;
  const texts = [`amux needs ${MIN_COLS}${times}${MIN_ROWS}`, `this is ${cols}${times}${rows}`];
  const lines = texts.map((text, i) => line(theme, cols, [[i === 0 ? 'strong' : 'dim', text]]));
  return <Pane lines={fill(lines, rows, cols)} columns={cols} />;
}
