import type {Paths} from '../config/paths.ts';
import {loadConfig} from '../config/profiles.ts';
import {accept, hashCommands, isAccepted, type WorkspaceConfig} from '../config/workspace.ts';
import {AmuxError} from '../domain/errors.ts';
import {oneLine} from '../domain/names.ts';
import type {WorkspaceRecord} from '../domain/workspace.ts';
import {type Ran, runCommands} from '../workspace/commands.ts';
import {contextOf, makeContextFiles} from '../workspace/context-files.ts';
import {copyFiles} from '../workspace/copy.ts';
import {placeOf} from '../workspace/list.ts';
import {writeRecord} from '../workspace/records.ts';
import {inheritedEnvironment} from './launch.ts';
import type {Located} from './workspace-places.ts';

const STOPPED = 'setup stopped at ';

/** What the project declares for its worktrees. Throws `config.invalid`. */
export function declaredIn({project}: Located): WorkspaceConfig {
  return project.configFile === null
    ? {setup: [], teardown: [], copy: []}
    : loadConfig(project.configFile).config.workspace;
}

type Asked = {here: Located; paths: Paths; commands: string[]; trust: string | undefined; flag: string; at: number};

/** Commands that a repository brings run only once its user has seen exactly these. Throws `workspace.untrusted`. */
export function checkAccepted({here, paths, commands, trust, flag, at}: Asked): void {
  if (commands.length === 0) return;
  const {root, configFile} = here.project;
  const hash = hashCommands(root, commands);
  if (isAccepted(paths, hash)) return;
  if (trust === hash) {
    accept(paths, {hash, root, at});
    return;
  }
  const file = configFile ?? root;
  const shown = commands.map(oneLine).join('; ');
  throw new AmuxError('workspace.untrusted', {file, commands: shown, each: commands.join('\0'), hash, flag});
}

/** What git does not bring along, then the project's own commands. What fails is told; the worktree stays. */
export async function setUp(
  here: Located,
  {record, declared}: {record: WorkspaceRecord; declared: WorkspaceConfig},
): Promise<string[]> {
  const to = placeOf(here.repository, record.id);
  const {copied, notices} = await copyFiles({from: here.project.root, to, paths: declared.copy});
  if (copied.length > 0) writeRecord(here.repository, {...record, copied});
  const failed = await runIn(here, {record, commands: declared.setup});
  return failed === null ? notices : [...notices, `${STOPPED}"${oneLine(failed.command)}": ${failed.why}`];
}

/** Notices of a new workspace as the journal keeps them: what a command printed may hold secrets of its environment. */
export const withoutOutput = (notices: readonly string[]): string[] =>
  notices.map(each => (each.startsWith(STOPPED) ? 'its setup failed' : each));

/** Throws `workspace.commands`. */
export async function tearDown(
  here: Located,
  {record, commands}: {record: WorkspaceRecord; commands: string[]},
): Promise<void> {
  const failed = await runIn(here, {record, commands});
  if (failed === null) return;
  const why = `teardown stopped at "${oneLine(failed.command)}": ${failed.why}`;
  const next = 'nothing was removed; --no-teardown goes on without it';
  throw new AmuxError('workspace.commands', {workspace: record.name, why, next});
}

/** What could not be made is told. */
export function contextFor({repository}: Located, record: WorkspaceRecord): string[] {
  try {
    const branch = record.branch.replace(/^refs\/heads\//, '');
    makeContextFiles(placeOf(repository, record.id), {...record, branch});
    return [];
  } catch (error) {
    return [`no context files: ${(error as Error).message}`];
  }
}

/** With the environment of sessions, without what belongs to one of them. */
function runIn(
  {project, repository}: Located,
  {record: {id, name}, commands}: {record: WorkspaceRecord; commands: string[]},
): Promise<Ran | null> {
  const path = placeOf(repository, id);
  const env = {
    ...inheritedEnvironment(process.env),
    AMUX_WORKSPACE_ID: id,
    AMUX_WORKSPACE_NAME: name,
    AMUX_WORKSPACE_PATH: path,
    AMUX_CONTEXT_PATH: contextOf(path),
    AMUX_PROJECT_PATH: project.root,
  };
  return runCommands(commands, {cwd: path, env});
}
