import type {WorkspaceDiff} from './diff.ts';
import {AmuxError} from './errors.ts';
import {oneLine} from './names.ts';

/** A project's own directory as a place to work. */
export const MAIN = 'main';
/** Branches that amux makes begin with this; no other branch is ever deleted. */
export const BRANCH_PREFIX = 'amux/';
/** A slug is a directory's and a branch's name: no longer than this. */
export const SLUG_MAX = 48;
const NAME_MAX = 100;

/** What amux wrote down when it made a worktree. Times are ms since the epoch. */
export type WorkspaceRecord = {
  /** The slug: the name of its directory and, without `--branch`, of its branch. */
  id: string;
  name: string;
  description: string | null;
  /** Id of the profile that `run` takes here; null: the project's. */
  agent: string | null;
  /** Full name of the branch that it began on. */
  branch: string;
  /** amux made the branch, and may delete it. */
  ours: boolean;
  /** What it was made from, as it was called; null: the branch existed. */
  base: string | null;
  /** Where it began. */
  commit: string;
  createdAt: number;
  copied: CopiedPath[];
};

/** Relative to the worktree. `hash`: of what was copied; null: too much to hash. */
export type CopiedPath = {path: string; hash: string | null};

/** A workspace as it is shown: the items of `GET /api/workspaces`. Times are unix seconds. */
export type WorkspaceView = {
  id: string;
  name: string;
  path: string;
  /** Checked out now; null: none, or its directory is missing. */
  branch: string | null;
  /** What it was made from. */
  base: string | null;
  agent: string | null;
  description: string | null;
  /** Directory of the main working tree. */
  project: string;
  /** Directory of its context files. */
  context: string;
  /** Null for `main`. */
  created_at: number | null;
  /** `unlinked`: its directory is there, and git does not know it as a working tree. */
  state: 'ready' | 'missing' | 'unlinked' | 'locked';
  /** Why it is locked. */
  locked: string | null;
  /** Names of the sessions that run there. */
  sessions: string[];
  /** `run` goes there when nothing else is said. */
  latest: boolean;
  /** Null: nobody has looked yet. */
  dirty: Dirty | null;
  /** What its removal would lose; null: nobody looked. */
  losses: Loss[] | null;
  /** What a person should know of what was just done. */
  notices: string[];
};

/** Files of a working tree that differ from its HEAD. */
export type Dirty = {files: number};

/** What is nowhere else than in this worktree. `examples`: some of it. */
export type Loss = {
  kind: 'staged' | 'changed' | 'untracked' | 'ignored' | 'unmerged' | 'submodule' | 'in progress' | 'hidden';
  count: number;
  examples: string[];
};

export type WorkspaceInput = {
  name: string;
  /** The caller's directory: decides the project. */
  cwd: string;
  agent?: string;
  description?: string;
  /** Branch, tag or commit that it starts from; default: what is checked out where the caller is. */
  base?: string;
  /** A branch that exists, instead of a new one. */
  branch?: string;
  /** Hash of the commands that the caller accepts (see `workspace.untrusted`). */
  trust?: string;
  /** False: what the project declares for new workspaces is not done. */
  setup?: boolean;
};

export type RemoveInput = {
  cwd: string;
  /** What is nowhere else is lost. */
  discard?: boolean;
  trust?: string;
  /** False: the project's teardown commands are not run. */
  teardown?: boolean;
};

export type PruneInput = {cwd: string; days?: number; dryRun?: boolean};

export type MergeInput = {
  cwd: string;
  /** A branch; default: the one that the workspace was made from. */
  into?: string;
  /** `only`: refused where a merge commit is needed; `never`: a merge commit in any case. */
  ff?: 'only' | 'never';
  message?: string;
  /** The workspace is removed afterwards, where that loses nothing. */
  remove?: boolean;
  trust?: string;
  teardown?: boolean;
};

/** What became of a merge. `before` and `commit`: where `into` stood, and stands. */
export type Merged = {
  workspace: {id: string; name: string};
  branch: string;
  into: string;
  how: 'fast-forward' | 'merge commit' | 'nothing to merge';
  /** That `into` did not have. */
  commits: number;
  before: string;
  commit: string;
  /** Working tree in which `into` is checked out; null: in none. */
  tree: string | null;
  removed: boolean;
  notices: string[];
};

/** What a pull request of a workspace would be. */
export type Proposal = {
  workspace: {id: string; name: string; path: string};
  branch: string;
  /** Branch that it goes to, as the remote calls it, and the remote's name here. */
  base: string;
  remote: string;
  title: string;
  body: string;
  /** The file that holds the body; null: none does. */
  bodyFile: string | null;
  /** That the base does not have, at most 1000. */
  commits: number;
  /** What would not be in it. */
  uncommitted: Loss[];
};

/** What `prune` did, or would do, to one workspace. */
export type Pruned = {id: string; name: string; path: string; removed: boolean; why: string};

export type ContextFiles = {path: string; files: string[]; made: string[]};

/** Where agents work. `ref`: a name, an id or an unambiguous prefix; without one, `cwd` decides, then the latest. */
export interface Workspaces {
  /** `main` first, then in order of creation. Without `cwd`: of every project that has sessions. */
  workspaces(where?: {cwd?: string}): Promise<WorkspaceView[]>;
  /** With what its removal would lose. */
  workspace(ref: string | null, where: {cwd: string}): Promise<WorkspaceView>;
  /**
   * What it changed since it left its base, bounded. `main` is the working tree of `cwd` where amux did not make that.
   * `stat`: without lines.
   */
  diff(ref: string | null, where: {cwd: string; stat?: boolean}): Promise<WorkspaceDiff>;
  /** Nothing is asked of the remote. `base`: a branch, instead of the one that it was made from. */
  proposal(ref: string | null, where: {cwd: string; base?: string}): Promise<Proposal>;
  createWorkspace(input: WorkspaceInput): Promise<WorkspaceView>;
  /** Refuses with `workspace.losses` what would lose something. Answers with what it was. */
  removeWorkspace(ref: string | null, input: RemoveInput): Promise<WorkspaceView>;
  /** Brings its commits to the branch that it was made from. What is refused has changed nothing. */
  mergeWorkspace(ref: string, input: MergeInput): Promise<Merged>;
  pruneWorkspaces(input: PruneInput): Promise<Pruned[]>;
  /** Makes the context files that are not there. */
  initContext(ref: string | null, where: {cwd: string}): Promise<ContextFiles>;
}

export const contextFileNames = ['background.md', 'plan.md', 'working-log.md', 'results-summary.md'] as const;

/** What may stand in paths, branches and URLs, made of any name. Throws `workspace.name` when nothing is left of it. */
export function slugOf(name: string): string {
  const shown = oneLine(name);
  const slug = shown
    .normalize('NFKD')
    .replace(/ß/g, 'ss')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_MAX)
    .replace(/^-+|-+$/g, '');
  if (shown.length > NAME_MAX) throw new AmuxError('workspace.name', {name: `${shown.slice(0, 40)}…`});
  if (slug !== '') return slug === MAIN ? refuse(shown) : slug;
  // Names in other scripts keep a place of their own: the same name, the same slug.
  if (/[\p{L}\p{N}]/u.test(shown)) return `ws-${hash(shown)}`;
  return refuse(shown);
}

function refuse(name: string): never {
  throw new AmuxError('workspace.name', {name});
}

/** FNV-1a: not secret, only the same everywhere. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return value.toString(36);
}

/** The slug, or one with a number behind it when another name took it. */
export function freeSlug(slug: string, isTaken: (slug: string) => boolean): string {
  for (let i = 1; ; i++) {
    const suffix = i === 1 ? '' : `-${i}`;
    const candidate = `${slug.slice(0, SLUG_MAX - suffix.length)}${suffix}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** A name wins over an id, that over an unambiguous prefix. */
export function findWorkspace<T extends {id: string; name: string}>(all: readonly T[], ref: string): T {
  const exact = all.find(({name}) => name === ref) ?? all.find(({id}) => id === ref);
  if (exact !== undefined) return exact;
  const matches = ref === '' ? [] : all.filter(({id, name}) => name.startsWith(ref) || id.startsWith(ref));
  if (matches.length > 1) {
    const candidates = matches.slice(0, 8).map(({name}) => name);
    throw new AmuxError('workspace.ambiguous', {workspace: ref, candidates: candidates.join(', ')});
  }
  if (matches[0] === undefined) throw new AmuxError('workspace.unknown', {workspace: ref.slice(0, 80)});
  return matches[0];
}

/** `dir` is `top`, or lies beneath it. */
export const isWithin = (dir: string, top: string): boolean =>
  dir === top || dir.startsWith(top.endsWith('/') ? top : `${top}/`);

/** The one that `cwd` is in, else the latest that is there, else the first, which is `main`. */
export function defaultWorkspace<T extends Pick<WorkspaceView, 'id' | 'path' | 'latest'>>(
  all: readonly T[],
  cwd: string,
): T | undefined {
  return all.find(({id, path}) => id !== MAIN && isWithin(cwd, path)) ?? all.find(({latest}) => latest) ?? all[0];
}

/** What would be lost, as a sentence for people. */
export function lossText(losses: readonly Loss[]): string {
  return losses.map(oneLoss).join('; ');
}

function oneLoss({kind, count, examples}: Loss): string {
  const s = count === 1 ? '' : 's';
  const more = count > examples.length ? ', …' : '';
  const shown = examples.length === 0 ? '' : ` (${examples.map(oneLine).join(', ')}${more})`;
  switch (kind) {
    case 'staged':
      return `${count} staged file${s}${shown}`;
    case 'changed':
      return `${count} changed file${s}${shown}`;
    case 'untracked':
      return `${count} untracked file${s}${shown}`;
    case 'ignored':
      return `${count} ignored file${s} or director${count === 1 ? 'y' : 'ies'}${shown}`;
    case 'unmerged':
      return `${count} commit${s} that no other branch has${shown}`;
    case 'submodule':
      return `${count} submodule${s} with work of ${count === 1 ? 'its' : 'their'} own${shown}`;
    case 'hidden':
      return `${count} changed file${s} that git was told not to look at${shown}`;
    case 'in progress':
      return `${examples.join(' and ')} in progress`;
  }
}
