import {join} from 'node:path';
import type {Paths} from '../config/paths.ts';
import {hideFromGit} from '../config/project.ts';
import {AmuxError} from '../domain/errors.ts';
import {isLive} from '../domain/session.ts';
import {
  contextFileNames,
  isWithin,
  lossText,
  type Pruned,
  type RemoveInput,
  type WorkspaceInput,
  type WorkspaceRecord,
  type Workspaces,
  type WorkspaceView,
} from '../domain/workspace.ts';
import {contextOf, makeContextFiles} from '../workspace/context-files.ts';
import {createWorktree} from '../workspace/create.ts';
import {forkWorktree} from '../workspace/fork.ts';
import {type Found, lastUsed, placeOf} from '../workspace/list.ts';
import {mergeWorktree} from '../workspace/merge.ts';
import {finishRemovals, lossesOf, removeWorktree} from '../workspace/remove.ts';
import {endMaking, finishMakings} from '../workspace/unfinished.ts';
import {whyMissing} from '../workspace/unlinked.ts';
import type {Profiles} from './profiles.ts';
import type {Roster} from './roster.ts';
import {
  type Located,
  locateCaller,
  lookingAtWorkspaces,
  type Marks,
  oneOf,
  realDirectory,
  type Sessions,
  viewsOf,
} from './workspace-places.ts';
import {checkAccepted, contextFor, declaredIn, setUp, tearDown} from './workspace-setup.ts';

const DAY_MS = 86_400_000;
const PRUNE_DAYS = 7;

type Options = {roster: Roster; paths: Paths; profiles: Profiles; marks: Marks; now: () => number};

/** A workspace from another working tree of its repository. */
export type WorkspaceFork = Pick<WorkspaceInput, 'name' | 'branch' | 'trust' | 'setup'> & {
  here: Located;
  top: string;
  agent: string;
  clean: boolean;
  /** Name of the session that it is forked from. */
  from: string;
};

type Made = {record: WorkspaceRecord; notices: string[]};

type Making = {
  as: (actor: string) => Workspaces;
  fork: (fork: WorkspaceFork, actor: string) => Promise<WorkspaceView>;
};

/** Makes and removes worktrees. Git is asked to change a repository by one of these at a time. */
export function workspaces({roster, paths, profiles, marks, now}: Options): Making {
  const sessions: Sessions = () => roster.all.map(({session}) => session);
  const inTurn = turns();
  /** Directories whose setup still runs. */
  const settingUp = new Set<string>();

  type Wanted = Pick<WorkspaceInput, 'agent' | 'trust' | 'setup'>;

  /** `make`: git's part of it. */
  const create = async (
    here: Located,
    {agent, trust, setup}: Wanted,
    make: () => Promise<Made>,
  ): Promise<WorkspaceView> => {
    const {project, repository} = here;
    const declared = declaredIn(here);
    if (agent !== undefined) profiles.resolve(agent, project);
    const wantsSetup = setup !== false;
    if (wantsSetup) {
      checkAccepted({here, paths, commands: declared.setup, trust, flag: '--no-setup', at: now()});
    }
    const {record, notices} = await inTurn(here, async () => {
      await finishCut(repository);
      hideFromGit(repository);
      const made = await make();
      settingUp.add(placeOf(repository, made.record.id));
      return made;
    });
    notices.push(...contextFor(here, record));
    try {
      if (wantsSetup) notices.push(...(await setUp(here, {record, declared})));
    } finally {
      settingUp.delete(placeOf(repository, record.id));
      endMaking(repository, record.id);
    }
    const {view} = await oneOf(here, {ref: record.id, cwd: project.root, sessions});
    return {...view, notices};
  };

  /** Who is in it: it is not removed from under them, whatever is discarded. */
  const checkUnused = ({view, cwd}: {view: WorkspaceView; cwd: string}): void => {
    const busy = (why: string, next: string): AmuxError =>
      new AmuxError('workspace.busy', {workspace: view.name, why, next});
    const [name] = view.sessions;
    if (name !== undefined) {
      const more = view.sessions.length > 1 ? ` and ${view.sessions.length - 1} more` : '';
      throw busy(`${name}${more} runs there`, `amux stop ${name} first`);
    }
    if (settingUp.has(view.path)) throw busy('its setup still runs', 'wait for its end');
    if (isWithin(cwd, view.path)) throw busy('you are in it', `cd ${view.project} first`);
  };

  type Removal = Pick<RemoveInput, 'discard' | 'teardown' | 'trust'> & {found: Found};

  const remove = async (here: Located, {found, discard = false, teardown, trust}: Removal): Promise<string[]> => {
    const {record, missing, worktree} = found;
    const commands = teardown === false || missing ? [] : declaredIn(here).teardown;
    checkAccepted({here, paths, commands, trust, flag: '--no-teardown', at: now()});
    if (commands.length > 0 && worktree?.locked == null) {
      if (!discard) await refuseLosses(here, found);
      await tearDown(here, {record, commands});
    }
    return removeWorktree(here.repository, found, {discard});
  };

  const note = (
    type: 'workspace.created' | 'workspace.removed' | 'workspace.merged',
    reason: string,
    actor: string,
  ): void => roster.keep({type, actor, session: null, reason, changes: []});

  const pruneOne = async (here: Located, one: {view: WorkspaceView; found: Found; cwd: string; dryRun: boolean}) => {
    checkUnused(one);
    if (!one.dryRun) return remove(here, {found: one.found});
    await refuseLosses(here, one.found);
    return [];
  };

  const noteMade = ({name, path, branch}: WorkspaceView, actor: string): void => {
    marks.want(path);
    note('workspace.created', `${name} made in ${path}${branch === null ? '' : `, branch ${branch}`}`, actor);
  };

  const as = (actor: string): Workspaces => ({
    ...lookingAtWorkspaces(sessions, marks),

    async createWorkspace(input) {
      const here = locateCaller(input.cwd);
      const cwd = realDirectory(input.cwd);
      const view = await create(here, input, async () => {
        return {record: await createWorktree(here.repository, {...input, cwd}, now()), notices: []};
      });
      noteMade(view, actor);
      return view;
    },

    async removeWorkspace(ref, {cwd, ...input}) {
      const here = locateCaller(cwd);
      const from = realDirectory(cwd);
      return inTurn(here, async () => {
        await finishCut(here.repository);
        const {view, found} = await oneOf(here, {ref, cwd: from, sessions});
        if (found === null) throw new AmuxError('workspace.main');
        checkUnused({view, cwd: from});
        const notices = await remove(here, {...input, found});
        const how = input.discard === true ? ', with what it held' : '';
        note('workspace.removed', `${view.name} removed from ${view.path}${how}`, actor);
        return {...view, notices};
      });
    },

    async mergeWorkspace(ref, {cwd, remove: away = false, trust, teardown, ...wanted}) {
      const here = locateCaller(cwd);
      const from = realDirectory(cwd);
      return inTurn(here, async () => {
        await finishCut(here.repository);
        const {view, found} = await oneOf(here, {ref, cwd: from, sessions});
        const {id, name} = view;
        if (found === null) {
          const next = 'amux ws list shows the others';
          throw new AmuxError('workspace.merge', {workspace: name, why: 'it is the project directory itself', next});
        }
        if (away) {
          // Before the merge: what cannot be removed is refused as a whole.
          checkUnused({view, cwd: from});
          const commands = teardown === false ? [] : declaredIn(here).teardown;
          checkAccepted({here, paths, commands, trust, flag: '--no-teardown', at: now()});
        }
        const living = [...sessions()].filter(isLive);
        const merged = await mergeWorktree(here.repository, found, {...wanted, living});
        const {how, branch, into, before, commit} = merged;
        if (how !== 'nothing to merge') {
          const steps = `${before.slice(0, 12)} to ${commit.slice(0, 12)}`;
          for (const path of [view.path, merged.tree]) if (path !== null) marks.want(path);
          note('workspace.merged', `${name}: ${branch} merged into ${into} by a ${how}, ${steps}`, actor);
        }
        const told = {workspace: {id, name}, ...merged};
        if (!away) return {...told, removed: false};
        try {
          const notices = await remove(here, {found, teardown, trust});
          note('workspace.removed', `${name} removed from ${view.path}, merged`, actor);
          return {...told, removed: true, notices: [...merged.notices, ...notices]};
        } catch (error) {
          if (!(error instanceof AmuxError)) throw error;
          return {...told, removed: false, notices: [...merged.notices, error.message]};
        }
      });
    },

    async pruneWorkspaces({cwd, days = PRUNE_DAYS, dryRun = false}) {
      const here = locateCaller(cwd);
      const from = realDirectory(cwd);
      return inTurn(here, async () => {
        await finishCut(here.repository);
        const pruned: Pruned[] = [];
        for (const {view, found} of await viewsOf(here, sessions)) {
          const why = found === null ? null : whyPruned(here, {found, days, now: now()});
          if (found === null || why === null) continue;
          const {id, name, path} = view;
          try {
            const notices = await pruneOne(here, {view, found, cwd: from, dryRun});
            if (!dryRun) note('workspace.removed', `${name} pruned: ${why}`, actor);
            pruned.push({id, name, path, removed: true, why: [why, ...notices].join('; ')});
          } catch (error) {
            if (!(error instanceof AmuxError)) throw error;
            pruned.push({id, name, path, removed: false, why: error.message});
          }
        }
        return pruned;
      });
    },

    async initContext(ref, {cwd}) {
      const here = locateCaller(cwd);
      const {view, found} = await oneOf(here, {ref, cwd: realDirectory(cwd), sessions});
      const {name, path, branch, base, description} = view;
      if (found?.missing === true) throw whyMissing(here.repository, {name, path});
      hideFromGit(here.repository);
      const made = makeContextFiles(path, {name, branch: found === null ? null : branch, base, description});
      return {path: contextOf(path), files: contextFileNames.map(file => join(contextOf(path), file)), made};
    },
  });

  const fork = async ({here, branch, from, ...wanted}: WorkspaceFork, actor: string): Promise<WorkspaceView> => {
    const {top, name, agent, clean} = wanted;
    const description = `A fork of ${from}`;
    const view = await create(here, wanted, () =>
      forkWorktree(here.repository, {top, name, agent, clean, newBranch: branch, description}, now()),
    );
    noteMade(view, actor);
    return view;
  };
  return {as, fork};
}

/** What a supervisor that died was in the middle of. */
async function finishCut(repository: Located['repository']): Promise<void> {
  await finishRemovals(repository);
  await finishMakings(repository);
}

async function refuseLosses({repository}: Located, found: Found): Promise<void> {
  const losses = await lossesOf(repository, found);
  if (losses.length === 0) return;
  throw new AmuxError('workspace.losses', {workspace: found.record.name, losses: lossText(losses)});
}

/** Null: it was used lately. */
function whyPruned(
  {repository}: Located,
  {found, days, now}: {found: Found; days: number; now: number},
): string | null {
  if (found.unlinked) return 'git does not know its directory';
  if (found.missing) return 'its directory was deleted';
  const age = Math.floor((now - lastUsed(repository, found)) / DAY_MS);
  return age < days ? null : `not used for ${age} day${age === 1 ? '' : 's'}`;
}

/** One after the other in each repository. */
function turns(): <T>(here: Located, act: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (here, act) => {
    const key = here.repository.gitDir;
    const next = (): Promise<never> | ReturnType<typeof act> => act().catch(translate);
    const turn = (last.get(key) ?? Promise.resolve()).then(next, next);
    last.set(key, turn);
    void turn.catch(() => {}).then(() => last.get(key) === turn && last.delete(key));
    return turn;
  };
}

/** What the system refuses (rights, a full disk) is no fault of amux. */
function translate(error: NodeJS.ErrnoException): never {
  if (error instanceof AmuxError || error.syscall === undefined) throw error;
  throw new AmuxError('store.write', {file: error.path ?? error.syscall, why: error.message}, error);
}
