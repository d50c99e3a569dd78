import {parseDuration} from '../../domain/amounts.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Fleet, ModelOutcome, SessionView} from '../../domain/fleet.ts';
import type {ModelState} from '../../domain/model.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, textFlag} from '../flags.ts';
import {checkFound, exitOf, selectionOf} from './selection.ts';

const TIMEOUT_MS = 300_000;
const LOOK_EVERY_MS = 200;
/** So long those that stand at their turn boundary are waited for without `--wait`: their restart takes moments, in ms. */
const WATCH_MS = 8000;

const HEADER = ['NAME', 'MODEL', 'STATE', 'WHY'];
const NEXT = 'amux model MODEL NAME…, or --tag T, or --all';

export const model: Run = async context => {
  const {args, output} = context;
  const [name, ...names] = args;
  const timeoutMs = timeoutOf(context);
  if (name === undefined) {
    const sessions = await (await context.fleet('read')).sessions();
    if (output.json) output.value(sessions.map(each => ({name: each.name, model: each.model, ...each.model_state})));
    else await output.table(HEADER, sessions.map(rowOf));
    return 0;
  }
  const of = selectionOf(context, {names, next: NEXT});
  const fleet = await context.fleet('write');
  const asked = await fleet.switchModels(of, name === 'default' ? null : name);
  checkFound(of, asked);
  const outcomes = await watched(fleet, {asked, context, timeoutMs});
  if (output.json) output.value(outcomes);
  else {
    if (outcomes.length === 0) output.notice('amux: no session runs that is meant');
    const rows = outcomes.map(({name: of, error, model: state}) => {
      if (error !== null) return [of, name, 'refused', `${error.message} · ${error.hint}`];
      return [of, state!.state === 'refused' ? (state!.launched ?? '-') : name, state!.state, state!.reason];
    });
    if (rows.length > 0) await output.table(HEADER, rows);
  }
  const late =
    boolFlag(context, 'wait') && outcomes.some(({model: state}) => state !== null && isUnderWay(state.state));
  return exitOf(outcomes) || (late || outcomes.some(({model: state}) => state?.state === 'refused') ? 1 : 0);
};

function timeoutOf(context: Context): number {
  const text = textFlag(context, 'timeout');
  const ms = text === undefined ? TIMEOUT_MS : parseDuration(text);
  if (ms === null) {
    throw new AmuxError('input.invalid', {why: `--timeout cannot be "${text}"`, next: 'write 90s or 5m'});
  }
  return ms;
}

const isUnderWay = (state: ModelState): boolean => state === 'waiting' || state === 'switching';

type Watch = {asked: ModelOutcome[]; context: Context; timeoutMs: number};

/** How they stand once nothing changes soon, or with `--wait` once each has it. */
async function watched(fleet: Fleet, {asked, context, timeoutMs}: Watch): Promise<ModelOutcome[]> {
  const waits = boolFlag(context, 'wait');
  const end = Date.now() + (waits ? timeoutMs : WATCH_MS);
  const ids = new Map<string, string>();
  for (let outcomes = asked; ; ) {
    const sessions = await fleet.sessions({all: true});
    outcomes = asked.map(outcome => {
      if (!outcome.ok) return outcome;
      const id = ids.get(outcome.name);
      const session = sessions.find(each => (id === undefined ? each.name === outcome.name : each.id === id));
      if (session !== undefined) ids.set(outcome.name, session.id);
      return session === undefined ? outcome : {...outcome, model: session.model_state};
    });
    const open = outcomes.filter(({ok, model: state}) => ok && state !== null && isUnderWay(state.state));
    const soon = open.filter(({name}) => isSoon(sessions.find(each => each.name === name)));
    if ((waits ? open : soon).length === 0 || Date.now() > end) return outcomes;
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** It is at its turn boundary, or its process is being exchanged. */
function isSoon(session: SessionView | undefined): boolean {
  if (session === undefined) return false;
  const {
    activity,
    status,
    model_state: {state},
  } = session;
  return state === 'switching' || status === 'starting' || activity === 'idle' || activity === 'finished';
}

const rowOf = ({name, model: asked, model_state: {state, reason}}: SessionView): string[] => [
  name,
  asked ?? '-',
  state,
  reason,
];
