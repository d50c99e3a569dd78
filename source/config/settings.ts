import {stringify} from 'yaml';
import {z} from 'zod';
import {logLevels} from '../domain/log.ts';
import {agentsSchema, maskAgents} from './agents.ts';
import {approvalsSchema} from './approvals.ts';
import {boardSchema} from './board.ts';
import {maskNotices, noticesSchema} from './notices.ts';
import {pricesSchema} from './prices.ts';
import {projectSchema} from './profiles.ts';
import {watchdogSchema} from './watchdog.ts';
import {type Inspected, inspectYaml, type Problem, readYaml} from './yaml-file.ts';

/** One to three keys as tmux writes them: `C-b d`, `M-x`, `F12`, `C-]`. */
const KEYS =
  /^(?:(?:[CMS]-)*(?:[!-~]|F[1-9]|F1[0-2]|Space|Enter|Tab|Escape|BSpace|Up|Down|Left|Right)(?: (?!$)|$)){1,3}$/;
/** A key as the cockpit's tables write it: `M`, `ctrl+l`, `alt+enter`; which ids there are, only the cockpit knows. */
const cockpitKey = z.string().min(1).max(32);
const cockpitKeys = z.record(z.string().max(64), z.union([cockpitKey, z.array(cockpitKey).max(8)]));
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
  backend: z
    .enum(['auto', 'tmux', 'pty'])
    .default('auto')
    .describe('Where terminals live; auto: tmux when it is installed'),
  autostart: z.boolean().default(true).describe('A command that changes something starts a supervisor when none runs'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .default(DEFAULT_PORT)
    .describe('Of the API on 127.0.0.1; another one is chosen when it is taken'),
  logLevel: z
    .enum(logLevels)
    .default('info')
    .describe('What the supervisor writes to log/supervisor.log: this and what is more important'),
  detachKey: keys.default('C-b d').describe('Leaves an attached terminal'),
  leaveKey: keys.default('C-]').describe('Leaves typing mode'),
  keys: cockpitKeys
    .default({})
    .describe('Other keys for the cockpit, by the names that its table of keys has: one, several, or none ([])'),
  onQuit: z
    .enum(['handover', 'leave'])
    .default('handover')
    .describe('When the cockpit that hosts the supervisor ends while sessions run or schedules are to come'),
  mouse: z
    .boolean()
    .default(true)
    .describe('The cockpit takes clicks and the wheel; text is then selected with shift held'),
  theme: z
    .string()
    .min(1)
    .default('auto')
    .describe(
      'A theme of the cockpit by the name of its file: dark, light, …, or one in themes/ of this home; auto: dark, or light on a light background',
    ),
  idleExit: z
    .number()
    .min(0)
    .max(31_536_000)
    .default(300)
    .describe(
      'How long an autostarted supervisor stays with nothing running, nothing scheduled and nobody connected, seconds',
    ),
  allowedHosts: z
    .array(hostName)
    .max(100)
    .default([])
    .describe('Names that the API answers to, besides localhost and what it is bound to'),
  cors: z.array(origin).max(100).default([]).describe('Origins whose pages may use the API'),
  defaultAgent: z.string().nullish().describe('The agent of a session that names none, where its project says nothing'),
  approvals: approvalsSchema.describe('What is decided without asking; before the rules of a project'),
  trustWorktrees: z
    .boolean()
    .default(false)
    .describe('Accepts the trust dialog of agents in worktrees that amux made of a project which this user trusts'),
  board: boardSchema.describe('The board of this home'),
  notices: noticesSchema.describe('How people are told of what they do not look at'),
  prices: pricesSchema.describe(
    'What models cost, over the list of amux; by their names as `amux tokens` shows them, or without provider and date',
  ),
  watchdog: watchdogSchema.describe('What the watchdog does; one mode for all of its rules, or each rule by its name'),
  agents: agentsSchema.describe('Agent profiles of this home; those of a project lie over them'),
});

/** What the home's `config.yaml` says, with the defaults. */
export type Settings = z.output<typeof settingsSchema>;

/** Throws `config.invalid` with the line. A missing file means the defaults. */
export function loadSettings(file: string): {settings: Settings; notices: string[]} {
  const {value, notices} = readYaml(file, settingsSchema);
  return {settings: value, notices};
}

/** What is told and read anew while a supervisor runs: a fault in it must not keep one from starting. */
const patient = settingsSchema.extend({
  approvals: approvalsSchema.catch([]),
  watchdog: settingsSchema.shape.watchdog.catch(() => settingsSchema.shape.watchdog.parse(undefined)),
  notices: settingsSchema.shape.notices.catch(() => settingsSchema.shape.notices.parse(undefined)),
});

/** The same for what has to go on whatever stands in those sections: they count as not written, and are told elsewhere. */
export const loadStart = (file: string): {settings: Settings; notices: string[]} => {
  const {value, notices} = readYaml(file, patient);
  return {settings: value as Settings, notices};
};

/** Everything that is wrong with a configuration, for `config validate`: also keys that only have no effect. */
export function validateFile(
  file: string,
  kind: 'home' | 'project',
  further: Further = () => [],
): {problems: Problem[]; notices: string[]} {
  const {problems, unknown, notices} = inspectAs(file, {kind, further});
  const all = [...problems, ...unknown].sort((a, b) => a.line - b.line || a.column - b.column);
  return {problems: all, notices: notices.slice(0, notices.length - unknown.length)};
}

/** What else is wrong with the settings of a home, by who takes them; `path`: the keys under which that stands. */
type Further = (settings: Settings) => {path: string[]; why: string}[];

function inspectAs(file: string, {kind, further}: {kind: 'home' | 'project'; further: Further}): Inspected<unknown> {
  if (kind === 'project') return inspectYaml(file, projectSchema);
  const found = inspectYaml(file, settingsSchema);
  const more = found.value === null ? [] : further(found.value);
  return {...found, problems: [...found.problems, ...more.map(({path, why}) => ({...found.placeOf(path), why}))]};
}

/** With defaults, secrets masked: for `config show --json`. */
export function maskSettings<T extends Maskable>(settings: T): T {
  const {agents, notices} = settings;
  return {...settings, agents: maskAgents(agents), ...(notices === undefined ? {} : {notices: maskNotices(notices)})};
}

type Maskable = Pick<Settings, 'agents'> & Partial<Pick<Settings, 'notices'>>;

/** The same as YAML, for `config show`. */
export function dumpSettings(settings: Maskable): string {
  return stringify(maskSettings(settings), {lineWidth: 0});
}
