import type {FileDiff, WorkspaceDiff} from '../../source/domain/diff.ts';

export function fileDiff(about: Partial<FileDiff> & {path: string}): FileDiff {
  const lines = (about.hunks ?? []).flatMap(hunk => hunk.lines);
  return {
    before: null,
    change: 'changed',
    kind: 'text',
    modes: {from: '100644', to: '100644'},
    added: lines.filter(line => line.startsWith('+')).length,
    removed: lines.filter(line => line.startsWith('-')).length,
    bytes: null,
    header: [],
    hunks: [],
    encoding: 'utf8',
    cut: null,
    ...about,
  };
}

export function diffOfFiles(files: FileDiff[]): WorkspaceDiff {
  const sum = (of: (file: FileDiff) => number | null): number => files.reduce((all, file) => all + (of(file) ?? 0), 0);
  return {
    workspace: {id: 'payments', name: 'payments', path: '/work/shop/.amux/workspaces/payments'},
    branch: 'feature/refunds',
    base: 'main',
    commit: 'a'.repeat(40),
    files,
    total: {files: files.length, added: sum(({added}) => added), removed: sum(({removed}) => removed)},
    cut: [],
  };
}

/** What `payments` changed: text, a long line, a hostile one, a picture, a rename. */
export const sceneDiff = (): WorkspaceDiff =>
  diffOfFiles([
    fileDiff({
      path: 'docs/new ö.md',
      change: 'added',
      modes: {from: null, to: '100644'},
      hunks: [{heading: '', from: [0, 0], to: [1, 2], lines: ['+# 退款', '+\x1b[31mred\x1b]0;title\x07\tend']}],
    }),
    fileDiff({path: 'logo.png', kind: 'binary', added: null, removed: null, bytes: {from: 2000, to: 4100}}),
    fileDiff({path: 'src/new.ts', before: 'src/old.ts', change: 'renamed'}),
    fileDiff({
      path: 'src/refunds.ts',
      hunks: [
        {
          heading: 'export function refund() {',
          from: [40, 3],
          to: [40, 4],
          lines: [
            '   const a = 1;',
            '-  const key = null;',
            '+  const key = request.headers["idempotency-key"];',
            `+  // ${'very long '.repeat(30)}`,
            '   return a;',
          ],
        },
        {heading: '', from: [90, 2], to: [91, 1], lines: ['-gone', ' stays']},
      ],
    }),
  ]);
