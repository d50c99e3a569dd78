import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {WorkspaceRecord} from '../domain/workspace.ts';
import type {Repository} from './git.ts';

/** A larger file is none of ours, bytes. */
const RECORD_MAX = 1 << 20;

/**
 * What amux wrote down of the worktrees that it made, in the git directory that all of them share: there it outlives a
 * worktree that was deleted by hand, is the same for every home, and is never committed.
 */
export const directoryOf = ({gitDir}: Pick<Repository, 'gitDir'>): string => join(gitDir, 'amux', 'workspaces');

/** In order of creation. Files that are none of ours say nothing. */
export function readRecords(repository: Pick<Repository, 'gitDir'>): WorkspaceRecord[] {
  const directory = directoryOf(repository);
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return []; // None was made yet.
  }
  return names
    .filter(name => /^[a-z0-9-]+\.json$/.test(name))
    .flatMap(name => recordIn(join(directory, name), name.slice(0, -'.json'.length)) ?? [])
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

/** Written whole or not at all. */
export function writeRecord(repository: Pick<Repository, 'gitDir'>, record: WorkspaceRecord): void {
  const directory = directoryOf(repository);
  mkdirSync(directory, {recursive: true});
  const file = join(directory, `${record.id}.json`);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(fresh, file);
}

export function forgetRecord(repository: Pick<Repository, 'gitDir'>, id: string): void {
  rmSync(join(directoryOf(repository), `${id}.json`), {force: true});
}

function recordIn(file: string, id: string): WorkspaceRecord | null {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > RECORD_MAX) return null;
    return checked(JSON.parse(text) as Record<string, unknown>, id);
  } catch {
    return null; // Removed meanwhile, or not ours.
  }
}

function checked(data: Record<string, unknown>, id: string): WorkspaceRecord | null {
  const text = (key: string): string | null => (typeof data[key] === 'string' ? data[key] : null);
  const [branch, commit, createdAt] = [text('branch'), text('commit'), data['createdAt']];
  if (branch === null || commit === null || typeof createdAt !== 'number') return null;
  const copied = (Array.isArray(data['copied']) ? (data['copied'] as unknown[]) : []).flatMap(each => {
    const {path, hash = null} = (each ?? {}) as {path?: unknown; hash?: unknown};
    return typeof path === 'string' ? [{path, hash: typeof hash === 'string' ? hash : null}] : [];
  });
  return {
    id,
    name: text('name') ?? id,
    description: text('description'),
    agent: text('agent'),
    branch,
    ours: data['ours'] === true,
    base: text('base'),
    commit,
    createdAt,
    copied,
  };
}
