import {agentOf, agents} from '../../agents/registry.ts';
import {maskEnvironment} from '../../config/agents.ts';
import {
  type AgentFields,
  addAgent,
  configFileToEdit,
  homeConfigToEdit,
  removeAgent,
  updateAgent,
} from '../../config/edit.ts';
import {prepareHome} from '../../config/paths.ts';
import type {Profile} from '../../config/profiles.ts';
import {findProject} from '../../config/project.ts';
import {loadSettings} from '../../config/settings.ts';
import {parseAssignment} from '../../config/variables.ts';
import {AmuxError} from '../../domain/errors.ts';
import {type Profiles, profilesFor} from '../../supervisor/profiles.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, listFlag, textFlag} from '../flags.ts';

export const add: Run = async context => {
  const [id] = context.args as [string];
  const fields = fieldsOf(context);
  if (fields.command === undefined) {
    throw new AmuxError('input.invalid', {
      why: `the agent ${id} needs a command`,
      next: `amux agent config add ${id} --command "…"`,
    });
  }
  const file = fileToEdit(context);
  addAgent(file, id, fields);
  return said(context, id, `${id} added to ${file}`);
};

export const update: Run = async context => {
  const [id] = context.args as [string];
  const fields = fieldsOf(context);
  if (Object.keys(fields).length === 0) {
    throw new AmuxError('input.invalid', {why: 'nothing to change was given', next: 'amux agent config update --help'});
  }
  const known = profiles(context)
    .list(findProject(context.cwd))
    .map(profile => profile.id);
  const file = fileToEdit(context);
  updateAgent(file, id, {fields, known});
  return said(context, id, `${id} updated in ${file}`);
};

export const remove: Run = async context => {
  const [id] = context.args as [string];
  const file = fileToEdit(context);
  removeAgent(file, id);
  if (context.output.json) context.output.value({id, file});
  else context.output.line(`${id} removed from ${file}`);
  return 0;
};

export const list: Run = async context => {
  const all = profiles(context).list(findProject(context.cwd));
  notices(context, all);
  if (context.output.json) context.output.value(all.map(shown));
  else {
    const rows = all.map(({id, name, type, command, source}) => [id, name, type, commandOf(type, command), source]);
    await context.output.table(['ID', 'NAME', 'TYPE', 'COMMAND', 'FROM'], rows);
  }
  return 0;
};

export const show: Run = async context => {
  const profile = profiles(context).resolve(context.args[0]!, findProject(context.cwd));
  notices(context, [profile]);
  if (context.output.json) {
    context.output.value(shown(profile));
    return 0;
  }
  const {id, name, type, command, model, permissionMode, quietMs, source, environment, compactOnClaim} = profile;
  const lines: [string, string][] = [
    ['ID', id],
    ['Name', name],
    ['Type', type],
    ['Command', commandOf(type, command)],
    ['Model', model ?? '-'],
    ['Permissions', permissionMode ?? '-'],
    ['Quiet time', quietMs === null ? '-' : `${quietMs / 1000} s`],
    ['MCP servers', mcpOf(profile)],
    ['Compacts', compactOnClaim ? 'before it is handed a card' : '-'],
    ['From', source],
    ...Object.entries(maskEnvironment(environment)).map(([key, value]): [string, string] => [
      'Environment',
      `${key}=${value}`,
    ]),
  ];
  for (const [key, value] of lines) context.output.line(`${key.padEnd(12)} ${value}`);
  return 0;
};

/** As they are given to it: amux's own, and which of the fleet's. */
function mcpOf({type, mcp, mcpServers: wish}: Profile): string {
  if (agentOf(type).mcp === null) return '-';
  const fleet = wish === true ? ['those of the fleet'] : wish === false ? [] : wish;
  return [...(mcp ? ['amux'] : []), ...fleet].join(', ') || '-';
}

/** The project's, or with `--global` the one of the home. */
function fileToEdit(context: Context): string {
  if (!boolFlag(context, 'global')) return configFileToEdit(context.cwd);
  prepareHome(context.paths);
  return homeConfigToEdit(context.paths.config);
}

function profiles({paths}: Context): Profiles {
  return profilesFor(() => loadSettings(paths.config).settings);
}

function notices({output}: Context, all: Profile[]): void {
  for (const notice of all.flatMap(profile => profile.notices)) output.notice(`amux: ${notice}`);
}

function said(context: Context, id: string, line: string): number {
  const profile = profiles(context).resolve(id, findProject(context.cwd));
  notices(context, [profile]);
  if (context.output.json) context.output.value(shown(profile));
  else context.output.line(line);
  return 0;
}

function shown(profile: Profile): Profile {
  return {...profile, environment: maskEnvironment(profile.environment)};
}

function commandOf(type: string, command: string | null): string {
  return command ?? agents.find(agent => agent.name === type)?.command ?? '$SHELL';
}

function fieldsOf(context: Context): AgentFields {
  const fields: AgentFields = {};
  for (const key of ['name', 'type', 'command', 'model'] as const) {
    const value = textFlag(context, key);
    if (value !== undefined) fields[key] = value;
  }
  const quiet = textFlag(context, 'quiet');
  if (quiet !== undefined) {
    const seconds = Number(quiet);
    if (!(seconds > 0 && seconds <= 3600)) {
      throw new AmuxError('input.invalid', {why: `--quiet takes seconds, not "${quiet}"`, next: 'e.g. --quiet 1.5'});
    }
    fields.quiet = seconds;
  }
  const environment = Object.fromEntries(listFlag(context, 'env').map(parseAssignment));
  if (Object.keys(environment).length > 0) fields.environment = environment;
  return fields;
}
