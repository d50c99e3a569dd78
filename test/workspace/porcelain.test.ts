import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {parseIndex, parseStatus, parseWorktrees} from '../../source/workspace/porcelain.ts';

const nul = (...lines: string[]) => lines.map(line => `${line}\0`).join('');
const A = 'a'.repeat(40);
const B = 'b'.repeat(40);

describe('git worktree list', () => {
  it('tells paths, branches, locks and what is gone', () => {
    const text = [
      nul('worktree /p', `HEAD ${A}`, 'branch refs/heads/main'),
      nul('worktree /p/ö ö\nx', `HEAD ${B}`, 'detached', 'locked in use\non a disk'),
      nul('worktree /q', `HEAD ${'0'.repeat(40)}`, 'branch refs/heads/new', 'locked'),
      nul('worktree /r', `HEAD ${B}`, 'branch refs/heads/r', 'prunable gitdir file points to non-existent location'),
      nul('worktree /bare', 'bare'),
    ].join('\0');
    assert.deepEqual(
      parseWorktrees(`${text}\0`).map(({path, head, ref, locked, prunable, bare}) => [
        path,
        head,
        ref,
        locked,
        prunable,
        bare,
      ]),
      [
        ['/p', A, 'refs/heads/main', null, false, false],
        ['/p/ö ö\nx', B, null, 'in use\non a disk', false, false],
        ['/q', null, 'refs/heads/new', '', false, false],
        ['/r', B, 'refs/heads/r', null, true, false],
        ['/bare', null, null, null, false, true],
      ],
    );
  });

  it('nothing is nothing', () => assert.deepEqual(parseWorktrees(''), []));
});

describe('git status', () => {
  it('sorts paths by what is known of them, with spaces, line ends and arrows in them', () => {
    const text = nul(
      `1 M. N... 100644 100644 100644 ${A} ${B} staged only`,
      `1 .M N... 100644 100644 100644 ${A} ${B} changed -> only`,
      `1 AM N... 000000 100644 100644 ${A} ${B} both\nlines`,
      `1 .D N... 100644 100644 000000 ${A} ${B} deleted`,
      `2 R. N... 100644 100644 100644 ${A} ${B} R100 new name`,
      '? not a record',
      `u UU N... 100644 100644 100644 100644 ${A} ${B} ${A} in conflict`,
      `1 .M SCMU 160000 160000 160000 ${A} ${B} sub module`,
      `1 M. S... 160000 160000 160000 ${A} ${B} moved sub`,
      '? untracked file',
      '! ignored/',
    );
    assert.deepEqual(parseStatus(text), {
      staged: ['staged only', 'both\nlines', 'new name', 'moved sub'],
      changed: ['changed -> only', 'both\nlines', 'deleted'],
      unmerged: ['in conflict'],
      untracked: ['untracked file'],
      ignored: ['ignored/'],
      submodules: ['sub module'],
    });
  });

  it('headers say nothing here', () => {
    const {staged, untracked} = parseStatus(nul(`# branch.oid ${A}`, '# branch.head main'));
    assert.deepEqual([staged, untracked], [[], []]);
  });
});

it('the index tells submodules, and files that git does not look at', () => {
  const text = nul(
    `H 100644 ${A} 0\tplain`,
    `h 100644 ${A} 0\tassumed unchanged`,
    `S 100644 ${B} 0\tskip worktree`,
    `H 160000 ${B} 0\tsub module`,
    `M 100644 ${B} 2\tin conflict`,
  );
  assert.deepEqual(parseIndex(text), {
    submodules: ['sub module'],
    hidden: [
      {path: 'assumed unchanged', blob: A},
      {path: 'skip worktree', blob: B},
    ],
  });
});
