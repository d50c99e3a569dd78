import {z} from 'zod';
import type {ContextFiles, Dirty, Loss, Merged, Proposal, Pruned, WorkspaceView} from '../../domain/workspace.ts';
import {seconds, shapeOf} from './shape.ts';

const loss = shapeOf<Loss>()(
  z
    .strictObject({
      kind: z.enum(['staged', 'changed', 'untracked', 'ignored', 'unmerged', 'submodule', 'in progress', 'hidden']),
      count: z.number().int(),
      examples: z.array(z.string()),
    })
    .meta({id: 'Loss'}),
);

export const dirty = shapeOf<Dirty>()(
  z.strictObject({files: z.number().int().describe('That differ from its HEAD')}).meta({id: 'Dirty'}),
);

export const workspaceView = shapeOf<WorkspaceView>()(
  z
    .strictObject({
      id: z.string().describe('Unique in its project'),
      name: z.string(),
      path: z.string(),
      branch: z.string().nullable().describe('Checked out now'),
      base: z.string().nullable().describe('What it was made from'),
      agent: z.string().nullable().describe('What runs there when no agent is named'),
      description: z.string().nullable(),
      project: z.string(),
      context: z.string().describe('Directory of its context files'),
      created_at: seconds.nullable(),
      state: z.enum(['ready', 'missing', 'unlinked', 'locked']).describe('unlinked: git does not know its directory'),
      locked: z.string().nullable().describe('Why it is locked'),
      sessions: z.array(z.string()).describe('Names of those that run there'),
      latest: z.boolean(),
      dirty: dirty.nullable().describe('Null: nobody has looked yet'),
      losses: z.array(loss).nullable().describe('What its removal would lose; null: nobody looked'),
      notices: z.array(z.string()),
    })
    .meta({id: 'Workspace'}),
);

export const merged = shapeOf<Merged>()(
  z
    .strictObject({
      workspace: z.strictObject({id: z.string(), name: z.string()}),
      branch: z.string(),
      into: z.string(),
      how: z.enum(['fast-forward', 'merge commit', 'nothing to merge']),
      commits: z.number().int().describe('That `into` did not have'),
      before: z.string().describe('Where `into` stood'),
      commit: z.string().describe('Where it stands'),
      tree: z.string().nullable().describe('Working tree in which it is checked out'),
      removed: z.boolean(),
      notices: z.array(z.string()),
    })
    .meta({id: 'Merged'}),
);

export const proposal = shapeOf<Proposal>()(
  z
    .strictObject({
      workspace: z.strictObject({id: z.string(), name: z.string(), path: z.string()}),
      branch: z.string(),
      base: z.string().describe('Branch that it goes to, as the remote calls it'),
      remote: z.string().describe('Its name here'),
      title: z.string(),
      body: z.string(),
      bodyFile: z.string().nullable().describe('The file that holds the body'),
      commits: z.number().int().describe('That the base does not have, at most 1000'),
      uncommitted: z.array(loss).describe('What would not be in it'),
    })
    .meta({id: 'Proposal'}),
);

export const pruned = shapeOf<Pruned>()(
  z
    .strictObject({
      id: z.string(),
      name: z.string(),
      path: z.string(),
      removed: z.boolean().describe('Or would be, in a dry run'),
      why: z.string(),
    })
    .meta({id: 'Pruned'}),
);

export const contextFiles = shapeOf<ContextFiles>()(
  z
    .strictObject({
      path: z.string(),
      files: z.array(z.string()),
      made: z.array(z.string()).describe('Those that were not there'),
    })
    .meta({id: 'ContextFiles'}),
);
