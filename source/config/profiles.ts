import {z} from 'zod';
import {AmuxError} from '../domain/errors.ts';
import type {McpWish} from '../domain/mcp-run.ts';
import {type AgentConfig, type AgentsConfig, agentsSchema} from './agents.ts';
import {approvalsSchema} from './approvals.ts';
import {quoteArgv} from './command-line.ts';
import {watchdogSchema} from './watchdog.ts';
import {workspaceSchema} from './workspace.ts';
import {readYaml} from './yaml-file.ts';

/** The type that runs any command; what an unknown type counts as. */
const ANY_COMMAND = 'generic';
const DEFAULT_AGENT = 'claude';

export const projectSchema = z.strictObject({
  defaultAgent: z.string().nullish().describe('The agent of a session that names none'),
  approvals: approvalsSchema.describe('What is decided without asking; after the rules of the home'),
  watchdog: watchdogSchema.describe('What the watchdog does in it, over what the home says'),
  workspace: workspaceSchema.describe('What is done with worktrees that amux makes'),
  agents: agentsSchema.describe('Agent profiles; they lie over those of the home and the built-in ones'),
});

/** What a project's `.amux/config.yaml` says. */
export type ProjectConfig = z.output<typeof projectSchema>;

/** How to launch and understand an agent. */
export type Profile = {
  id: string;
  /** For people. */
  name: string;
  /** A built-in type. */
  type: string;
  /** Null: the type's own. */
  command: string | null;
  /** As written, unexpanded. */
  environment: Record<string, string>;
  model: string | null;
  /** One of the agent's own; null: as the agent is set up. */
  permissionMode: string | null;
  /** Silence that ends a turn, ms; null: the type's own. */
  quietMs: number | null;
  /** Its conversation is compacted before it is handed a card. */
  compactOnClaim: boolean;
  /** It is given amux's own MCP server. */
  mcp: boolean;
  /** Which of the fleet's MCP servers it is given. */
  mcpServers: McpWish;
  /** Where its most particular part comes from. */
  source: 'project' | 'home' | 'built-in';
  notices: string[];
};

export type ProfileSources = {
  project: {agents: AgentsConfig} | null;
  home: {agents: AgentsConfig} | null;
  /** Ids of the built-in agents, which are the types. */
  builtins: readonly string[];
};

/** Throws `config.invalid` with the line. A missing file says nothing. */
export function loadConfig(file: string): {config: ProjectConfig; notices: string[]} {
  const {value, notices} = readYaml(file, projectSchema);
  return {config: value, notices};
}

const patient = projectSchema.extend({approvals: approvalsSchema.catch([])});

/** The same for who only launches: a fault in its rules is told at each request, and keeps no session from running. */
export const loadAgents = (file: string): Pick<ProjectConfig, 'agents' | 'defaultAgent'> =>
  readYaml(file, patient).value;

/** The agent of a session that names none: the project's, else the home's, else the first built-in. */
export function defaultAgentOf(
  project: {defaultAgent?: string | null} | null,
  home: {defaultAgent?: string | null} | null,
): string {
  return project?.defaultAgent || home?.defaultAgent || DEFAULT_AGENT;
}

/** The project's entry lies over the home's, that over the built-in one. Throws `agent.unknown`. */
export function resolveProfile(agent: string, sources: ProfileSources): Profile {
  const {project, home, builtins} = sources;
  const ours = entryOf(project, agent);
  const theirs = entryOf(home, agent);
  if (ours === null && theirs === null && !builtins.includes(agent)) {
    throw new AmuxError('agent.unknown', {agent: agent.slice(0, 80), known: agentIds(sources).join(', ')});
  }
  const set = (key: 'name' | 'type' | 'model' | 'permissionMode'): string | null =>
    clean(ours?.[key] ?? theirs?.[key] ?? null);
  const notices: string[] = [];
  const type = typeOf({agent, wanted: set('type'), builtins, notices});
  const quiet = ours?.quiet ?? theirs?.quiet ?? null;
  return {
    id: agent,
    name: set('name') ?? agent,
    type,
    command: commandOf({
      agent,
      type,
      command: ours?.command ?? theirs?.command ?? null,
      args: ours?.args ?? theirs?.args ?? [],
      notices,
    }),
    environment: {...theirs?.environment, ...ours?.environment},
    model: set('model'),
    permissionMode: set('permissionMode'),
    quietMs: quiet === null ? null : Math.round(quiet * 1000),
    compactOnClaim: ours?.compactOnClaim ?? theirs?.compactOnClaim ?? false,
    mcp: ours?.mcp ?? theirs?.mcp ?? true,
    mcpServers: ours?.mcpServers ?? theirs?.mcpServers ?? true,
    source: ours !== null ? 'project' : theirs !== null ? 'home' : 'built-in',
    notices,
  };
}

/** Every agent that can be run here: built-in ones first, then the configured ones. */
export function listProfiles(sources: ProfileSources): Profile[] {
  return agentIds(sources).map(id => resolveProfile(id, sources));
}

function agentIds({project, home, builtins}: ProfileSources): string[] {
  return [...new Set([...builtins, ...Object.keys(home?.agents ?? {}), ...Object.keys(project?.agents ?? {})])];
}

function entryOf(source: {agents: AgentsConfig} | null, agent: string): AgentConfig | null {
  return source !== null && Object.hasOwn(source.agents, agent) ? (source.agents[agent] ?? null) : null;
}

function typeOf(of: {agent: string; wanted: string | null; builtins: readonly string[]; notices: string[]}): string {
  const {agent, wanted, builtins, notices} = of;
  if (wanted === null) return builtins.includes(agent) ? agent : ANY_COMMAND;
  if (builtins.includes(wanted)) return wanted;
  notices.push(`agent ${agent}: the type "${wanted}" is not one of ${builtins.join(', ')}; it runs as ${ANY_COMMAND}`);
  return ANY_COMMAND;
}

/** Arguments go behind the command, or behind the program that the type is named after. */
function commandOf(of: {
  agent: string;
  type: string;
  command: string | null;
  args: string[];
  notices: string[];
}): string | null {
  const {agent, type, command, args, notices} = of;
  if (args.length === 0) return command;
  if (command !== null) return `${command.trimEnd()} ${quoteArgv(args)}`;
  if (type !== ANY_COMMAND) return quoteArgv([type, ...args]);
  notices.push(`agent ${agent}: it has args but no command; they have no effect`);
  return null;
}

/** Names are shown on screens: no control characters; an empty one is none. */
function clean(text: string | null): string | null {
  return text?.replace(/[\x00-\x1f\x7f-\x9f]/g, '').trim() || null;
}
