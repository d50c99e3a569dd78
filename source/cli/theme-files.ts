import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {ThemeFile} from '../cockpit/themes.ts';
import {packageRoot} from './self.ts';

const SUFFIX = '.json';

/** Themes that come with amux, and those of the home behind them: the latter win where names are the same. */
export function themeFiles(own: string): ThemeFile[] {
  return [join(packageRoot, 'themes'), own].flatMap(directory =>
    namesIn(directory).map(entry => {
      const file = join(directory, entry);
      return {name: entry.slice(0, -SUFFIX.length), file, read: () => readFileSync(file, 'utf8')};
    }),
  );
}

/** A directory that is not there has none. */
function namesIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, {withFileTypes: true});
    return entries
      .filter(entry => entry.name.endsWith(SUFFIX) && (entry.isFile() || entry.isSymbolicLink()))
      .map(({name}) => name)
      .sort();
  } catch {
    return [];
  }
}
