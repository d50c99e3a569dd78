import {AmuxError, asAmuxError} from '../domain/errors.ts';
import {hasLightBackground} from './background.ts';
import {type Environment, type Theme, themeOf} from './theme.ts';

/** A theme as it was found. `name`: what the configuration calls it. `read`: the content of its file, JSON; may throw. */
export type ThemeFile = {name: string; file: string; read: () => string};

/** All that can be chosen. A name that comes again takes the place of the one before. */
export type ThemeFiles = {files: readonly ThemeFile[]; chosen: string};

/** What is drawn when the chosen one cannot be read. */
const DEFAULT = 'dark';
const LIGHT = 'light';
/** What is chosen where nobody chose: `dark`, or `light` where the terminal's background is. */
export const AUTO = 'auto';

/** The theme in use, and those that a person may change to. Listeners hear of each change. */
export type Themes = {
  names: readonly string[];
  current: () => Theme;
  /** Takes the one behind the current; behind the last comes the first. */
  next: () => Theme;
  /** Takes the one with this name; null: there is none. */
  choose: (name: string) => Theme | null;
  /** What the terminal tells of its background: it counts until a person chooses. */
  background: (isLight: boolean) => void;
  subscribe: (listener: () => void) => () => void;
  /** Why a file is not among them, or why another one than the chosen is in use. */
  faults: readonly AmuxError[];
};

export function createThemes({files, chosen}: ThemeFiles, env: Environment): Themes {
  const byName = new Map<string, Theme>();
  const faults: AmuxError[] = [];
  for (const file of files) {
    try {
      byName.set(file.name, readTheme(file, env));
    } catch (error) {
      faults.push(asAmuxError(error));
    }
  }
  const all = [...byName.values()];
  const names = [...byName.keys()];
  let follows = chosen === AUTO && !byName.has(AUTO);
  const first =
    byName.get(follows && hasLightBackground(env) ? LIGHT : chosen) ??
    byName.get(DEFAULT) ??
    all[0] ??
    themeOf({name: 'plain', tokens: {}}, env);
  if (!follows && !names.includes(chosen) && !files.some(({name}) => name === chosen)) {
    const why = `there is no theme "${chosen}"`;
    faults.push(new AmuxError('input.invalid', {why, next: `there are ${names.join(', ')}`}));
  }

  let theme = first;
  const listeners = new Set<() => void>();
  const use = (chosenTheme: Theme): Theme => {
    theme = chosenTheme;
    for (const listener of listeners) listener();
    return theme;
  };
  return {
    names,
    faults,
    current: () => theme,
    next: () => {
      follows = false;
      return use(all[(all.indexOf(theme) + 1) % Math.max(1, all.length)] ?? theme);
    },
    choose: name => {
      const found = byName.get(name);
      if (found === undefined) return null;
      follows = false;
      return use(found);
    },
    background: isLight => {
      const found = follows ? byName.get(isLight ? LIGHT : DEFAULT) : undefined;
      if (found !== undefined && found !== theme) use(found);
    },
    subscribe: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Says which file is wrong, and why. */
function readTheme({name, file, read}: ThemeFile, env: Environment): Theme {
  try {
    const source: unknown = JSON.parse(read());
    if (typeof source !== 'object' || source === null || Array.isArray(source)) throw new Error('it is no JSON object');
    return themeOf({...source, name}, env);
  } catch (error) {
    const fault = error instanceof AmuxError ? error : null;
    const why = `${file}: ${fault === null ? (error as Error).message : String(fault.facts['why'])}`;
    throw new AmuxError('input.invalid', {why, next: fault === null ? 'it has to be JSON' : fault.hint}, error);
  }
}
