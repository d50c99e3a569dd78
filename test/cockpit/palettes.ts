import {readFileSync} from 'node:fs';
import {type Theme, themeOf} from '../../source/cockpit/theme.ts';

export function palette(name: string): Record<string, unknown> {
  const file = new URL(`../../themes/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

export const loadTheme = (name: string, env: Record<string, string>): Theme => themeOf(palette(name), env);
