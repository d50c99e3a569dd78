import {z} from 'zod';
import {type Route, route} from '../route.ts';
import {workspaceDiff} from '../schemas/diff.ts';
import {directory, flag, line, longText, text, trust} from '../schemas/shape.ts';
import {contextFiles, merged, proposal, pruned, workspaceView} from '../schemas/workspace.ts';

const cwd = directory.describe('A directory of the project: a path from the root');
const createBody = z.strictObject({
  name: line,
  cwd,
  agent: text.min(1).describe('What runs there when no agent is named').optional(),
  description: longText.max(10_000).optional(),
  base: text.min(1).describe('Branch, tag or commit; default: what is checked out in `cwd`').optional(),
  branch: text.min(1).describe('One that exists, instead of a new one').optional(),
  trust: trust.optional(),
  setup: z.boolean().describe('False: without copied files and setup commands').optional(),
});

const mergeBody = z.strictObject({
  cwd,
  into: text.min(1).describe('A branch; default: the one that it was made from').optional(),
  ff: z
    .enum(['only', 'never'])
    .describe('`only`: refused where a merge commit is needed; `never`: a merge commit in any case')
    .optional(),
  message: longText
    .min(1)
    .max(10_000)
    .regex(/^[^\0]*$/, 'no NUL character can stand here')
    .optional(),
  remove: z.boolean().describe('Remove it afterwards, where that loses nothing').optional(),
  teardown: z.boolean().describe('False: without teardown commands').optional(),
  trust: trust.optional(),
});

export const workspaceRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/workspaces',
    role: 'viewer',
    summary: 'Where agents work: `main` first, then in order of creation',
    query: z.strictObject({
      cwd: cwd
        .describe('A directory of the project: a path from the root; default: every one with sessions')
        .optional(),
    }),
    result: z.array(workspaceView),
    handler: (fleet, {query}) => fleet.workspaces(query),
  }),
  route({
    method: 'POST',
    url: '/api/workspaces',
    role: 'operator',
    summary: 'Make a worktree on a branch of its own; answers when its setup has ended',
    status: 201,
    body: createBody,
    result: workspaceView,
    handler: (fleet, {body}) => fleet.createWorkspace(body),
  }),
  route({
    method: 'POST',
    url: '/api/workspaces/prune',
    role: 'operator',
    summary: 'Remove those that were not used for so many days and hold nothing of their own',
    body: z.strictObject({
      cwd,
      days: z.number().int().min(0).max(100_000).describe('Default 7').optional(),
      dryRun: z.boolean().optional(),
    }),
    result: z.array(pruned),
    handler: (fleet, {body}) => fleet.pruneWorkspaces(body),
  }),
  route({
    method: 'GET',
    url: '/api/workspaces/:id',
    role: 'viewer',
    summary: 'One workspace, with what its removal would lose',
    query: z.strictObject({cwd}),
    result: workspaceView,
    handler: (fleet, {name, query}) => fleet.workspace(name, query),
  }),
  route({
    method: 'GET',
    url: '/api/workspaces/:id/diff',
    role: 'viewer',
    summary: 'What it changed since it left its base: commits, changes and untracked files',
    query: z.strictObject({cwd, stat: flag.describe('1: files and counts, without lines').optional()}),
    result: workspaceDiff,
    handler: (fleet, {name, query}) => fleet.diff(name, query),
  }),
  route({
    method: 'GET',
    url: '/api/workspaces/:id/pr',
    role: 'viewer',
    summary: 'What a pull request of it would be; nothing is asked of the remote',
    query: z.strictObject({
      cwd,
      base: text.min(1).describe('Branch that it goes to; default: the one that it was made from').optional(),
    }),
    result: proposal,
    handler: (fleet, {name, query}) => fleet.proposal(name, query),
  }),
  route({
    method: 'DELETE',
    url: '/api/workspaces/:id',
    role: 'operator',
    summary: 'Remove a worktree; refused where that would lose something',
    query: z.strictObject({
      cwd,
      discard: flag.describe('What is nowhere else is lost').optional(),
      teardown: flag.describe('0: without teardown commands').optional(),
      trust: trust.optional(),
    }),
    result: workspaceView,
    handler: (fleet, {name, query}) => fleet.removeWorkspace(name, query),
  }),
  route({
    method: 'POST',
    url: '/api/workspaces/:id/merge',
    role: 'operator',
    summary: 'Bring its commits to the branch that it was made from; what is refused has changed nothing',
    body: mergeBody,
    result: merged,
    handler: (fleet, {name, body}) => fleet.mergeWorkspace(name, body),
  }),
  route({
    method: 'POST',
    url: '/api/workspaces/:id/context',
    role: 'operator',
    summary: 'Make its context files, where they are not there',
    body: z.strictObject({cwd}),
    result: contextFiles,
    handler: (fleet, {name, body}) => fleet.initContext(name, body),
  }),
];
