import {join} from 'node:path';
import type {Paths} from '../config/paths.ts';
import {loadConfig} from '../config/profiles.ts';
import {hideFromGit} from '../config/project.ts';
import {accept, hashCommands, isAccepted, type WorkspaceConfig} from '../config/workspace.ts';
import {AmuxError} from '../domain/errors.ts';
import {oneLine} from '../domain/names.ts';
import {
  type ContextFiles,
  contextFileNames,
  isWithin,
  type Loss,
  lossText,
  type Pruned,
  type WorkspaceInput,
  type WorkspaceRecord,
  type Workspaces,
  type WorkspaceView,
} from '../domain/workspace.ts';
import {runCommands} from '../workspace/commands.ts';
import {contextOf, makeContextFiles} from '../workspace/context-files.ts';
import {copyFiles} from '../workspace/copy.ts';
import {createWorktree} from '../workspace/create.ts';
import {type Found, lastUsed, placeOf} from '../workspace/list.ts';
import {writeRecord} from '../workspace/records.ts';
import {finishRemovals, lossesOf, removeWorktree} from '../workspace/remove.ts';
import {inheritedEnvironment} from './launch.ts';
import type {Profiles} from './profiles.ts';
import type {Roster} from './roster.ts';
import {
  type Home,
  homeOfCaller,
  lookingAtWorkspaces,
  oneOf,
  realDirectory,
  type Sessions,
  viewsOf,
} from './workspace-places.ts';

const DAY_MS = 86_400_000;
const PRUNE_DAYS = 7;

type Options = {roster: Roster; paths: Paths; profiles: Profiles; now: () => number};

/** Makes and removes worktrees. Each repository sees one of these at a time. */
export function workspaces({roster, paths, profiles, now}: Options): {as: (actor: string) => Workspaces} {
  const sessions: Sessions = () => roster.all.map(({session}) => session);
  const queues = new Map<string, Promise<unknown>>();
  const inTurn = <T>({repository}: Home, act: () => Promise<T>): Promise<T> => {
    const key = repository.gitDir;
    const turn = (queues.get(key) ?? Promise.resolve()).then(act, act);
    queues.set(key, turn);
    void turn.catch(() => {}).then(() => queues.get(key) === turn && queues.delete(key));
    return turn;
  };

  const create = async (home: Home, input: WorkspaceInput): Promise<WorkspaceView> => {
    const {project, repository} = home;
    const config = configOf(home);
    if (input.agent !== undefined) profiles.resolve(input.agent, project);
    const wantsSetup = input.setup !== false;
    if (wantsSetup) checkAccepted({home, commands: config.setup, trust: input.trust, flag: '--no-setup'});
    await finishRemovals(repository);
    hideFromGit(repository);
    const record = await createWorktree(repository, input, now());
    const notices = wantsSetup ? await equipWorktree(home, {record, config}) : contextFor(home, record);
    const {view} = await oneOf(home, {ref: record.id, cwd: project.root, sessions});
    return {...view, notices};
  };

  /** Context files, what git does not bring along, then the project's own commands. What fails is told; it stays. */
  const equipWorktree = async (
    home: Home,
    {record, config}: {record: WorkspaceRecord; config: WorkspaceConfig},
  ): Promise<string[]> => {
    const notices = contextFor(home, record);
    const to = placeOf(home.repository, record.id);
    const done = copyFiles({from: home.project.root, to, paths: config.copy});
    notices.push(...done.notices);
    if (done.copied.length > 0) writeRecord(home.repository, {...record, copied: done.copied});
    const failed = await runCommands(config.setup, {cwd: to, env: environmentFor(home, record)});
    if (failed !== null) notices.push(`setup stopped at "${failed.command}": ${failed.why}`);
    return notices;
  };

  const contextFor = ({repository}: Home, record: WorkspaceRecord): string[] => {
    try {
      makeContextFiles(placeOf(repository, record.id), {
        ...record,
        branch: record.branch.replace(/^refs\/heads\//, ''),
      });
      return [];
    } catch (error) {
      return [`no context files: ${(error as Error).message}`];
    }
  };

  type Asked = {home: Home; commands: string[]; trust: string | undefined; flag: string};

  /** Commands that a repository brings run only once its user has seen exactly these. */
  const checkAccepted = ({home, commands, trust, flag}: Asked): void => {
    if (commands.length === 0) return;
    const {root, configFile} = home.project;
    const hash = hashCommands(root, commands);
    if (isAccepted(paths, hash)) return;
    if (trust !== hash) {
      const file = configFile ?? root;
      throw new AmuxError('workspace.untrusted', {
        file,
        commands: commands.map(oneLine).join('; '),
        each: commands.join('\0'),
        hash,
        flag,
      });
    }
    accept(paths, {hash, root, at: now()});
  };

  /** Who is in it: it is not removed from under them, whatever is discarded. */
  const checkUnused = ({view, cwd}: {view: WorkspaceView; cwd: string}): void => {
    const workspace = view.name;
    const [name] = view.sessions;
    if (name !== undefined) {
      const more = view.sessions.length > 1 ? ` and ${view.sessions.length - 1} more` : '';
      throw new AmuxError('workspace.busy', {
        workspace,
        why: `${name}${more} runs there`,
        next: `amux stop ${name} first`,
      });
    }
    if (isWithin(cwd, view.path)) {
      throw new AmuxError('workspace.busy', {workspace, why: 'you are in it', next: `cd ${view.project} first`});
    }
  };

  const remove = async (
    home: Home,
    input: {found: Found; discard: boolean; teardown: boolean; trust?: string},
  ): Promise<string[]> => {
    const {found, discard} = input;
    const {teardown} = input.teardown && !found.missing ? configOf(home) : {teardown: []};
    checkAccepted({home, commands: teardown, trust: input.trust, flag: '--no-teardown'});
    if (teardown.length > 0 && found.worktree?.locked == null) {
      if (!discard) refuseLosses(found, await lossesOf(home.repository, found));
      const failed = await runCommands(teardown, {cwd: found.path, env: environmentFor(home, found.record)});
      if (failed !== null) {
        const why = `teardown stopped at "${failed.command}": ${failed.why}`;
        const next = 'nothing was removed; --no-teardown goes on without it';
        throw new AmuxError('workspace.commands', {workspace: found.record.name, why, next});
      }
    }
    return removeWorktree(home.repository, found, {discard});
  };

  const note = (type: 'workspace.created' | 'workspace.removed', reason: string, actor: string): void =>
    roster.append({type, actor, session: null, reason, changes: []});

  const as = (actor: string): Workspaces => ({
    ...lookingAtWorkspaces(sessions),

    async createWorkspace(input) {
      const home = homeOfCaller(input.cwd);
      const view = await inTurn(home, () => create(home, input));
      note(
        'workspace.created',
        `${view.name} made in ${view.path}${view.branch === null ? '' : `, branch ${view.branch}`}`,
        actor,
      );
      return view;
    },

    async removeWorkspace(ref, {cwd, discard = false, teardown = true, trust}) {
      const home = homeOfCaller(cwd);
      const from = realDirectory(cwd);
      return inTurn(home, async () => {
        await finishRemovals(home.repository);
        const {view, found} = await oneOf(home, {ref, cwd: from, sessions});
        if (found === null) throw new AmuxError('workspace.main');
        checkUnused({view, cwd: from});
        const notices = await remove(home, {found, discard, teardown, trust});
        note(
          'workspace.removed',
          `${view.name} removed from ${view.path}${discard ? ', with what it held' : ''}`,
          actor,
        );
        return {...view, notices};
      });
    },

    async pruneWorkspaces({cwd, days = PRUNE_DAYS, dryRun = false}) {
      const home = homeOfCaller(cwd);
      const from = realDirectory(cwd);
      return inTurn(home, async () => {
        await finishRemovals(home.repository);
        const pruned: Pruned[] = [];
        for (const {view, found} of await viewsOf(home, sessions)) {
          if (found === null) continue;
          const age = Math.floor((now() - lastUsed(home.repository, found)) / DAY_MS);
          if (!found.missing && age < days) continue;
          const about = {id: view.id, name: view.name, path: view.path};
          const why = found.missing ? 'its directory was deleted' : `not used for ${age} day${age === 1 ? '' : 's'}`;
          try {
            checkUnused({view, cwd: from});
            if (dryRun) refuseLosses(found, await lossesOf(home.repository, found));
            const notices = dryRun ? [] : await remove(home, {found, discard: false, teardown: true});
            if (!dryRun) note('workspace.removed', `${view.name} pruned: ${why}`, actor);
            pruned.push({...about, removed: true, why: [why, ...notices].join('; ')});
          } catch (error) {
            if (!(error instanceof AmuxError)) throw error;
            pruned.push({...about, removed: false, why: error.message});
          }
        }
        return pruned;
      });
    },

    async initContext(ref, {cwd}) {
      const home = homeOfCaller(cwd);
      const {view, found} = await oneOf(home, {ref, cwd: realDirectory(cwd), sessions});
      if (view.state === 'missing') throw new AmuxError('workspace.missing', {workspace: view.name, path: view.path});
      hideFromGit(home.repository);
      const {name, branch, base, description} = view;
      const made = makeContextFiles(view.path, {name, branch: found === null ? null : branch, base, description});
      return contextFiles(view.path, made);
    },
  });
  return {as};
}

function configOf({project}: Home): WorkspaceConfig {
  return project.configFile === null
    ? {setup: [], teardown: [], copy: []}
    : loadConfig(project.configFile).config.workspace;
}

function refuseLosses({record}: Found, losses: Loss[]): void {
  if (losses.length > 0) throw new AmuxError('workspace.losses', {workspace: record.name, losses: lossText(losses)});
}

/** Of a project's commands: as sessions have it, without what belongs to a session. */
function environmentFor({project, repository}: Home, {id, name}: WorkspaceRecord): Record<string, string> {
  const path = placeOf(repository, id);
  return {
    ...inheritedEnvironment(process.env),
    AMUX_WORKSPACE_ID: id,
    AMUX_WORKSPACE_NAME: name,
    AMUX_WORKSPACE_PATH: path,
    AMUX_CONTEXT_PATH: contextOf(path),
    AMUX_PROJECT_PATH: project.root,
  };
}

const contextFiles = (path: string, made: string[]): ContextFiles => ({
  path: contextOf(path),
  files: contextFileNames.map(name => join(contextOf(path), name)),
  made,
});
