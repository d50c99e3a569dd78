import {AmuxError} from './errors.ts';
import {isBetween, type Session} from './session.ts';

/** A model's name is one argument of a command line, in characters. */
const MODEL_MAX = 200;
/** What people write for "none of its own". */
export const DEFAULT_MODEL = 'default';

/** While the process of a session is exchanged for one with another model. */
export type Exchange = {
  /** The session's own model before: it goes back to that when its agent refuses the new one. */
  from: string | null;
  /** Its conversation, which goes on, or which it is forked from; null: there is none yet. */
  conversation: {id: string; fork: boolean} | null;
  /** The run whose end does not count: the one that is exchanged, later the one that refused. */
  run: string;
  /** It is on its way back. */
  back: boolean;
  /** Of its terminal; null: not known. */
  size: {cols: number; rows: number} | null;
};

/** `model` null: its agent's default. */
export type Refused = {model: string | null; why: string};

/**
 * `launched`: its process was launched with it. `verified`: and its agent has said so since. `waiting`: for its turn
 * boundary. `switching`: its process is being exchanged. `next start`: it does not run. `refused`: it goes on with the
 * model before.
 */
export type ModelState = 'launched' | 'verified' | 'waiting' | 'switching' | 'next start' | 'refused';

/** What a session runs, beside the model that it is to have. */
export type ModelView = {
  state: ModelState;
  /** What its process was launched with; null: its agent's default, or it does not run. */
  launched: string | null;
  /** What its agent says it runs; null: it has not said so in this run. */
  said: string | null;
  reason: string;
};

/** The name as it is stored; null takes the model away. Throws `input.invalid`. */
export function modelNamed(text: string | null): string | null {
  const model = text?.trim() ?? null;
  if (model === null || model === DEFAULT_MODEL) return null;
  const why = faultOf(model);
  if (why === null) return model;
  throw new AmuxError('input.invalid', {why, next: 'name it as its agent does, such as "opus", or "default" for none'});
}

function faultOf(model: string): string | null {
  if (model === '') return 'the model has no name';
  if (model.length > MODEL_MAX) return `the name of a model has at most ${MODEL_MAX} characters`;
  // Its agent would read it as an option.
  if (model.startsWith('-')) return `"${model}" is not a model: it begins with a dash`;
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(model) ? 'the name of a model is one line without control characters' : null;
}

/** Its process runs another model than it is to have. A profile that was edited counts from the next start. */
export function wantsOther({model, run, wanted}: Pick<Session, 'model' | 'run' | 'wanted'>): boolean {
  if (run === null || run.model === undefined || !wanted) return false;
  return model === null ? (run.ownModel ?? null) !== null : model !== run.model;
}

/**
 * A turn boundary at which its process may be exchanged. One that stands at a limit or a full context may get a model
 * that has neither; what waits for an answer waits on.
 */
export function maySwitch({status, requests, signals, activity, waitingFor, exchange, watch}: Session): boolean {
  if (status !== 'running' || requests.length > 0 || exchange !== null || watch.cut !== null) return false;
  if (signals.screen?.reading.dialog === true) return false;
  if (activity === 'waiting') return ['error', 'limit', 'context'].includes(waitingFor?.kind ?? '');
  return activity === 'idle' || activity === 'finished';
}

/** Between two processes for the sake of its model. */
export const isSwitching = (session: Session): boolean => session.exchange !== null && isBetween(session);

/** How its model stands. */
export function modelView(session: Session): ModelView {
  const {run, status} = session;
  const live = status === 'starting' || status === 'running';
  const of = live && run !== null && run.endedAt === null ? run : null;
  const view = {launched: of?.model ?? null, said: of?.saidModel ?? null};
  return {...view, ...standing(session, {live, ...view})};
}

type Standing = Pick<ModelView, 'state' | 'reason'>;

function standing(
  session: Session,
  {live, launched, said}: {live: boolean; launched: string | null; said: string | null},
): Standing {
  const {refused, exchange} = session;
  if (refused !== null) return {state: 'refused', reason: refused.why};
  if (!live) return {state: 'next start', reason: 'it does not run: this holds from its next start'};
  if (exchange !== null) return {state: 'switching', reason: 'its process is restarted with its conversation'};
  if (wantsOther(session)) return {state: 'waiting', reason: waitsFor(session)};
  if (said === null) return {state: 'launched', reason: 'its agent has not said yet which model it runs'};
  if (launched === null || isCalled(said, launched))
    return {state: 'verified', reason: `its agent says that it runs ${said}`};
  return {state: 'launched', reason: `its agent says that it runs ${said}`};
}

function waitsFor(session: Session): string {
  const {status, activity, waitingFor, signals} = session;
  if (status === 'starting') return 'waits until it is up';
  if (activity === 'waiting' && !maySwitch(session)) return `waits for a person: ${waitingFor?.detail ?? 'a dialog'}`;
  if (activity === 'working') return 'waits for the end of its turn';
  const reading = signals.screen?.reading;
  if (reading?.dialog === true) return 'waits: a dialog is open';
  return reading?.composer === false ? 'waits: a text stands on its input line' : 'waits for its turn boundary';
}

/** Agents say the whole name where people write an alias (`sonnet`, `sonnet[1m]`), with or without provider and date. */
export function isCalled(said: string, asked: string): boolean {
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replace(/\[[^\]]*\]$/, '')
      .replace(/^.*\//, '')
      .replace(/-\d{8}$/, '');
  if (plain(said) === plain(asked)) return true;
  return (
    !/\d/.test(plain(asked)) &&
    plain(said)
      .split(/[^a-z]+/)
      .includes(plain(asked))
  );
}
