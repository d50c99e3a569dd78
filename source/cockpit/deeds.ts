import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {SessionView, StartInput} from '../domain/fleet.ts';
import {type Answers, answers} from './answers.ts';
import {moodOf} from './attention.ts';
import {type BoardDeeds, boardDeeds} from './board-deeds.ts';
import type {Deed} from './dialogs.ts';
import {type DiffDeeds, diffDeeds} from './diff-deeds.ts';
import {type EventDeeds, eventDeeds} from './event-deeds.ts';
import {type FormDeeds, formDeeds} from './form-deeds.ts';
import {helpBindings, whyDisabled} from './keymap.ts';
import {type ModelDeeds, modelDeeds} from './model-deeds.ts';
import type {CockpitOptions} from './options.ts';
import {type ScrollDeeds, scrollDeeds} from './scroll-deeds.ts';
import {type Action, type State, selectedSession} from './state.ts';
import type {Store} from './store.ts';
import {fieldOf} from './text-field.ts';
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
  ThemeDeeds & {
    state: () => State;
    dispatch: (action: Action) => void;
    quit: () => void;
    /** Stops the process until its shell goes on with it. */
    suspend: () => void;
    repaint: () => void;
    say: (message: string, hint?: string) => void;
    fail: (error: unknown) => void;
    attach: () => void;
    startTyping: () => void;
    /** Starts what is stopped, stops what runs; asks before it stops what works. */
    startOrStop: () => void;
    restart: () => void;
    openPrompt: () => void;
    sendPrompt: () => void;
    confirm: (deed: Deed) => void;
    demo: () => void;
    /** Moves the choice in the help. */
    choose: (by: number) => void;
    /** Closes the help and does what its chosen line says. */
    runChosen: () => void;
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

  const say = (message: string, hint = ''): void =>
    dispatch({type: 'notice', notice: {kind: 'info', message, hint, at: clock()}});

  const fail = (error: unknown): void => {
    const {message, hint} = asAmuxError(error);
    dispatch({type: 'notice', notice: {kind: 'error', message, hint, at: clock()}});
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

  /** Stopping may take seconds: a notice stands for as long, and the same session is not asked twice at once. */
  const underWay = new Map<string, {doing: string; notice: State['notice']}>();
  const lengthy = async (doing: string, session: SessionView, work: () => Promise<unknown>): Promise<void> => {
    const already = underWay.get(session.id);
    say(already === undefined ? `${doing} ${session.name}` : `${session.name}: still ${already.doing}`);
    const {notice} = state();
    if (already !== undefined) {
      already.notice = notice;
      return;
    }
    const mine = {doing, notice};
    underWay.set(session.id, mine);
    try {
      await work();
    } finally {
      underWay.delete(session.id);
      if (state().notice === mine.notice) dispatch({type: 'notice-read'});
    }
  };
  const stop = (session: SessionView) => lengthy('stopping', session, () => fleet.stop(session.id));

  const lend = async (use: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    try {
      await terminal.lend(use);
    } finally {
      dispatch({type: 'anew', now: clock()});
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
  const start = (session: SessionView, prompt?: string) =>
    lengthy('starting', session, async () => fleet.start(session.id, await startInput(session.id, prompt)));

  const deeds: Deeds = {
    state,
    dispatch,
    quit: terminal.quit,
    suspend: terminal.stop,
    repaint: terminal.repaint,
    say,
    fail,
    attach: () =>
      onSelected(async session => {
        const plan = await fleet.attach(session.id);
        await lend(signal => options.attach(plan, signal));
      }),
    startTyping: () => {
      const session = selectedSession(state());
      if (session !== null && !isLost()) dispatch({type: 'mode', mode: {kind: 'typing', session: session.id}});
    },
    startOrStop: () =>
      onSelected(async session => {
        if (!session.running) {
          return await start(session);
        }
        if (moodOf(session) !== 'working') return await stop(session);
        return dispatch({type: 'dialog', dialog: confirmStop(session)});
      }),
    restart: () =>
      onSelected(session =>
        lengthy('restarting', session, async () => fleet.restart(session.id, await startInput(session.id))),
      ),
    openPrompt: () => {
      const {marks, selected} = state();
      const to = marks.length > 0 ? marks : selected === null ? [] : [selected];
      dispatch({type: 'dialog', dialog: {kind: 'prompt', to, field: fieldOf()}});
    },
    sendPrompt: () => {
      const {dialog} = state();
      if (dialog.kind !== 'prompt' || isLost()) return; // The text stays.
      dispatch({type: 'dialog', dialog: {kind: 'none'}});
      if (dialog.field.text.trim() === '') return;
      for (const ref of dialog.to) {
        attempt(async () => {
          const sent = await fleet.send(ref, {text: dialog.field.text});
          const name = state().sessions?.find(session => session.id === ref)?.name ?? ref;
          say(`${name}: ${sent.state}`, sent.reason);
        });
      }
    },
    ...answers({fleet, store, clock, say, attempt, isLost}),
    ...eventDeeds({store}),
    ...diffDeeds({fleet, store, say, fail, isLost}),
    ...themeDeeds({themes, say}),
    ...scrollDeeds({fleet, store, options, write: terminal.write, lend, say, fail, isLost}),
    ...modelDeeds({fleet, store, say, attempt, isLost}),
    ...boardDeeds({fleet, store, edit: options.edit, lend, say, fail, isLost}),
    ...formDeeds({store, options, fleet, clock, say, attempt, start, callerEnv}),
    confirm: deed => {
      dispatch({type: 'dialog', dialog: {kind: 'none'}});
      const session = state().sessions?.find(({id}) => id === deed.session);
      if (session !== undefined) attempt(() => stop(session));
    },
    demo: () => attempt(async () => await lend(async signal => await options.demo?.(signal))),
    choose: by => {
      const {dialog} = state();
      if (dialog.kind !== 'help') return;
      const last = helpBindings(state()).length - 1;
      dispatch({type: 'dialog-step', step: {kind: 'choose', at: Math.max(0, Math.min(last, dialog.at + by))}});
    },
    runChosen: () => {
      const {dialog} = state();
      if (dialog.kind !== 'help') return;
      const chosen = helpBindings(state())[dialog.at];
      const why = chosen === undefined ? null : whyDisabled(chosen, state());
      if (chosen === undefined) return;
      if (why !== null) return say(`${chosen.help}: ${why}`);
      dispatch({type: 'dialog', dialog: {kind: 'none'}});
      chosen.run(deeds);
    },
  };
  return deeds;
}

function confirmStop(session: SessionView) {
  return {
    kind: 'confirm',
    question: `Stop ${session.name}?`,
    detail: 'It is working. Its process tree ends; the conversation stays with the agent.',
    yes: 'stop it',
    deed: {do: 'stop', session: session.id},
  } as const;
}
