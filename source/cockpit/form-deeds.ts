import {budgetText, shareText} from '../domain/budget.ts';
import {asAmuxError} from '../domain/errors.ts';
import type {Fleet, SessionView, StartInput} from '../domain/fleet.ts';
import {budgetFaults, budgetForm, budgetInput} from './budget-form.ts';
import {forkFaults, forkForm, forkInput, whatToDecide} from './fork-session.ts';
import type {FormStep} from './form.ts';
import {formOffers} from './form-offers.ts';
import {newSessionFaults, newSessionForm, registerInput} from './new-session.ts';
import type {CockpitOptions} from './options.ts';
import {selectedSession} from './state.ts';
import type {Store} from './store.ts';

/** What forms do. */
export type FormDeeds = {
  openNewSession: () => void;
  /** A form for a second session from the selected one. */
  openFork: () => void;
  /** A form for a budget, of the chosen row of the Tokens screen. */
  openBudget: () => void;
  /** A step in the open form. */
  stepForm: (step: FormStep) => void;
  /** After the open form was written in. */
  formWritten: () => void;
  /** Asks the supervisor for what the open form says. */
  submitForm: () => void;
};

type Parts = {
  store: Store;
  options: CockpitOptions;
  fleet: Fleet;
  clock: () => number;
  say: (message: string, hint?: string) => void;
  fail: (error: unknown) => void;
  attempt: (work: () => Promise<unknown>) => void;
  goTo: (session: string) => void;
  start: (session: SessionView, prompt?: string) => Promise<void>;
  /** Of this terminal's variables those that the profile of a session names. */
  callerEnv: (session: string) => Promise<NonNullable<StartInput['callerEnv']>>;
};

export function formDeeds({
  store,
  options,
  fleet,
  clock,
  say,
  fail,
  attempt,
  goTo,
  start,
  callerEnv,
}: Parts): FormDeeds {
  const {dispatch, state} = store;
  const dir = options.cwd === undefined ? process.cwd() : options.cwd;
  const home = dir === null ? undefined : options.env?.['HOME'];
  const offers = formOffers({fleet, store, home, cwd: dir, read: options.directories ?? null});
  const step = (form: FormStep): void => dispatch({type: 'dialog-step', step: {kind: 'form', step: form}});
  const taken = (): string[] => (state().sessions ?? []).map(({name}) => name);

  /** One at a time; false when something stands against it. */
  const begins = (faults: Partial<Record<string, string>>): boolean => {
    const [fault] = Object.values(faults);
    step(fault === undefined ? {do: 'busy'} : {do: 'refused', message: fault, hint: ''});
    return fault === undefined;
  };

  /** The new session is listed before it is selected. */
  const show = async (id: string): Promise<void> => {
    if (['new-session', 'fork'].includes(state().dialog.kind)) dispatch({type: 'dialog', dialog: {kind: 'none'}});
    dispatch({type: 'sessions', sessions: await fleet.sessions(), now: clock()});
    goTo(id);
  };

  const createSession = async (): Promise<void> => {
    const {dialog} = state();
    if (dialog.kind !== 'new-session' || dialog.form.busy || !begins(newSessionFaults(dialog.form, taken()))) return;
    const {input, prompt} = registerInput(dialog.form, home);
    let made: SessionView;
    try {
      made = await fleet.register(input);
    } catch (error) {
      const {message, hint} = asAmuxError(error);
      return step({do: 'refused', message, hint});
    }
    await show(made.id);
    await start(made, prompt);
  };

  const fork = async (): Promise<void> => {
    const {dialog} = state();
    if (dialog.kind !== 'fork' || dialog.form.busy || !begins(forkFaults(dialog.form, taken()))) return;
    const {of, form} = dialog;
    try {
      const made = await fleet.fork(of, {...forkInput(form), callerEnv: await callerEnv(of)});
      await show(made.id);
      if (made.notice !== null) say(`${made.name}: ${made.notice}`);
    } catch (error) {
      const known = asAmuxError(error);
      // The person has closed it meanwhile: said as anything else that went wrong.
      if (state().dialog.kind !== 'fork') throw known;
      step({do: 'refused', ...whatToDecide(known)});
    }
  };

  const setBudget = async (): Promise<void> => {
    const {dialog} = state();
    if (dialog.kind !== 'budget' || dialog.form.busy || !begins(budgetFaults(dialog.form))) return;
    const {input, id} = budgetInput(dialog.form);
    try {
      if (input === null) await fleet.removeBudget(id);
      const made = input === null ? null : await fleet.setBudget(input);
      if (state().dialog.kind === 'budget') dispatch({type: 'dialog', dialog: {kind: 'none'}});
      say(made === null ? `${id}: no budget any more` : `${budgetText(made)}: ${shareText(made.percent)} is used`);
      dispatch({type: 'tokens', step: {do: 'stale'}});
    } catch (error) {
      const {message, hint} = asAmuxError(error);
      step({do: 'refused', message, hint});
    }
  };
  const submits = {'new-session': createSession, fork, budget: setBudget};

  return {
    openNewSession: () => {
      const {agentsFound, anyCommand} = options.info;
      const agents = [...agentsFound, ...(anyCommand === undefined ? [] : [{name: anyCommand, version: null}])];
      const form = newSessionForm({agents, dir});
      dispatch({type: 'dialog', dialog: {kind: 'new-session', form}});
      offers.opened();
    },
    openFork: () => {
      const session = selectedSession(state());
      if (session !== null) dispatch({type: 'dialog', dialog: {kind: 'fork', of: session.id, form: forkForm(session)}});
    },
    openBudget: () => dispatch({type: 'dialog', dialog: {kind: 'budget', form: budgetForm(state())}}),
    stepForm: form => {
      step(form);
      void offers.refresh().catch(fail);
    },
    formWritten: () => void offers.refresh().catch(fail),
    submitForm: () => {
      const {kind} = state().dialog;
      if (kind in submits) attempt(submits[kind as keyof typeof submits]);
    },
  };
}
