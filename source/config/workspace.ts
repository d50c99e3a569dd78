import {createHash} from 'node:crypto';
import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {z} from 'zod';
import type {Paths} from './paths.ts';

const list = (item: z.ZodString) =>
  z
    .array(item)
    .max(100)
    .nullish()
    .transform(items => items ?? []);
const command = z.string().trim().min(1).max(10_000).meta({pattern: '\\S'});

/** What a project declares for its worktrees. Commands run only once their user has accepted them. */
export const workspaceSchema = z
  .strictObject({
    setup: list(command).describe('Run in a new worktree, one after the other'),
    teardown: list(command).describe('Run in one before it is removed'),
    copy: list(z.string().min(1).max(1000)).describe(
      'Files and directories that git does not bring along, relative to the project',
    ),
  })
  .nullish()
  .transform(workspace => workspace ?? {setup: [], teardown: [], copy: []});

export type WorkspaceConfig = z.output<typeof workspaceSchema>;

/** More are not kept; the oldest go first. */
const KEPT_MAX = 1000;

type Kept = {hash: string; root: string; at: number};

/** Stands for these commands in this project: any other text is another hash. */
export function hashCommands(root: string, commands: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([root, ...commands]))
    .digest('hex');
}

/** What the user of this home accepted once. */
export function isAccepted({trusted}: Pick<Paths, 'trusted'>, hash: string): boolean {
  return read(trusted).some(each => each.hash === hash);
}

export function accept({trusted}: Pick<Paths, 'trusted'>, kept: Kept): void {
  const all = [...read(trusted).filter(each => each.hash !== kept.hash), kept].slice(-KEPT_MAX);
  const fresh = `${trusted}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(all, null, 2)}\n`, {mode: 0o600});
  renameSync(fresh, trusted);
}

function read(file: string): Kept[] {
  try {
    const data = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    return Array.isArray(data)
      ? data.filter((each: Partial<Kept> | null): each is Kept => typeof each?.hash === 'string')
      : [];
  } catch {
    return []; // Nothing was accepted yet, or the file says nothing.
  }
}
