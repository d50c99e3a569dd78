import type {SessionView} from '../domain/fleet.ts';
import {DEFAULT_MODEL} from '../domain/model.ts';
import type {Dialog} from './dialogs.ts';
import type {State} from './state.ts';

type ModelDialog = Extract<Dialog, {kind: 'model'}>;

/** Sessions that the dialog is about, as they are now. */
export function meantBy({to}: ModelDialog, sessions: readonly SessionView[]): SessionView[] {
  return sessions.filter(({id}) => to.includes(id));
}

/** Models that sessions of the same agents have, those that most of them have first, as far as they begin like the text. */
export function offered(dialog: ModelDialog, {sessions}: Pick<State, 'sessions'>): {model: string; count: number}[] {
  const all = sessions ?? [];
  const agents = new Set(meantBy(dialog, all).map(({agent}) => agent));
  const counts = new Map<string, number>();
  for (const {
    agent,
    model,
    model_state: {launched},
  } of all) {
    if (!agents.has(agent)) continue;
    for (const name of new Set([model, launched])) {
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + (name === model ? 1 : 0));
    }
  }
  const known = [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([model, count]) => ({model, count}));
  const text = dialog.field.text.trim().toLowerCase();
  return [...known, {model: DEFAULT_MODEL, count: 0}].filter(({model}) => model.toLowerCase().startsWith(text));
}

/** The model that Enter gives: the chosen line, else what was written. */
export function chosenModel(dialog: ModelDialog, state: Pick<State, 'sessions'>): string {
  const line = dialog.at === null ? undefined : offered(dialog, state)[dialog.at];
  return line?.model ?? dialog.field.text.trim();
}
