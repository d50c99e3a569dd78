import {accessSync, constants, statSync} from 'node:fs';
import {delimiter, isAbsolute, join, resolve} from 'node:path';
import type {Agent} from '../agents/agent.ts';
import {parseCommandLine, quoteArgv} from '../config/command-line.ts';
import type {Profile} from '../config/profiles.ts';
import {expandEnvironment, namedVariables} from '../config/variables.ts';
import {withArguments} from '../domain/argv.ts';
import {AmuxError} from '../domain/errors.ts';
import {type McpEntries, variablesOfMcp} from '../domain/mcp.ts';
import {type McpWish, takes} from '../domain/mcp-run.ts';
import type {Session} from '../domain/session.ts';

export type LaunchInput = {
  session: Session;
  profile: Profile;
  agent: Agent;
  /** Variables of one-shot sessions, which are not stored with them. */
  extra: Record<string, string>;
  /** Where `${VAR}` is looked up, first wins: the caller, the last launch. The supervisor's own comes last. */
  callerEnv: Record<string, string>;
  remembered: Record<string, string>;
  /** Variables that its MCP servers refer to: what the caller has of them it gets. */
  asked: readonly string[];
  home: string;
  /** Of the API, with this session's token; null: none. */
  url: string | null;
  /** Goes on with this conversation; null: a fresh one, or what a fork adds. */
  conversation: string | null;
};

/** `remember`: the values that this launch looked up, by the names that were asked for and by those they were given to. */
export type LaunchPlan = {
  /** Its command line without what amux adds. */
  command: string[];
  argv: string[];
  env: Record<string, string>;
  remember: Record<string, string>;
  /** That it is told to use; null: none. */
  model: string | null;
};

/** The program, its arguments and its whole environment. Throws when something that it needs is missing. */
export function planLaunch(input: LaunchInput): LaunchPlan {
  const {session, profile, agent} = input;
  const base = inheritedEnvironment(process.env);
  const line = session.command ?? profile.command ?? agent.command ?? shellOf(base);
  const model = session.model ?? profile.model;
  const flags = [
    ...(model === null ? [] : (agent.modelFlags?.(model) ?? [])),
    ...(session.yolo ? (agent.yoloFlags ?? []) : permissionFlags(agent, profile)),
    ...(input.conversation === null ? [] : resumeFlags(agent, {dir: session.dir, conversation: input.conversation})),
  ];
  const command = parseCommandLine(line);
  const argv = withArguments(command, flags);
  const raw = {...profile.environment, ...session.env, ...input.extra};
  const sources = [input.callerEnv, input.remembered, process.env];
  const expanded = expandAll(raw, {sources, remembered: input.remembered, name: session.name});
  const asked = pick(input.asked, [input.callerEnv, input.remembered]);
  const env = {...base, ...asked, ...amuxVariables(input), ...expanded};
  checkProgram({argv, env, session});
  return {command, argv, env, model, remember: {...asked, ...expanded, ...pick(namedVariables(raw), sources)}};
}

function resumeFlags(agent: Agent, {dir, conversation}: {dir: string; conversation: string}): string[] {
  checkContinues(agent, {fork: false});
  return agent.resumeFlags?.(conversation, dir) ?? [];
}

/** Throws `conversation.cannot`. */
export function checkContinues({title, fork, resumeFlags}: Agent, wanted: {fork: boolean}): void {
  if ((wanted.fork ? fork : resumeFlags) !== null) return;
  throw new AmuxError('conversation.cannot', {agent: title, what: wanted.fork ? 'fork' : 'go on with'});
}

/** What a process has of its user, its machine and its session, whoever starts it. */
const OWN = /^(HOME|PATH|USER|LOGNAME|SHELL|PWD|OLDPWD|TMPDIR|TERM|LANG|LC_.*|XDG_.*|AMUX_.*)$/;

/** Those that its MCP servers refer to and that its caller may have. */
export const askedFor = (servers: McpEntries, wish: McpWish): string[] =>
  variablesOfMcp(Object.fromEntries(Object.entries(servers).filter(([name]) => takes(wish, name)))).filter(
    name => !OWN.test(name),
  );

/** The names that a launch would look up in its caller's environment. */
export function variablesOf(profile: Profile, env: Record<string, string>): string[] {
  return namedVariables({...profile.environment, ...env});
}

function permissionFlags({title, permissionModes}: Agent, {id, permissionMode}: Profile): string[] {
  if (permissionMode === null) return [];
  const flags = Object.hasOwn(permissionModes, permissionMode) ? permissionModes[permissionMode] : undefined;
  if (flags !== undefined) return flags;
  const known = Object.keys(permissionModes).join(', ') || 'none';
  throw new AmuxError('agent.mode', {agent: id, title, mode: permissionMode, known});
}

type Lookup = {sources: Record<string, string | undefined>[]; remembered: Record<string, string>; name: string};

/** A reference that is unset everywhere leaves its variable as the last launch had it: the terminal still knows that one. */
function expandAll(raw: Record<string, string>, {sources, remembered, name}: Lookup): Record<string, string> {
  const expanded: Record<string, string> = {};
  for (const [key, value] of Object.entries(raw)) {
    try {
      Object.assign(expanded, expandEnvironment({[key]: value}, sources, name));
    } catch (error) {
      const kept = remembered[key];
      if (kept === undefined) throw error;
      expanded[key] = kept;
    }
  }
  return expanded;
}

function amuxVariables({session, profile, home, url}: LaunchInput): Record<string, string> {
  return {
    ...(url === null ? {} : {AMUX_URL: url}),
    AMUX_HOME: home,
    AMUX_SESSION: session.name,
    AMUX_SESSION_ID: session.id,
    AMUX_AGENT_ID: profile.id,
    AMUX_WORKSPACE_ID: session.workspace.id,
    AMUX_WORKSPACE_PATH: session.workspace.path,
    AMUX_CONTEXT_PATH: join(session.workspace.path, '.amux', 'context'),
  };
}

/** The supervisor's environment without what belongs to its own terminal, session or npm script. */
export function inheritedEnvironment(own: NodeJS.ProcessEnv): Record<string, string> {
  const dropped =
    /^(TMUX|TMUX_PANE|TERM|TERM_PROGRAM|TERM_PROGRAM_VERSION|COLUMNS|LINES|STY|WINDOWID|INIT_CWD|npm_.*|AMUX_.*)$/;
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(own)) if (value !== undefined && !dropped.test(key)) env[key] = value;
  // npm scripts put this package's own programs first on the PATH: agents must not find its Node.
  const scripts = own['npm_package_json'];
  if (scripts !== undefined && env['PATH'] !== undefined) {
    const ours = join(resolve(scripts, '..'), 'node_modules', '.bin');
    const parts = env['PATH'].split(delimiter).filter(part => part !== ours && !part.includes('node-gyp-bin'));
    env['PATH'] = parts.join(delimiter);
  }
  return {...env, COLORTERM: 'truecolor'};
}

function shellOf(env: Record<string, string>): string {
  const shell = env['SHELL'];
  return shell !== undefined && isExecutable(shell) ? quoteArgv([shell]) : '/bin/sh';
}

function checkProgram({argv, env, session}: {argv: string[]; env: Record<string, string>; session: Session}): void {
  const [program = ''] = argv;
  const found = program.includes('/')
    ? isExecutable(isAbsolute(program) ? program : join(session.dir, program))
    : (env['PATH'] ?? '').split(delimiter).some(dir => dir !== '' && isExecutable(join(dir, program)));
  if (found) return;
  throw new AmuxError('command.missing', {
    command: program,
    argv: JSON.stringify(argv),
    agent: session.agent,
    workspace: `${session.workspace.name}, ${session.workspace.path}`,
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function pick(names: readonly string[], sources: Record<string, string | undefined>[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = sources.map(source => source[name]).find(each => each !== undefined);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
