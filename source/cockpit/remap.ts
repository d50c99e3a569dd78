import {takesText} from './dialogs.ts';
import {canonicalKey} from './key-names.ts';
import type {Binding, Where} from './keys/binding.ts';
import {fuzzy} from './palette/fuzzy.ts';

/** What a person wants instead of the default keys, by id of the binding. */
export type KeyChanges = Readonly<Record<string, string | readonly string[]>>;

/** The effective keymap, and what of the changes does not hold: their defaults stand. `faults`: each with its change. */
export type Remapped = {keymap: readonly Binding[]; problems: readonly string[]; faults: readonly Fault[]};

export type Fault = {id: string; problem: string};

/** Lays the changes over the defaults. Texts that name keys as `<id>` get the effective ones. */
export function remap(defaults: readonly Binding[], changes: KeyChanges): Remapped {
  const all: Fault[] = [];
  let wanted = new Map<string, readonly string[]>();
  for (const [id, given] of Object.entries(changes)) {
    const {keys, problem} = readKeys(id, {given, defaults});
    if (problem === null) wanted.set(id, keys);
    else all.push({id, problem});
  }
  // A default that comes back may stand where another one was put: until all of them agree.
  for (;;) {
    const faults = [...typing(defaults, wanted), ...clashes(defaults, wanted)];
    if (faults.length === 0) break;
    all.push(...faults);
    wanted = new Map([...wanted].filter(([id]) => faults.every(fault => fault.id !== id)));
  }
  const changed = defaults.map(binding => withKeys(binding, wanted));
  const firstKeys = new Map(changed.map(({id, keys}) => [id, keys[0] ?? '']));
  const problems = [...new Set(all.map(({problem}) => problem))];
  return {keymap: changed.map(binding => named(binding, firstKeys)), problems, faults: all};
}

/** The first key of a binding, as effective; empty: it has none. */
export const keyOf = (keymap: readonly Binding[], id: string): string =>
  keymap.find(binding => binding.id === id)?.keys[0] ?? '';

type Wanted = ReadonlyMap<string, readonly string[]>;

const withKeys = (binding: Binding, wanted: Wanted): Binding => {
  const keys = wanted.get(binding.id);
  return keys === undefined ? binding : {...binding, keys};
};

type Given = {given: string | readonly string[]; defaults: readonly Binding[]};

function readKeys(id: string, {given, defaults}: Given): {keys: readonly string[]; problem: string | null} {
  if (!defaults.some(binding => binding.id === id)) {
    const near = defaults.find(binding => isNear(id, binding.id));
    const hint = near === undefined ? '' : ` (is ${near.id} meant?)`;
    return {keys: [], problem: `no key is called ${id}${hint}`};
  }
  const all = typeof given === 'string' ? [given] : given;
  const wrong = all.find(name => canonicalKey(name) === null);
  if (wrong !== undefined) return {keys: [], problem: `${id}: "${wrong}" is not the name of a key`};
  return {keys: [...new Set(all.map(name => canonicalKey(name)!))], problem: null};
}

/** One is the other with up to two letters left out. */
const isNear = (a: string, b: string): boolean =>
  Math.abs(a.length - b.length) <= 2 && (fuzzy(a, b) !== null || fuzzy(b, a) !== null);

/** In a text field, a character is text. */
function typing(defaults: readonly Binding[], wanted: Wanted): Fault[] {
  return defaults.flatMap(({id, keys: own, where}) =>
    (wanted.get(id) ?? [])
      .filter(key => [...key].length === 1 || key === 'space')
      .filter(key => !own.includes(key) && where.some(writes))
      .map(key => ({id, problem: `${id} keeps ${own.join(' ')}: ${key} is text there`})),
  );
}

const writes = (where: Where): boolean => takesText(where);

/** One key for two things in one place, as far as the defaults do not mean it so. */
function clashes(defaults: readonly Binding[], wanted: Wanted): Fault[] {
  if (wanted.size === 0) return [];
  const now = defaults.map(binding => withKeys(binding, wanted));
  const faults: Fault[] = [];
  for (const [i, one] of now.entries()) {
    for (const [j, other] of now.entries()) {
      if (j <= i || !(wanted.has(one.id) || wanted.has(other.id))) continue;
      const key = one.keys.find(each => other.keys.includes(each) && !shared(each, defaults[i]!, defaults[j]!));
      const where = one.where.find(place => other.where.includes(place));
      if (key === undefined || where === undefined) continue;
      const keep = [one, other].filter(({id}) => wanted.has(id)).map(({id}) => id);
      const kept = keep.map(id => `${id} keeps ${defaults.find(binding => binding.id === id)!.keys.join(' ')}`);
      const problem = `${key} is both ${one.id} and ${other.id} in ${where}: ${kept.join(', ')}`;
      for (const id of keep) faults.push({id, problem});
    }
  }
  return faults;
}

const shared = (key: string, one: Binding, other: Binding): boolean =>
  one.keys.includes(key) && other.keys.includes(key);

/** The same with keys in its texts: `<send>` becomes `space`. */
function named(binding: Binding, firstKeys: ReadonlyMap<string, string>): Binding {
  const say = (text: string): string =>
    text.replace(/<([a-z][\w.-]*)>/g, (whole, id: string) => firstKeys.get(id) ?? whole);
  const {whyNot, footerKey} = binding;
  return {
    ...binding,
    help: say(binding.help),
    ...(whyNot === undefined ? {} : {whyNot: state => spoken(whyNot(state), say)}),
    ...(footerKey === undefined ? {} : {footerKey: state => spoken(footerKey(state), say)}),
  };
}

const spoken = (text: string | null, say: (text: string) => string): string | null =>
  text === null ? null : say(text);
