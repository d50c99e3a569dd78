import type {SessionView} from '../../domain/fleet.ts';
import {needsPerson} from '../attention.ts';
import {nextInNeed} from '../fleet-view.ts';
import {isSplit, nextSplit} from '../layout.ts';
import {selectedGroup} from '../listing.ts';
import {meantIds} from '../marks.ts';
import {currentLayout, type State, selectedSession, visibleSessions} from '../state.ts';
import type {Binding} from './binding.ts';

const noSelection = (state: State): string | null =>
  selectedSession(state) === null ? 'no session is selected' : null;

const notRunning = (state: State): string | null => {
  const session = selectedSession(state);
  if (session === null) return 'no session is selected';
  return session.running ? null : `${session.name} is not running (<start-stop> starts it)`;
};

/** Marks need no selection. */
const nobody = (state: State): string | null => (state.marks.length > 0 ? null : noSelection(state));

const isGone = (session: SessionView | null): boolean => session?.status === 'orphaned';
/** The marked ones, else the selected one. */
const meant = (state: State): SessionView[] => (state.sessions ?? []).filter(({id}) => meantIds(state).includes(id));
const count = ({marks}: State): string => (marks.length > 0 ? ` ${marks.length}` : '');
const gone = (state: State): string | null => {
  const sessions = meant(state);
  if (sessions.length === 0) return 'no session is selected';
  if (sessions.some(session => !isGone(session))) return null;
  return sessions.length === 1 ? 'its directory is gone' : 'their directories are gone';
};

const noneRuns = (state: State): string | null => {
  const sessions = meant(state);
  if (sessions.some(({running}) => running)) return null;
  if (sessions.length === 0) return 'no session is selected';
  return sessions.length === 1 ? `${sessions[0]!.name} is not running (<start-stop> starts it)` : 'none of them runs';
};

/** With how many of the marked ones it would be. */
const startOrStop = (state: State): string => {
  const sessions = meant(state);
  const running = sessions.filter(session => session.running).length;
  const verb = running > 0 ? 'stop' : 'start';
  return state.marks.length === 0 ? verb : `${verb} ${running > 0 ? running : sessions.length}`;
};

/** A phone has room for a list alone; tiles it shows one at a time. */
const hasCards = (state: State): boolean => currentLayout({...state, view: 'grid'}).kind !== 'list';

const none = (state: State): string | null => (visibleSessions(state).length > 0 ? null : 'there are no sessions');

/** What is done with sessions. */
export const sessionKeys: readonly Binding[] = [
  {
    id: 'send',
    keys: ['space'],
    where: ['fleet'],
    label: state => (state.marks.length > 0 ? `send to ${state.marks.length}` : 'send'),
    help: 'send text to the session, or to all marked ones',
    footer: 1,
    whyNot: nobody,
    run: deeds => deeds.openPrompt(),
  },
  {
    id: 'type',
    keys: ['i'],
    where: ['fleet'],
    label: 'type',
    help: 'typing mode: every key but one goes to the agent',
    footer: 2,
    whyNot: notRunning,
    run: deeds => deeds.startTyping(),
  },
  {
    id: 'attach',
    keys: ['enter'],
    where: ['fleet'],
    label: 'attach',
    help: "attach: the session's own terminal, full screen",
    footer: 3,
    when: state => selectedGroup(state) === null,
    whyNot: notRunning,
    run: deeds => deeds.attach(),
  },
  {
    id: 'next',
    keys: ['tab'],
    where: ['fleet'],
    label: 'next',
    help: 'to the next session that needs you',
    footer: 4,
    whyNot: state => (nextInNeed(state) === null ? 'nothing else needs you' : null),
    run: deeds => {
      const session = nextInNeed(deeds.state());
      if (session !== null) deeds.dispatch({type: 'select', session});
    },
  },
  {
    id: 'new',
    keys: ['n'],
    where: ['fleet'],
    label: 'new',
    help: 'make a session and start it',
    footer: 5,
    run: deeds => deeds.openNewSession(),
  },
  {
    id: 'start-stop',
    keys: ['s'],
    where: ['fleet'],
    label: startOrStop,
    help: 'start or stop the session, or all marked ones; asks before it stops one that works, or several',
    footer: 6,
    whyNot: gone,
    run: deeds => deeds.startOrStop(),
  },
  {
    id: 'fork',
    keys: ['f'],
    where: ['fleet'],
    label: 'fork',
    help: 'a second session with its conversation and changes, in a workspace of its own',
    footer: 6,
    whyNot: state => (isGone(selectedSession(state)) ? 'its directory is gone' : noSelection(state)),
    run: deeds => deeds.openFork(),
  },
  {
    id: 'restart',
    keys: ['r'],
    where: ['fleet'],
    label: state => `restart${count(state)}`,
    help: 'stop the session, if it runs, and start it; or all marked ones',
    footer: 10,
    whyNot: nobody,
    run: deeds => deeds.restart(),
  },
  {
    id: 'zoom',
    keys: ['z'],
    where: ['fleet'],
    label: state => (state.view === 'zoom' ? 'unzoom' : 'zoom'),
    help: "the session's screen at full width, and back",
    footer: 7,
    whyNot: noSelection,
    run: deeds => deeds.dispatch({type: 'view', view: deeds.state().view === 'zoom' ? 'cards' : 'zoom'}),
  },
  {
    id: 'split',
    keys: ['|'],
    where: ['fleet', 'scrollback'],
    label: 'split',
    help: 'give the list more room, less, and what it needs',
    footer: 14,
    whyNot: state => none(state) ?? (isSplit(currentLayout(state)) ? null : 'list and peek do not stand side by side'),
    run: ({state, dispatch}) => {
      const share = nextSplit(state().split, split => currentLayout({...state(), split}));
      dispatch({type: 'split', share});
    },
  },
  {
    id: 'grid',
    keys: ['v'],
    where: ['fleet'],
    label: state => (state.view === 'grid' ? 'peek' : 'grid'),
    help: 'all cards at full width, and back',
    footer: 8,
    whyNot: state => none(state) ?? (hasCards(state) ? null : 'the terminal is too narrow for cards'),
    run: deeds => deeds.dispatch({type: 'view', view: deeds.state().view === 'grid' ? 'cards' : 'grid'}),
  },
  {
    id: 'tiles',
    keys: ['V'],
    where: ['fleet'],
    label: state => (state.view === 'tiles' ? 'cards' : 'tiles'),
    help: 'the live screens of the marked sessions side by side, else of the first ones, and back',
    footer: 8,
    whyNot: none,
    run: deeds => deeds.dispatch({type: 'view', view: deeds.state().view === 'tiles' ? 'cards' : 'tiles'}),
  },
  {
    id: 'diff',
    keys: ['d'],
    where: ['fleet'],
    label: 'diff',
    help: 'what the session changed in its working tree, to read and to comment',
    footer: 9,
    when: state => (state.sessions ?? []).length > 0,
    whyNot: noSelection,
    run: deeds => deeds.openDiff(),
  },
  {
    id: 'model',
    keys: ['M'],
    where: ['fleet'],
    label: state => `model${count(state)}`,
    help: 'another model for the session, or for all marked ones',
    footer: 12,
    whyNot: nobody,
    run: deeds => deeds.openModel(),
  },
  {
    id: 'compact',
    keys: ['C'],
    where: ['fleet'],
    label: state => `compact${count(state)}`,
    help: 'make the conversation of the session shorter, or of all marked ones, at the next turn boundary',
    footer: 12.2,
    whyNot: noneRuns,
    run: deeds => deeds.compactThese(deeds.meant()),
  },
  {
    id: 'only-mine',
    keys: ['w'],
    where: ['fleet'],
    label: state => (state.onlyMine ? 'all' : 'needs me'),
    help: 'show only what needs you, and back to all',
    footer: 11,
    whyNot: state => (state.onlyMine || (state.sessions ?? []).some(needsPerson) ? null : 'nothing needs you'),
    run: deeds => deeds.dispatch({type: 'only-mine', on: !deeds.state().onlyMine}),
  },
];
