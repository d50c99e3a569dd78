import {z} from 'zod';
import {AmuxError} from '../domain/errors.ts';
import {parseCommandLine} from './command-line.ts';
import {maskSecret} from './variables.ts';

const AGENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Quiet time longer than this would never end a turn, seconds. */
const QUIET_MAX = 3600;

const commandLine = z
  .string()
  .superRefine((line, context) => {
    try {
      parseCommandLine(line);
    } catch (error) {
      if (!(error instanceof AmuxError)) throw error;
      context.addIssue({code: 'custom', message: String(error.facts['why'])});
    }
  })
  .meta({pattern: '\\S'});

/** What stands there is the text: `1.10` and `true` need no quotes. */
const variable = z.string().meta({type: ['string', 'number', 'boolean']});

/** An agent as it is written in a configuration; what is not there comes from the profile beneath. */
export const agentSchema = z
  .strictObject({
    name: z.string().nullish().describe('For people'),
    type: z.string().nullish().describe('claude, codex, gemini, opencode, or generic: any command'),
    command: commandLine.nullish().describe('POSIX shell quoting; run by sh only where it holds operators'),
    args: z.array(z.string()).nullish().describe('Arguments behind the command'),
    environment: z
      .record(z.string().regex(VARIABLE, {message: 'expected the name of a variable'}), variable)
      .nullish()
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how references are written.
      .describe('${NAME} and ${NAME:-default} are taken from the caller’s environment at each launch and never stored'),
    model: z.string().nullish().describe('As its agent names it'),
    permissionMode: z.string().nullish().describe('One of the agent’s own modes of asking for permission'),
    quiet: z.number().positive().max(QUIET_MAX).nullish().describe('Seconds without output that end a turn'),
    compactOnClaim: z.boolean().nullish().describe('Its conversation is compacted before it is handed a card'),
    mcp: z.boolean().nullish().describe('It is given amux’s own MCP server; default true'),
    mcpServers: z
      .union([z.boolean(), z.array(z.string())])
      .nullish()
      .describe('It is given the fleet’s MCP servers; default true; or those with these names'),
  })
  .nullable()
  .transform(agent => agent ?? {});

export const agentsSchema = z
  .record(
    z.string().regex(AGENT_ID, {
      message: 'expected an agent id: letters, digits, dot, dash and underscore, at most 64, no dash or dot first',
    }),
    agentSchema,
  )
  .nullish()
  .transform(agents => agents ?? {});

export type AgentConfig = z.output<typeof agentSchema>;
export type AgentsConfig = Record<string, AgentConfig>;

export function checkAgentId(id: string): void {
  if (AGENT_ID.test(id)) return;
  const next = 'letters, digits, dot, dash and underscore, starting with a letter or digit, at most 64';
  throw new AmuxError('input.invalid', {why: `"${id.slice(0, 80)}" is not an agent id`, next});
}

/** As it may be shown. */
export function maskEnvironment(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, maskSecret(name, value)]));
}

/** As they may be shown: without what is not set, secrets masked. */
export function maskAgents(agents: AgentsConfig): AgentsConfig {
  return Object.fromEntries(
    Object.entries(agents).map(([id, agent]) => {
      const set = Object.entries(agent).filter(([, value]) => value !== null && value !== undefined);
      const shown: AgentConfig = Object.fromEntries(set);
      return [id, agent.environment ? {...shown, environment: maskEnvironment(agent.environment)} : shown];
    }),
  );
}
