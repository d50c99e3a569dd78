import {rowText, type Screen} from '../domain/screen.ts';
import type {ScreenLayout} from './screen-rules.ts';

/** What stands in the first row of the input line, a hint included; null: there is no input line. */
export const inputLine =
  ({input, marker}: Pick<ScreenLayout, 'input' | 'marker'>) =>
  (screen: Screen): string | null => {
    const lines = screen.lines.map(rowText);
    while (lines.at(-1) === '') lines.pop();
    const found = input(lines);
    return found === null ? null : (lines[found.at] ?? '').replace(marker, '').trim();
  };
