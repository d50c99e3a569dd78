import type {Command, FlagSpec} from './command.ts';
import {trust} from './shared-flags.ts';

const workspaces = () => import('./commands/workspaces.ts');
const removal = () => import('./commands/workspace-removal.ts');

const agent: FlagSpec = {
  type: 'string',
  short: 'a',
  value: 'A',
  completes: 'agents',
  about: 'what "amux run" takes there',
};

/** Commands over the places where agents work. */
export const workspaceCommands: readonly Command[] = [
  {
    path: 'ws create',
    usage: 'NAME [--agent A] [--description D] [-b BASE | --branch EXISTING] [--trust | --no-setup]',
    summary: 'a worktree of this repository, on a branch of its own',
    flags: {
      agent,
      description: {type: 'string', short: 'd', value: 'D', about: 'what is to be done there'},
      base: {
        type: 'string',
        short: 'b',
        value: 'BASE',
        about: 'what its branch starts from; default what is checked out here',
      },
      branch: {type: 'string', value: 'EXISTING', about: 'a branch that exists, instead of a new one'},
      trust,
      setup: {type: 'boolean', negative: true, about: 'without the project’s setup commands and copied files'},
    },
    args: [1, 1],
    load: async () => (await workspaces()).create,
  },
  {
    path: 'ws list',
    aliases: ['ws ls'],
    usage: '[--oneline]',
    summary: 'the workspaces of this project',
    flags: {oneline: {type: 'boolean', about: 'id, branch and path, with tabs between'}},
    args: [0, 0],
    load: async () => (await workspaces()).list,
  },
  {
    path: 'ws show',
    usage: '[WS]',
    summary: 'one workspace, and what its removal would lose',
    args: [0, 1],
    completes: 'workspaces',
    load: async () => (await workspaces()).show,
  },
  {
    path: 'ws cd',
    usage: '[WS]',
    summary: 'print its directory; amux-cd of the completion goes there',
    args: [0, 1],
    completes: 'workspaces',
    load: async () => (await workspaces()).cd,
  },
  {
    path: 'ws diff',
    usage: '[WS] [--stat]',
    summary: 'what it changed since it left its base: commits, changes and untracked files',
    flags: {stat: {type: 'boolean', about: 'files and counts, without lines'}},
    args: [0, 1],
    completes: 'workspaces',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    path: 'ws merge',
    usage: 'WS [--into BRANCH] [--ff-only | --no-ff] [--message M] [--remove]',
    summary: 'bring its commits to the branch that it was made from; what is refused changes nothing',
    flags: {
      into: {type: 'string', value: 'BRANCH', about: 'another branch'},
      ffOnly: {type: 'boolean', about: 'refuse where a merge commit is needed'},
      ff: {type: 'boolean', negative: true, about: 'a merge commit in any case'},
      message: {type: 'string', short: 'm', value: 'M', about: 'of the merge commit'},
      remove: {type: 'boolean', about: 'remove the workspace afterwards, where that loses nothing'},
      trust,
      teardown: {type: 'boolean', negative: true, about: 'with --remove: without the project’s teardown commands'},
    },
    args: [1, 1],
    completes: 'workspaces',
    load: async () => (await import('./commands/merge.ts')).merge,
  },
  {
    path: 'ws pr',
    usage: '[WS] [--title T] [--body B] [--base BRANCH] [--draft] [--run]',
    summary: 'the commands that make a pull request of it; title and text come from its description and results',
    flags: {
      title: {type: 'string', value: 'T', about: 'another title'},
      body: {type: 'string', value: 'B', about: 'another text'},
      base: {type: 'string', value: 'BRANCH', about: 'where it goes; default the branch that it was made from'},
      draft: {type: 'boolean', about: 'as a draft'},
      run: {type: 'boolean', about: 'run them here, which needs gh'},
    },
    args: [0, 1],
    completes: 'workspaces',
    load: async () => (await import('./commands/propose.ts')).propose,
  },
  {
    path: 'ws remove',
    aliases: ['ws rm'],
    usage: 'WS… [--discard] [--trust | --no-teardown]',
    summary: 'remove worktrees, and their branches where they are merged',
    flags: {
      discard: {type: 'boolean', about: 'also with changes, files and commits that are nowhere else'},
      trust,
      teardown: {type: 'boolean', negative: true, about: 'without the project’s teardown commands'},
    },
    args: [1, 100],
    completes: 'workspaces',
    load: async () => (await removal()).remove,
  },
  {
    path: 'ws prune',
    usage: '[--days N] [--dry-run]',
    summary: 'remove workspaces that nobody used lately and that hold nothing of their own',
    flags: {
      days: {type: 'string', value: 'N', about: 'how long they were not used; default 7'},
      dryRun: {type: 'boolean', about: 'only say what would be removed'},
    },
    args: [0, 0],
    load: async () => (await removal()).prune,
  },
  {
    path: 'ws context show',
    usage: '[WS]',
    summary: 'paths of its context files',
    args: [0, 1],
    completes: 'workspaces',
    load: async () => (await workspaces()).contextShow,
  },
  {
    path: 'ws context init',
    usage: '[WS]',
    summary: 'make its context files, where they are not there',
    args: [0, 1],
    completes: 'workspaces',
    load: async () => (await workspaces()).contextInit,
  },
];
