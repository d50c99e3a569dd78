import {stringify} from 'yaml';
import {z} from 'zod';
import {logLevels} from '../domain/log.ts';
import {agentsSchema, maskAgents} from './agents.ts';
import {approvalsSchema} from './approvals.ts';
import {boardSchema} from './board.ts';
import {projectSchema} from './profiles.ts';
import {inspectYaml, type Problem, readYaml} from './yaml-file.ts';

/** One to three keys as tmux writes them: `C-b d`, `M-x`, `F12`, `C-]`. */
const KEYS =
  /^(?:(?:[CMS]-)*(?:[!-~]|F[1-9]|F1[0-2]|Space|Enter|Tab|Escape|BSpace|Up|Down|Left|Right)(?: (?!$)|$)){1,3}$/;
const keys = z.string().regex(KEYS, {message: 'expected one to three keys such as "C-b d" or "F12"'});

/** Where the API is served when nothing else is said. */
export const DEFAULT_PORT = 8822;
/** `https://host[:port]`, as browsers send it. */
const origin = z.string().refine(value => URL.canParse(value) && new URL(value).origin === value, {
  message: 'expected an origin such as "https://board.example:8443"',
});
const hostName = z.string().regex(/^(?:[\w.-]+|\[[\da-fA-F:.]+\])$/, {
  message: 'expected a name or address without a port, such as "build.example"',
});

export const settingsSchema = z.strictObject({
  /** Where terminals live; auto: tmux when it is installed. */
  backend: z.enum(['auto', 'tmux', 'pty']).default('auto'),
  /** A command that changes something starts a supervisor when none runs. */
  autostart: z.boolean().default(true),
  /** Of the API on 127.0.0.1; another one is chosen when it is taken. */
  port: z.int().min(1).max(65_535).default(DEFAULT_PORT),
  /** What the supervisor writes to log/supervisor.log: this and what is more important. */
  logLevel: z.enum(logLevels).default('info'),
  /** Leaves an attached terminal. */
  detachKey: keys.default('C-b d'),
  /** Leaves typing mode. */
  leaveKey: keys.default('C-]'),
  /** When the cockpit that hosts the supervisor ends while sessions run. */
  onQuit: z.enum(['handover', 'leave']).default('handover'),
  theme: z.string().min(1).default('dark'),
  /** How long an autostarted supervisor stays with nothing running and nobody connected, seconds. */
  idleExit: z.number().min(0).max(31_536_000).default(300),
  /** Names that the API answers to, besides localhost and what it is bound to. */
  allowedHosts: z.array(hostName).max(100).default([]),
  /** Origins whose pages may use the API. */
  cors: z.array(origin).max(100).default([]),
  defaultAgent: z.string().nullish(),
  /** What is decided without asking; before the rules of a project. */
  approvals: approvalsSchema,
  /** Accepts the trust dialog of agents in worktrees that amux made of a project which this user trusts. */
  trustWorktrees: z.boolean().default(false),
  board: boardSchema,
  agents: agentsSchema,
});

/** What the home's `config.yaml` says, with the defaults. */
export type Settings = z.output<typeof settingsSchema>;

/** Throws `config.invalid` with the line. A missing file means the defaults. */
export function loadSettings(file: string): {settings: Settings; notices: string[]} {
  const {value, notices} = readYaml(file, settingsSchema);
  return {settings: value, notices};
}

/** Everything that is wrong with a configuration, for `config validate`. */
export function validateFile(file: string, kind: 'home' | 'project'): {problems: Problem[]; notices: string[]} {
  const {problems, notices} = kind === 'home' ? inspectYaml(file, settingsSchema) : inspectYaml(file, projectSchema);
  return {problems, notices};
}

/** With defaults, secrets masked: for `config show --json`. */
export function maskSettings<T extends {agents: Settings['agents']}>(settings: T): T {
  return {...settings, agents: maskAgents(settings.agents)};
}

/** The same as YAML, for `config show`. */
export function dumpSettings(settings: {agents: Settings['agents']}): string {
  return stringify(maskSettings(settings), {lineWidth: 0});
}
