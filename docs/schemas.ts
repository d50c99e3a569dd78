/** `npm run docs`: writes the JSON Schemas of the configurations and of themes. */
import {writeFileSync} from 'node:fs';
import {themeSchema} from '../source/cockpit/theme-schema.ts';
import {type ConfigKind, configSchema} from '../source/config/json-schema.ts';

export const kinds: readonly ConfigKind[] = ['home', 'project'];

export const fileOf = (kind: ConfigKind | 'theme'): URL => new URL(`${kind}.schema.json`, import.meta.url);
export const textOf = (kind: ConfigKind | 'theme'): string =>
  `${JSON.stringify(kind === 'theme' ? themeSchema() : configSchema(kind), null, 2)}\n`;

if (import.meta.main) for (const kind of [...kinds, 'theme'] as const) writeFileSync(fileOf(kind), textOf(kind));
