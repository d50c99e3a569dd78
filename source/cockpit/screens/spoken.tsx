import {Box, Text} from 'ink';
import {type ReactNode, useEffect, useRef, useState} from 'react';
import type {SessionView} from '../../domain/fleet.ts';
import type {Hint} from '../draw/hints.ts';
import {type Keymap, tabKey, tabs} from '../keymap.ts';
import type {Layout} from '../layout.ts';
import {visibleItems} from '../listing.ts';
import type {CockpitInfo} from '../options.ts';
import {spokenChanges, spokenHeader, spokenHints, spokenNotice, spokenSessions} from '../panes/spoken.ts';
import type {State} from '../state.ts';

/** Lines of header, keys, announcement and notice. */
const OTHER_ROWS = 6;

export type SpokenScreenProps = {
  state: State;
  layout: Layout;
  info: CockpitInfo;
  hints: readonly Hint[];
  keymap: Keymap;
  /** The text that is being written, with what it is for; null: none is. */
  writing: string | null;
  /** What lies over the screen; null: nothing. */
  dialog: ReactNode;
  /** Any other screen than the list of sessions. */
  screen: ReactNode;
};

/** The cockpit for a screen reader: plain lines, one below the other, what has changed as the last of them. */
export function SpokenScreen({state, layout, info, hints, keymap, writing, dialog, screen}: SpokenScreenProps) {
  const said = useChanges(state.sessions);
  const {place, connection, requests, sessions, selected, marks, notice, size} = state;
  const header = spokenHeader({
    sessions,
    connection,
    mode: info.mode,
    tabs: tabs.map(tab => ({
      ...tab,
      key: tabKey(keymap, tab),
      count: tab.place === 'approvals' ? requests.open.length : 0,
      here: tab.place === place,
    })),
  });
  const rows = Math.max(1, size.rows - OTHER_ROWS);
  const listed = place === 'fleet' && layout.cards !== null && sessions !== null && sessions.length > 0;
  const list = listed ? spokenSessions({sessions: visibleItems(state), selected, marks, rows}) : null;
  const last = [writing ?? spokenHints(hints), said, notice === null ? '' : spokenNotice(notice)];
  return (
    <Box flexDirection="column">
      <Text>{header.join('\n')}</Text>
      {dialog ?? (list === null ? screen : <Text>{list.join('\n')}</Text>)}
      <Text>{last.filter(line => line !== '').join('\n')}</Text>
    </Box>
  );
}

/** What changed last. */
function useChanges(sessions: readonly SessionView[] | null): string {
  const before = useRef<readonly SessionView[] | null>(null);
  const [said, say] = useState('');
  useEffect(() => {
    const changes = before.current === null || sessions === null ? '' : spokenChanges(before.current, sessions);
    before.current = sessions;
    if (changes !== '') say(changes);
  }, [sessions]);
  return said;
}
