import {rowText, type Screen} from '../domain/screen.ts';
import type {ScreenLayout} from './screen-rules.ts';
import {withoutPanel} from './side-panel.ts';

/** What stands in the first row of the input line, a hint included; null: there is no input line. */
export const inputLine =
  ({input, marker, panel}: Pick<ScreenLayout, 'input' | 'marker' | 'panel'>) =>
  (screen: Screen): string | null => {
    const lines = withoutPanel(screen.lines, panel).map(rowText);
    while (lines.at(-1) === '') lines.pop();
    const found = input(lines);
    return found === null ? null : (lines[found.at] ?? '').replace(marker, '').trim();
  };
