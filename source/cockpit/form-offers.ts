import type {Fleet} from '../domain/fleet.ts';
import {directoryOffers, type Place, type ReadDirectories} from './directory-offers.ts';
import {entryOf, type Form, focused, type TextOffer} from './form.ts';
import {knownModels} from './model-choice.ts';
import type {Store} from './store.ts';

type Options = {
  fleet: Fleet;
  store: Store;
  home: string | undefined;
  /** Whose workspaces are offered; null: the fleet's machine is another one. */
  cwd: string | null;
  read: ReadDirectories | null;
};

/** Looks for what may complete the fields of the form for a new session. */
export function formOffers({fleet, store, home, cwd, read}: Options) {
  const {state, dispatch} = store;
  let workspaces: Promise<readonly Place[]> = Promise.resolve([]);

  const places = async (): Promise<Place[]> => {
    const own = (state().sessions ?? []).map(({name, dir}) => ({name, path: dir}));
    return [...(await workspaces), ...own];
  };

  /** Answers may come late: they count only for the text that they are about. */
  const give = (
    id: string,
    about: string,
    {offers, wrong}: {offers: readonly TextOffer[]; wrong: string | null},
  ): void => dispatch({type: 'dialog-step', step: {kind: 'form', step: {do: 'offers', id, about, offers, wrong}}});

  const ofModel = (form: Form): TextOffer[] => {
    const text = entryOf(form, 'model').trim().toLowerCase();
    const agent = entryOf(form, 'agent');
    return knownModels((state().sessions ?? []).filter(session => session.agent === agent))
      .filter(({model, count}) => count > 0 && model.toLowerCase().startsWith(text) && model.toLowerCase() !== text)
      .map(({model}) => ({text: model, about: ''}));
  };

  return {
    /** Workspaces are read once for each form. */
    opened: (): void => {
      if (cwd === null) return;
      workspaces = fleet.workspaces({cwd}).then(
        found => found.map(({name, path}) => ({name, path})),
        () => [], // Outside of a project there are none.
      );
    },

    /** After each step of the form. */
    refresh: async (): Promise<void> => {
      const {dialog} = state();
      if (dialog.kind !== 'new-session') return;
      const {form} = dialog;
      const {id} = focused(form);
      const text = entryOf(form, id);
      if (id === 'model') give(id, text, {offers: ofModel(form), wrong: null});
      if (id !== 'dir') return;
      give(id, text, await directoryOffers(text.trim(), {places: await places(), home, read}));
    },
  };
}
