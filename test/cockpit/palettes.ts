import {readFileSync} from 'node:fs';
import {type Theme, themeOf} from '../../source/cockpit/theme.ts';
import {createThemes, type ThemeFile, type Themes} from '../../source/cockpit/themes.ts';

/** The themes that come with amux. */
export const builtIn = ['ansi-16', 'colour-blind', 'dark', 'high-contrast', 'light', 'terminal'];

export function palette(name: string): Record<string, unknown> {
  return JSON.parse(themeFile(name).read()) as Record<string, unknown>;
}

export function themeFile(name: string): ThemeFile {
  const file = new URL(`../../themes/${name}.json`, import.meta.url).pathname;
  return {name, file, read: () => readFileSync(file, 'utf8')};
}

export const loadTheme = (name: string, env: Record<string, string>): Theme => themeOf(palette(name), env);

export const loadThemes = (chosen: string, env: Record<string, string>): Themes =>
  createThemes({files: builtIn.map(themeFile), chosen}, env);
