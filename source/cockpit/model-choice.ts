import type {SessionView} from '../domain/fleet.ts';
import {DEFAULT_MODEL} from '../domain/model.ts';
import type {Dialog} from './dialogs.ts';
import type {State} from './state.ts';

type ModelDialog = Extract<Dialog, {kind: 'model'}>;

/** Sessions that the dialog is about, as they are now. */
export function meantBy({to}: ModelDialog, sessions: readonly SessionView[]): SessionView[] {
  return sessions.filter(({id}) => to.includes(id));
}

type Known = {model: string; count: number};

/** Models that sessions have, those that most of them have first, and that of the agents themselves. */
export function knownModels(sessions: readonly SessionView[]): Known[] {
  const counts = new Map<string, number>();
  for (const {model, model_state} of sessions) {
    for (const name of new Set([model, model_state.launched])) {
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + (name === model ? 1 : 0));
    }
  }
  const known = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return [...known.map(([model, count]) => ({model, count})), {model: DEFAULT_MODEL, count: 0}];
}

/** Models that sessions of the same agents have, as far as they begin like the text. */
export function offered(dialog: ModelDialog, {sessions}: Pick<State, 'sessions'>): Known[] {
  const all = sessions ?? [];
  const agents = new Set(meantBy(dialog, all).map(({agent}) => agent));
  const text = dialog.field.text.trim().toLowerCase();
  const known = knownModels(all.filter(({agent}) => agents.has(agent)));
  return known.filter(({model}) => model.toLowerCase().startsWith(text));
}

/** The model that Enter gives: the chosen line, else what was written. Null: the chosen line is gone. */
export function chosenModel(dialog: ModelDialog, state: Pick<State, 'sessions'>): string | null {
  const {chosen, field} = dialog;
  if (chosen === null) return field.text.trim();
  return offered(dialog, state).some(({model}) => model === chosen) ? chosen : null;
}
