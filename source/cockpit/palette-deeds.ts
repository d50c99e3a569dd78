import type {Deeds} from './deeds.ts';
import type {Dialog} from './dialogs.ts';
import {type HelpEntry, helpEntries} from './help-entries.ts';
import {type Entry, type Listing, listingOf} from './palette/entries.ts';
import {givenBy, missing, type Written} from './palette/written.ts';
import type {Store} from './store.ts';
import {fieldOf} from './text-field.ts';

/** What palette and help do. */
export type PaletteDeeds = {
  openPalette: () => void;
  /** Moves the choice. */
  choose: (by: number) => void;
  /** Writes the chosen line into the field. */
  complete: () => void;
  /** Does what the chosen line says, or what is written; a command that lacks something is gone on with. */
  runChosen: () => void;
};

type Options = {
  store: Store;
  say: (message: string, hint?: string) => void;
  /** All of them: what is chosen may be any. */
  deeds: () => Deeds;
};

type Palette = Extract<Dialog, {kind: 'palette'}>;

export function paletteDeeds({store, say, deeds}: Options): PaletteDeeds {
  const {state, dispatch} = store;
  const close = (): void => dispatch({type: 'dialog', dialog: {kind: 'none'}});
  const write = (text: string): void => {
    const themes = deeds().themes();
    dispatch({type: 'dialog', dialog: {kind: 'palette', field: fieldOf(text), at: null, themes}});
  };
  const listing = ({field}: Palette): Listing => listingOf(state(), {keymap: deeds().keymap, text: field.text});

  const runEntry = (entry: Entry): void => {
    const {does} = entry;
    if (entry.whyNot !== null) say(`${entry.name}: ${entry.whyNot}`);
    else if (does.do === 'write') write(entry.text);
    else {
      close();
      if (does.do === 'key') does.binding.run(deeds());
      else does.command.run(deeds(), does.given);
    }
  };

  const runWritten = (written: Written): void => {
    const {command} = written;
    const given = givenBy(written);
    const lacks = missing(command, given);
    const why = command.whyNot?.(state()) ?? (lacks === null ? null : `it needs ${lacks}`);
    if (why !== null) {
      say(`${command.name}: ${why}`);
      return;
    }
    close();
    command.run(deeds(), given);
  };

  const runPalette = (dialog: Palette): void => {
    const {entries, first, written} = listing(dialog);
    const at = dialog.at ?? first;
    const entry = at === null ? undefined : entries[at];
    if (entry !== undefined) runEntry(entry);
    else if (written !== null) runWritten(written);
    else if (dialog.field.text.trim() !== '') say(`nothing is called ${dialog.field.text.trim()}`);
  };

  const runHelp = ({binding, help, whyNot}: HelpEntry): void => {
    if (whyNot !== null) {
      say(`${help}: ${whyNot}`);
      return;
    }
    close();
    binding.run(deeds());
  };

  const helped = (text: string): HelpEntry[] => helpEntries(state(), {keymap: deeds().keymap, text});

  return {
    openPalette: () => write(''),

    choose(by) {
      const {dialog} = state();
      if (dialog.kind !== 'help' && dialog.kind !== 'palette') return;
      const before = dialog.kind === 'help' ? dialog.at : (dialog.at ?? listing(dialog).first);
      const count = dialog.kind === 'help' ? helped(dialog.field.text).length : listing(dialog).entries.length;
      if (count === 0) return;
      const at = before === null ? (by > 0 ? 0 : count - 1) : Math.max(0, Math.min(count - 1, before + by));
      dispatch({type: 'dialog-step', step: {kind: 'choose', at}});
    },

    complete() {
      const {dialog} = state();
      if (dialog.kind !== 'palette') return;
      const {entries, first} = listing(dialog);
      const entry = entries[dialog.at ?? first ?? 0];
      if (entry !== undefined) write(entry.text);
    },

    runChosen() {
      const {dialog} = state();
      if (dialog.kind === 'palette') runPalette(dialog);
      if (dialog.kind !== 'help') return;
      const entry = helped(dialog.field.text)[dialog.at];
      if (entry !== undefined) runHelp(entry);
    },
  };
}
