import {mkdirSync, realpathSync, statSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {dirname, join, relative, resolve} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {findRepository, isKeptOut, isTracked, keepOutOfGit, type Repository} from './repository.ts';

/** `configFile` is null where a repository has no configuration. */
export type Project = {root: string; configFile: string | null};

const CONFIG = join('.amux', 'config.yaml');
const OURS = ['.amux/workspaces/', '.amux/context/'];

const TEMPLATE = `# amux: the agents of this project. "amux agent config add|update|remove" edits this file and keeps comments.

# The agent of "amux register" without --agent.
# defaultAgent: claude

# claude, codex, gemini and opencode need no entry; one here lies over what amux knows of them.
#
# agents:
#   claude:
#     model: sonnet
#     permissionMode: manual   # the agent's own modes, here: ask for everything
#   gpt:
#     name: GPT-4
#     type: generic            # claude, codex, gemini, opencode, or generic: any command
#     command: gpt-cli --fast
#     quiet: 1.5               # seconds without output that end a turn (generic)
#     environment:
#       # Taken from the caller's environment when a session starts; never stored.
#       OPENAI_API_KEY: \${OPENAI_API_KEY}

# What "amux ws create" does in a new worktree, and "amux ws remove" before it removes one. Commands run in the worktree
# once their user has accepted them; files are copied from this directory, as git does not bring them along.
#
# workspace:
#   copy: [.env]
#   setup: [npm ci]
#   teardown: [docker compose down]

# What is decided without asking: the first rule that matches, after the rules of the home.
#
# approvals:
#   - {tool: Bash, pattern: "npm test*", decide: allow}
#   - {tool: Bash, pattern: "*rm -rf*", decide: deny, message: ask me first}

# What the watchdog does here, over what the home says: on, report or off for each rule, and what it is told.
#
# watchdog:
#   stuck: {after: 30m, interrupt: true}
#   envelope: {memory: 4GB, processes: 200, action: restart}
#   stale-claim: {reset: true}
`;

/**
 * The project of a directory: the nearest directory with `.amux/config.yaml`, looking no further up than the
 * repository, else the repository itself; null outside. Inside a worktree it is the main repository's, whatever the
 * worktree has a copy of. The home's own `config.yaml` makes no project.
 */
export function findProject(dir: string, options: {home?: string} = {}): Project | null {
  const start = real(dir);
  const repository = findRepository(start);
  const homes = [options.home, process.env['AMUX_HOME'], join(homedir(), '.amux')].flatMap(home =>
    home ? [real(home)] : [],
  );
  const isConfig = (directory: string): boolean =>
    isTrustedFile(join(directory, CONFIG), repository !== null) && !homes.includes(join(directory, '.amux'));

  // In a worktree: the same place in the main repository, whether it exists there or not.
  const from = repository === null ? start : join(repository.root, relative(repository.top, start));
  const top = repository?.root ?? '/';
  for (let at = from; ; at = dirname(at)) {
    if (isConfig(at)) return {root: at, configFile: join(at, CONFIG)};
    if (at === top || dirname(at) === at) break;
  }
  return repository === null ? null : {root: repository.root, configFile: null};
}

/** Makes the repository of a directory a project. Throws `project.none`, `project.exists` and `store.write`. */
export function initProject(dir: string, {force = false}: {force?: boolean} = {}): {root: string; configFile: string} {
  const repository = findRepository(real(dir));
  if (repository === null) throw new AmuxError('project.none', {dir});
  const configFile = join(repository.root, CONFIG);
  try {
    mkdirSync(dirname(configFile), {recursive: true});
    writeFileSync(configFile, TEMPLATE, {flag: force ? 'w' : 'wx'});
    hideFromGit(repository, {made: true});
  } catch (error) {
    if (error instanceof AmuxError) throw error;
    const {code, path} = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && path === configFile) {
      throw new AmuxError('project.exists', {file: configFile});
    }
    throw new AmuxError('store.write', {file: configFile, why: (error as Error).message}, error);
  }
  return {root: repository.root, configFile};
}

/**
 * What amux makes in working trees shows in no `git status`; what people write there does. `made`: the configuration is
 * amux's own. One that git has come to know is no longer kept out.
 */
export function hideFromGit(
  repository: Pick<Repository, 'root' | 'gitDir'>,
  {made = false}: {made?: boolean} = {},
): void {
  const asks = made || isKeptOut(repository, CONFIG);
  const known = asks && isTracked(repository, CONFIG);
  keepOutOfGit(repository, {add: made && !known ? [...OURS, CONFIG] : OURS, remove: known ? [CONFIG] : []});
}

/** Outside a repository, where a directory above may be anybody's, a file must be this user's or root's. */
function isTrustedFile(file: string, anybodys: boolean): boolean {
  try {
    const found = statSync(file);
    return found.isFile() && (anybodys || found.uid === 0 || found.uid === process.getuid?.());
  } catch {
    return false; // Missing, or in a directory that may not be entered.
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path); // It does not exist, or its parents may not be read.
  }
}
