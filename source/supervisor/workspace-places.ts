import {existsSync, realpathSync, statSync} from 'node:fs';
import {join, relative, resolve} from 'node:path';
import {findProject, type Project} from '../config/project.ts';
import {findRepository} from '../config/repository.ts';
import {AmuxError} from '../domain/errors.ts';
import {isLive, type Session} from '../domain/session.ts';
import {
  type Dirty,
  defaultWorkspace,
  findWorkspace,
  isWithin,
  MAIN,
  type WorkspaceRecord,
  type Workspaces,
  type WorkspaceView,
} from '../domain/workspace.ts';
import {branchOf} from '../workspace/branch.ts';
import {contextOf} from '../workspace/context-files.ts';
import {diffOf} from '../workspace/diff.ts';
import type {Repository} from '../workspace/git.ts';
import {type Found, findWorkspaces, placeOf} from '../workspace/list.ts';
import {isLinked} from '../workspace/losses.ts';
import {proposalOf} from '../workspace/proposal.ts';
import {readRecords} from '../workspace/records.ts';
import {lossesOf} from '../workspace/remove.ts';
import {isHalfMade} from '../workspace/unfinished.ts';
import {whyMissing} from '../workspace/unlinked.ts';

/** A project, and the repository that it is in. */
export type Located = {project: Project; repository: Repository};
export type Sessions = () => Iterable<Session>;
/** What is known of working trees, and who is told that somebody looks at them; without it nothing is known. */
export type Marks = {of: (dir: string) => Dirty | null; want: (dir: string) => void};

/** Throws `session.dir`. */
export function realDirectory(given: string): string {
  const dir = resolve(given);
  try {
    if (statSync(dir).isDirectory()) return realpathSync(dir);
  } catch {
    // Said below, for a file as well.
  }
  throw new AmuxError('session.dir', {dir});
}

/** Null outside a repository. */
export function locate(dir: string): Located | null {
  const project = findProject(dir);
  const found = project === null ? null : findRepository(project.root);
  return project === null || found === null ? null : {project, repository: {root: found.root, gitDir: found.gitDir}};
}

/** Throws `project.none` and `session.dir`. */
export function locateCaller(cwd: string): Located {
  const dir = realDirectory(cwd);
  const here = locate(dir);
  if (here === null) throw new AmuxError('project.none', {dir});
  return here;
}

type Place = {workspace: Session['workspace']; dir: string; agent: string | null; project: Project | null};

/** Where `run` goes, read from files: no git is run. Throws `workspace.unknown` and `workspace.missing`. */
export function placeOfRun({cwd, workspace}: {cwd: string; workspace?: string}): Place {
  const here = locate(cwd);
  const main = here?.project.root ?? cwd;
  const inMain: Place = {
    workspace: {id: MAIN, name: MAIN, path: main},
    dir: main,
    agent: null,
    project: here?.project ?? null,
  };
  if (workspace === MAIN) return inMain;
  if (here === null) {
    if (workspace !== undefined) throw new AmuxError('workspace.unknown', {workspace});
    return inMain;
  }
  const all = recordsWithPlaces(here.repository);
  const there = all.filter(({id, path}) => existsSync(join(path, '.git')) && !isHalfMade(here.repository, id));
  const chosen =
    workspace === undefined
      ? (there.find(({path}) => isWithin(cwd, path)) ?? there.at(-1))
      : findWorkspace(all, workspace);
  if (chosen === undefined) return inMain;
  const {id, name, path, record} = chosen;
  if (isHalfMade(here.repository, id)) throw new AmuxError('workspace.half-made', {workspace: name});
  if (!chosen.linked) throw whyMissing(here.repository, {name, path});
  // A project may be a directory of its repository: it is the same one in the worktree.
  const inside = join(path, relative(here.repository.root, here.project.root));
  const dir = existsSync(inside) ? inside : path;
  return {workspace: {id, name, path}, dir, agent: record.agent, project: here.project};
}

/** The workspace that a registered directory is in. */
export function workspaceAt(dir: string): Session['workspace'] {
  const here = locate(dir);
  const found = here === null ? undefined : recordsWithPlaces(here.repository).find(({path}) => isWithin(dir, path));
  return found === undefined ? {id: MAIN, name: MAIN, path: dir} : {id: found.id, name: found.name, path: found.path};
}

function recordsWithPlaces(
  repository: Repository,
): {id: string; name: string; path: string; linked: boolean; record: WorkspaceRecord}[] {
  return readRecords(repository).map(record => {
    const path = placeOf(repository, record.id);
    return {id: record.id, name: record.name, path, linked: isLinked(repository, path), record};
  });
}

/** `main` first, then what amux made, in order of creation. */
export async function viewsOf(
  {project, repository}: Located,
  sessions: Sessions,
): Promise<{view: WorkspaceView; found: Found | null}[]> {
  const all = await findWorkspaces(repository);
  const latest = all.filter(({missing}) => !missing).at(-1);
  const live = [...sessions()].filter(isLive);
  const inside = (top: string): string[] => live.filter(({dir}) => isWithin(dir, top)).map(({name}) => name);
  const made = join(repository.root, '.amux', 'workspaces');
  const main: WorkspaceView = {
    id: MAIN,
    name: MAIN,
    path: project.root,
    branch: branchOf(project.root),
    base: null,
    agent: null,
    description: null,
    project: project.root,
    context: contextOf(project.root),
    created_at: null,
    state: 'ready',
    locked: null,
    sessions: live.filter(({dir}) => isWithin(dir, project.root) && !isWithin(dir, made)).map(({name}) => name),
    latest: false,
    dirty: null,
    losses: null,
    notices: [],
  };
  const others = all.map(found => ({
    view: viewOf(found, {project, sessions: inside(found.path), latest: found === latest}),
    found,
  }));
  return [{view: main, found: null}, ...others];
}

type Beside = {project: Project; sessions: string[]; latest: boolean};

export function viewOf(
  {record, path, worktree, missing, unlinked}: Found,
  {project, sessions, latest}: Beside,
): WorkspaceView {
  const locked = worktree?.locked ?? null;
  return {
    id: record.id,
    name: record.name,
    path,
    branch: missing ? null : (worktree?.ref?.replace(/^refs\/heads\//, '') ?? null),
    base: record.base,
    agent: record.agent,
    description: record.description,
    project: project.root,
    context: contextOf(path),
    created_at: Math.floor(record.createdAt / 1000),
    state: unlinked ? 'unlinked' : missing ? 'missing' : locked === null ? 'ready' : 'locked',
    locked,
    sessions,
    latest,
    dirty: null,
    losses: null,
    notices: [],
  };
}

/** Which one is meant, with everything that is known of it. */
export async function oneOf(
  here: Located,
  {ref, cwd, sessions}: {ref: string | null; cwd: string; sessions: Sessions},
): Promise<{view: WorkspaceView; found: Found | null}> {
  const all = await viewsOf(here, sessions);
  const views = all.map(({view}) => view);
  const view = ref === null ? defaultWorkspace(views, cwd)! : findWorkspace(views, ref);
  return all.find(each => each.view === view)!;
}

/** The part of workspaces that only looks: for the supervisor, and while nobody supervises. */
export function lookingAtWorkspaces(
  sessions: Sessions,
  marks: Marks = {of: () => null, want: () => {}},
): Pick<Workspaces, 'workspaces' | 'workspace' | 'diff' | 'proposal'> {
  const marked = (view: WorkspaceView): WorkspaceView => {
    if (view.state === 'missing' || view.state === 'unlinked') return view;
    marks.want(view.path);
    return {...view, dirty: marks.of(view.path)};
  };
  return {
    async workspaces({cwd} = {}) {
      const found = cwd === undefined ? allOf(sessions) : [locateCaller(cwd)];
      const all: WorkspaceView[] = [];
      for (const here of found) all.push(...(await viewsOf(here, sessions)).map(({view}) => marked(view)));
      return all;
    },
    async workspace(ref, {cwd}) {
      const here = locateCaller(cwd);
      const {view, found} = await oneOf(here, {ref, cwd: realDirectory(cwd), sessions});
      const shown = marked(view);
      return found === null ? shown : {...shown, losses: await lossesOf(here.repository, found)};
    },
    async diff(ref, {cwd, stat = false}) {
      const {workspace, record} = await treeMeant({ref, cwd, sessions});
      const {path} = workspace;
      marks.want(path);
      return {workspace, branch: branchOf(path), ...(await diffOf({path, record, stat}))};
    },
    async proposal(ref, {cwd, base}) {
      const {workspace, record} = await treeMeant({ref, cwd, sessions});
      const {name, path} = workspace;
      return {workspace, ...(await proposalOf({path, name, record, base}))};
    },
  };
}

type TreeMeant = {workspace: {id: string; name: string; path: string}; record: WorkspaceRecord | null};

/** The working tree of a workspace. Throws `workspace.missing`. */
async function treeMeant({
  ref,
  cwd,
  sessions,
}: {
  ref: string | null;
  cwd: string;
  sessions: Sessions;
}): Promise<TreeMeant> {
  const here = locateCaller(cwd);
  const from = realDirectory(cwd);
  const {view, found} = await oneOf(here, {ref, cwd: from, sessions});
  const {id, name} = view;
  if (found?.missing === true) throw whyMissing(here.repository, {name, path: view.path});
  return {workspace: {id, name, path: found?.path ?? mainTreeFrom(here, from)}, record: found?.record ?? null};
}

/** For whoever stands in a working tree that amux did not make, that one; else the main one. */
function mainTreeFrom({repository}: Located, cwd: string): string {
  const found = findRepository(cwd);
  if (found === null || found.gitDir !== repository.gitDir) return repository.root;
  return recordsWithPlaces(repository).some(({path}) => path === found.top) ? repository.root : found.top;
}

function allOf(sessions: Sessions): Located[] {
  const found = new Map<string, Located>();
  for (const {project} of sessions()) {
    const here = project === null || found.has(project) ? null : locate(project);
    if (here !== null) found.set(here.project.root, here);
  }
  return [...found.values()];
}
