import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {SessionView, StartInput} from '../domain/fleet.ts';
import {type Answers, answers} from './answers.ts';
import {type BoardDeeds, boardDeeds} from './board-deeds.ts';
import {type CompactDeeds, compactDeeds} from './compact-deeds.ts';
import type {Deed} from './dialogs.ts';
import {type DiffDeeds, diffDeeds} from './diff-deeds.ts';
import {type EventDeeds, eventDeeds} from './event-deeds.ts';
import {type FormDeeds, formDeeds} from './form-deeds.ts';
import {type Keymap, keymapOf} from './keymap.ts';
import {type ModelDeeds, modelDeeds} from './model-deeds.ts';
import type {CockpitOptions} from './options.ts';
import {type PaletteDeeds, paletteDeeds} from './palette-deeds.ts';
import {type PromptDeeds, promptDeeds} from './prompt-deeds.ts';
import {type ScheduleDeeds, scheduleDeeds} from './schedule-deeds.ts';
import {type ScrollDeeds, scrollDeeds} from './scroll-deeds.ts';
import {type SessionDeeds, sessionDeeds} from './session-deeds.ts';
import {type Action, type State, selectedSession} from './state.ts';
import type {Store} from './store.ts';
import {type ThemeDeeds, themeDeeds} from './theme-deeds.ts';
import type {Themes} from './themes.ts';

/** What keys can do besides changing the state: the cockpit's side of `Fleet`. */
export type Deeds = Answers &
  BoardDeeds &
  FormDeeds &
  DiffDeeds &
  EventDeeds &
  ScrollDeeds &
  ModelDeeds &
  CompactDeeds &
  PaletteDeeds &
  PromptDeeds &
  ScheduleDeeds &
  Omit<SessionDeeds, 'confirm'> &
  ThemeDeeds & {
    /** The keys as they count here. */
    keymap: Keymap;
    state: () => State;
    dispatch: (action: Action) => void;
    /** Stops the process until its shell goes on with it. */
    suspend: () => void;
    repaint: () => void;
    /** `of`: it only says why a key does nothing. */
    say: (message: string, hint?: string, of?: 'key') => void;
    fail: (error: unknown) => void;
    attach: () => void;
    startTyping: () => void;
    /** Stops what runs of the sessions that are meant; starts them where none does. */
    startOrStop: () => void;
    restart: () => void;
    /** Does what was asked about. */
    confirm: (deed: Deed) => void;
    demo: () => void;
  };

/** What the terminal's owner lends to the deeds. */
export type Terminal = {
  quit: () => void;
  stop: () => void;
  repaint: () => void;
  /** Past the picture: sequences that move nothing. */
  write: (sequence: string) => void;
  /** Gives the whole terminal away until `use` is done, then draws everything anew. */
  lend: (use: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  /** Drops what is typed until the first pause; `dropped`: for each piece of it. */
  hush: (dropped: () => void) => void;
};

export function createDeeds({
  store,
  options,
  themes,
  terminal,
}: {
  store: Store;
  options: CockpitOptions;
  themes: Themes;
  terminal: Terminal;
}): Deeds {
  const {fleet, clock} = options;
  const {dispatch, state} = store;
  const {keymap, problems} = keymapOf(options.keys.changes ?? {});

  const say = (message: string, hint = '', of?: 'key'): void =>
    dispatch({type: 'notice', notice: {kind: 'info', message, hint, at: clock(), ...(of && {of})}});

  const fail = (error: unknown): void => {
    const {message, hint} = asAmuxError(error);
    dispatch({type: 'notice', notice: {kind: 'error', message, hint, at: clock()}});
  };

  /** What of the configured keys does not hold: as notices, which Events keeps, and together where there are several. */
  const tellProblems = (problems: readonly string[]): void => {
    for (const message of problems) {
      dispatch({type: 'notice', notice: {kind: 'error', message, hint: 'keys in config.yaml', at: clock()}});
    }
    if (problems.length < 2) return;
    const title = `${problems.length} of your keys do not hold`;
    dispatch({type: 'dialog', dialog: {kind: 'message', title, text: problems.join('\n')}});
  };

  /** Says so when nothing can be done. */
  const isLost = (): boolean => {
    const lost = state().connection.kind === 'lost';
    if (lost) fail(new AmuxError('supervisor.lost'));
    return lost;
  };

  /** Runs in the background; what goes wrong becomes a notice. */
  const attempt = (work: () => Promise<unknown>): void => {
    if (!isLost()) void work().catch(fail);
  };

  const onSelected = (work: (session: SessionView) => Promise<unknown>): void => {
    const session = selectedSession(state());
    if (session !== null) attempt(() => work(session));
  };

  const lend = async (use: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    try {
      await terminal.lend(use);
    } finally {
      dispatch({type: 'anew', now: clock()});
    }
  };

  /** The run that was seen is over; false as well where nobody can tell. */
  const hasEnded = async ({id, pid}: SessionView): Promise<boolean> => {
    try {
      const {running, pid: own} = await fleet.session(id);
      return !running || own !== pid;
    } catch (error) {
      return asAmuxError(error).code === 'session.unknown';
    }
  };

  /** Of this terminal's variables only those go along that the session's profile names. */
  const callerEnv = async (session: string): Promise<Record<string, string>> => {
    const own = options.callerEnv ?? {};
    const named = (await fleet.variables({ref: session})).filter(name => Object.hasOwn(own, name));
    return Object.fromEntries(named.map(name => [name, own[name]!]));
  };
  const startInput = async (session: string, prompt?: string): Promise<StartInput> => {
    return {...(prompt === undefined ? {} : {prompt}), callerEnv: await callerEnv(session)};
  };
  const start = async (session: SessionView, prompt?: string) =>
    fleet.start(session.id, await startInput(session.id, prompt));
  const restart = async (session: SessionView) => fleet.restart(session.id, await startInput(session.id));
  const onSessions = sessionDeeds({fleet, store, clock, say, fail, attempt, isLost, start, restart});
  const {goTo, send} = onSessions;
  const prompts = promptDeeds({store, sendTo: onSessions.sendTo, isLost});
  const schedules = scheduleDeeds({fleet, store, say, attempt, isLost});

  const deeds: Deeds = {
    keymap,
    state,
    dispatch,
    suspend: terminal.stop,
    repaint: terminal.repaint,
    say,
    fail,
    attach: () =>
      onSelected(async session => {
        const plan = await fleet.attach(session.id);
        await lend(async signal => {
          await options.attach(plan, signal);
          if (signal.aborted || !(await hasEnded(session))) return;
          terminal.hush(() => say(`${session.name} has ended: what was still typed went nowhere`));
        });
      }),
    startTyping: () => {
      const session = selectedSession(state());
      if (session !== null && !isLost()) dispatch({type: 'mode', mode: {kind: 'typing', session: session.id}});
    },
    startOrStop: () => {
      const ids = onSessions.meant();
      const runs = state().sessions?.some(({id, running}) => running && ids.includes(id)) === true;
      if (runs) onSessions.stopThese(ids);
      else onSessions.startThese(ids);
    },
    restart: () => onSessions.restartThese(onSessions.meant()),
    ...onSessions,
    ...schedules,
    confirm: deed => {
      if (deed.do === 'leave') terminal.quit();
      else if (deed.do === 'unschedule') schedules.removeSchedule(deed.schedule);
      else onSessions.confirm(deed);
    },
    ...prompts,
    ...paletteDeeds({store, say, deeds: () => deeds}),
    ...answers({fleet, store, clock, say, attempt, isLost, goTo, keymap, keepText: prompts.keepText}),
    ...eventDeeds({store}),
    ...diffDeeds({fleet, store, say, fail, isLost, send, quit: terminal.quit}),
    ...themeDeeds({themes, say}),
    ...scrollDeeds({fleet, store, options, write: terminal.write, lend, say, fail, isLost}),
    ...modelDeeds({fleet, store, say, attempt, isLost}),
    ...compactDeeds({fleet, store, say, attempt}),
    ...boardDeeds({fleet, store, edit: options.edit, lend, say, fail, isLost, goTo}),
    ...formDeeds({store, options, fleet, clock, say, fail, attempt, goTo, start: onSessions.startNew, callerEnv}),
    demo: () => attempt(async () => await lend(async signal => await options.demo?.(signal))),
  };
  tellProblems(problems);
  return deeds;
}
