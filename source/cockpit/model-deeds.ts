import type {Fleet, ModelOutcome} from '../domain/fleet.ts';
import {DEFAULT_MODEL} from '../domain/model.ts';
import {LINE_GONE, lineBeside} from './dialogs.ts';
import {meantIds} from './marks.ts';
import {chosenModel, meantBy, offered} from './model-choice.ts';
import type {Store} from './store.ts';
import {fieldOf} from './text-field.ts';

export type ModelDeeds = {
  openModel: () => void;
  /** Moves the choice among the models that are known. */
  chooseModel: (by: number) => void;
  /** Writes the chosen one into the field. */
  takeModel: () => void;
  giveModel: () => void;
  /** Gives sessions a model, by their ids. */
  switchTo: (ids: readonly string[], model: string) => void;
};

type Options = {
  fleet: Fleet;
  store: Store;
  say: (message: string, hint?: string) => void;
  attempt: (work: () => Promise<unknown>) => void;
  isLost: () => boolean;
};

/** Another model for the marked sessions, or the selected one. */
export function modelDeeds({fleet, store, say, attempt, isLost}: Options): ModelDeeds {
  const {state, dispatch} = store;
  const told = (model: string, outcomes: ModelOutcome[]): void => {
    const failed = outcomes.filter(({ok}) => !ok);
    if (failed.length > 0) {
      const lines = failed.map(({name, error}) => `${name}: ${error!.message} (${error!.hint})`);
      const others = outcomes.length - failed.length;
      const rest =
        others === 0
          ? ''
          : others === 1
            ? '\n\nThe other one gets it at its next turn boundary.'
            : `\n\nThe other ${others} get it at their next turn boundaries.`;
      const title = `${model}: refused by ${failed.length} of ${outcomes.length}`;
      dispatch({type: 'dialog', dialog: {kind: 'message', title, text: lines.join('\n') + rest}});
      return;
    }
    const [only] = outcomes;
    if (outcomes.length === 1) say(`${only!.name}: ${model}`, only!.model!.reason);
    else say(`${model} for ${outcomes.length} sessions`, 'each at its next turn boundary');
  };
  const switchTo = (ids: readonly string[], model: string): void =>
    attempt(async () =>
      told(model, await fleet.switchModels({names: [...ids]}, model === DEFAULT_MODEL ? null : model)),
    );
  return {
    openModel() {
      dispatch({type: 'dialog', dialog: {kind: 'model', to: meantIds(state()), field: fieldOf(), chosen: null}});
    },

    chooseModel(by) {
      const {dialog} = state();
      if (dialog.kind !== 'model') return;
      const lines = offered(dialog, state()).map(({model}) => model);
      const line = lineBeside(lines, {chosen: dialog.chosen, by});
      if (line !== null) dispatch({type: 'dialog-step', step: {kind: 'choose', line}});
    },

    takeModel() {
      const {dialog} = state();
      if (dialog.kind !== 'model') return;
      const text = dialog.chosen ?? offered(dialog, state())[0]?.model;
      if (text !== undefined) dispatch({type: 'dialog', dialog: {...dialog, field: fieldOf(text), chosen: null}});
    },

    giveModel() {
      const {dialog, sessions} = state();
      if (dialog.kind !== 'model' || isLost()) return; // What was written stays.
      const model = chosenModel(dialog, state());
      if (model === null) say(...LINE_GONE);
      if (model === null || model === '') return;
      dispatch({type: 'dialog', dialog: {kind: 'none'}});
      const names = meantBy(dialog, sessions ?? []).map(({id}) => id);
      if (names.length === 0) return;
      switchTo(names, model);
    },

    switchTo,
  };
}
