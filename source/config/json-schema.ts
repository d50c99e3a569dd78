import {toJSONSchema} from 'zod';
import {projectSchema} from './profiles.ts';
import {settingsSchema} from './settings.ts';

export type ConfigKind = 'home' | 'project';

const schemas = {home: settingsSchema, project: projectSchema};
const titles: Record<ConfigKind, string> = {
  home: 'config.yaml of an amux home: its settings',
  project: '.amux/config.yaml of a project of amux',
};

/** A configuration as JSON Schema (draft 7), for editors. What needs more than that is said by `config validate` alone. */
export function configSchema(kind: ConfigKind): Record<string, unknown> {
  const {$schema, ...schema} = toJSONSchema(schemas[kind], {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-7',
    override: ({jsonSchema}) => orWord(jsonSchema),
  });
  return {$schema, title: titles[kind], ...schema};
}

/** A mapping for which one of some words may stand is marked with them: the JSON Schema has both. */
function orWord(schema: Record<string, unknown>): void {
  const {word, description, ...mapping} = schema;
  if (!Array.isArray(word)) return;
  for (const key of Object.keys(schema)) delete schema[key];
  Object.assign(schema, description === undefined ? {} : {description}, {anyOf: [{enum: word}, mapping]});
}
