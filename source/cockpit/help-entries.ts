import {type Binding, bindingsHere, chapters, type Keymap, whyDisabled} from './keymap.ts';
import {holding} from './palette/fuzzy.ts';
import type {State} from './state.ts';

/** A line of the help; `keys`: of all bindings that say the same there. */
export type HelpEntry = {
  binding: Binding;
  keys: readonly string[];
  help: string;
  /** Characters of `help` that were searched for. */
  lit: readonly number[];
  /** Why it cannot be done now; null: it can. */
  whyNot: string | null;
};

/**
 * All keys, those of this screen first. Without a text, what means nothing here at the moment is left out; each word of
 * a text has to be found in what the key does, in its name, or as the key itself.
 */
export function helpEntries(state: State, {keymap, text}: {keymap: Keymap; text: string}): HelpEntry[] {
  const needle = text.trim();
  const here = bindingsHere(state, keymap).filter(({id}) => id !== 'help');
  const own = here.map((binding): HelpEntry => ({...lineOf(binding), whyNot: whyDisabled(binding, state)}));
  const asleep = keymap
    .filter(binding => binding.where.includes(state.place) && !here.includes(binding) && binding.id !== 'help')
    .map((binding): HelpEntry => ({...lineOf(binding), whyNot: 'nothing to use it on at the moment'}));
  const elsewhere = chapters.flatMap(({title, where}) =>
    keymap
      .filter(binding => !binding.where.includes(state.place) && binding.where.some(place => where.includes(place)))
      .map((binding): HelpEntry => ({...lineOf(binding), whyNot: `only in: ${title}`})),
  );
  const all = merged([...own, ...(needle === '' ? [] : asleep), ...elsewhere]);
  if (needle === '') return all;
  const found = all.flatMap(entry => search(entry, needle));
  return [...found.filter(({keys}) => keys.includes(needle)), ...found.filter(({keys}) => !keys.includes(needle))];
}

/** The line that is chosen by itself: never one that answers a request. */
export const firstOf = (entries: readonly HelpEntry[]): HelpEntry | null =>
  entries.find(({binding}) => binding.answers !== true) ?? null;

const lineOf = (binding: Binding) => ({binding, keys: binding.keys, help: binding.help, lit: []});

function search(entry: HelpEntry, needle: string): HelpEntry[] {
  if (entry.keys.includes(needle)) return [entry];
  const inHelp = holding(needle, entry.help);
  if (inHelp !== null) return [{...entry, lit: inHelp.at}];
  const anywhere = `${entry.help} ${entry.binding.id} ${entry.keys.join(' ')} ${entry.whyNot ?? ''}`;
  return holding(needle, anywhere) === null ? [] : [entry];
}

/** Keys that do the same for another number, and one key in several dialogs, stand in one line. */
function merged(entries: readonly HelpEntry[]): HelpEntry[] {
  const lines = new Map<string, HelpEntry>();
  for (const entry of entries) {
    const key = `${entry.help}\n${entry.whyNot}`;
    const known = lines.get(key);
    if (known === undefined) lines.set(key, entry);
    else lines.set(key, {...known, keys: [...new Set([...known.keys, ...entry.keys])]});
  }
  return [...lines.values()];
}
