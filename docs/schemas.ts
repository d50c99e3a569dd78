/** `npm run docs`: writes the JSON Schemas of the configurations. */
import {writeFileSync} from 'node:fs';
import {type ConfigKind, configSchema} from '../source/config/json-schema.ts';

export const kinds: readonly ConfigKind[] = ['home', 'project'];

export const fileOf = (kind: ConfigKind): URL => new URL(`${kind}.schema.json`, import.meta.url);
export const textOf = (kind: ConfigKind): string => `${JSON.stringify(configSchema(kind), null, 2)}\n`;

if (import.meta.main) for (const kind of kinds) writeFileSync(fileOf(kind), textOf(kind));
