import type {Deeds} from './deeds.ts';
import {type Dialog, LINE_GONE, lineBeside} from './dialogs.ts';
import {firstOf, type HelpEntry, helpEntries} from './help-entries.ts';
import {meantByLine} from './keymap.ts';
import {type Entry, type Listing, lineId, listingOf} from './palette/entries.ts';
import {givenBy, missing, type Written} from './palette/written.ts';
import type {Store} from './store.ts';
import {fieldOf} from './text-field.ts';

/** What palette and help do. */
export type PaletteDeeds = {
  openPalette: () => void;
  openHelp: () => void;
  /** Chooses the line that is chosen by itself for what is written now; later changes of the list leave it. */
  chooseFirst: () => void;
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

const NO_LINE = ['no line is chosen', 'choose one of them'] as const;

type Palette = Extract<Dialog, {kind: 'palette'}>;

export function paletteDeeds({store, say, deeds}: Options): PaletteDeeds {
  const {state, dispatch} = store;
  const close = (): void => dispatch({type: 'dialog', dialog: {kind: 'none'}});
  const write = (text: string): void => {
    const themes = deeds().themes();
    dispatch({type: 'dialog', dialog: {kind: 'palette', field: fieldOf(text), chosen: null, themes}});
    chooseFirst();
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
    const {entries, written} = listing(dialog);
    const entry = entries.find(each => lineId(each, state()) === dialog.chosen);
    if (entry !== undefined) runEntry(entry);
    else if (dialog.chosen !== null) say(...LINE_GONE);
    else if (written !== null) runWritten(written);
    else if (entries.length > 0) say(...NO_LINE);
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

  const helpId = ({binding}: HelpEntry): string => meantByLine(binding, state());
  const mark = (line: string | null): void => dispatch({type: 'dialog-step', step: {kind: 'choose', line}});

  function chooseFirst(): void {
    const {dialog} = state();
    if (dialog.kind === 'help') {
      const first = firstOf(helped(dialog.field.text));
      mark(first === null ? null : helpId(first));
    }
    if (dialog.kind !== 'palette') return;
    const {entries, first} = listing(dialog);
    mark(first === null ? null : lineId(entries[first]!, state()));
  }

  return {
    openPalette: () => write(''),

    openHelp() {
      dispatch({type: 'dialog', dialog: {kind: 'help', field: fieldOf(), chosen: null}});
      chooseFirst();
    },

    chooseFirst,

    choose(by) {
      const {dialog} = state();
      if (dialog.kind !== 'help' && dialog.kind !== 'palette') return;
      const lines =
        dialog.kind === 'help'
          ? helped(dialog.field.text).map(helpId)
          : listing(dialog).entries.map(entry => lineId(entry, state()));
      const line = lineBeside(lines, {chosen: dialog.chosen, by});
      if (line !== null) mark(line);
    },

    complete() {
      const {dialog} = state();
      if (dialog.kind !== 'palette') return;
      const {entries} = listing(dialog);
      const entry = dialog.chosen === null ? entries[0] : entries.find(each => lineId(each, state()) === dialog.chosen);
      if (entry !== undefined) write(entry.text);
      else if (dialog.chosen !== null) say(...LINE_GONE);
    },

    runChosen() {
      const {dialog} = state();
      if (dialog.kind === 'palette') runPalette(dialog);
      if (dialog.kind !== 'help') return;
      const entries = helped(dialog.field.text);
      const entry = entries.find(each => helpId(each) === dialog.chosen);
      if (entry !== undefined) runHelp(entry);
      else if (dialog.chosen === null && entries.length > 0) say(...NO_LINE);
      else if (dialog.chosen !== null) say(...LINE_GONE);
    },
  };
}
