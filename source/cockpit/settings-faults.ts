import {keymapOf} from './keymap.ts';
import type {KeyChanges} from './remap.ts';
import type {Environment} from './theme.ts';
import {createThemes, type ThemeFile} from './themes.ts';

type Chosen = {theme: string; keys: KeyChanges};

/** What of a configuration does not hold here, as people are told of it, and under which key it stands. */
export function settingsFaults(
  {theme, keys}: Chosen,
  {files, env}: {files: readonly ThemeFile[]; env: Environment},
): {path: string[]; why: string}[] {
  const own = files.filter(({name}) => name === theme);
  const {faults} = createThemes({files: own.length === 0 ? files : own, chosen: theme}, env);
  const problems = new Map(keymapOf(keys).faults.map(({id, problem}) => [problem, id]));
  return [
    ...faults.slice(-1).map(({message, hint}) => ({path: ['theme'], why: `${message} · ${hint}`})),
    ...[...problems].map(([why, id]) => ({path: ['keys', id], why})),
  ];
}
