import {lstat, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import type {FileDiff, WorkspaceDiff} from '../domain/diff.ts';
import {AmuxError} from '../domain/errors.ts';
import type {WorkspaceRecord} from '../domain/workspace.ts';
import {type Base, baseOf, emptyTree} from './base.ts';
import {boundedGit, git, reasonOf, tryGit} from './git.ts';
import {copyIndex} from './index-copy.ts';
import {type ParsedFile, parseDiff} from './patch.ts';

/** Most of git's output that is read, bytes, and most files that are told of. */
const OUTPUT_MAX = 4 << 20;
const FILES_MAX = 3000;
/** Larger files are not compared line by line. */
const LARGE = '1m';
const LARGE_BYTES = 1 << 20;

/** Whatever the user has set up for people's eyes stays out of it. */
const FORM = [
  ...[
    'core.splitIndex=false',
    `core.bigFileThreshold=${LARGE}`,
    'diff.suppressBlankEmpty=false',
    'diff.noprefix=false',
  ],
  ...[
    'diff.mnemonicPrefix=false',
    'diff.orderFile=/dev/null',
    'diff.interHunkContext=0',
    'advice.addEmbeddedRepo=false',
  ],
].flatMap(setting => ['-c', setting]);
const FLAGS = [
  ...[
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--no-relative',
    '--full-index',
    '--no-abbrev',
    '--submodule=short',
  ],
  ...['--find-renames=50%', '-l1000', '--src-prefix=a/', '--dst-prefix=b/', '--diff-algorithm=myers'],
];

type Asked = {path: string; record: WorkspaceRecord | null; stat: boolean};

/**
 * What a working tree changed since it left its base: commits, changes and untracked files. The index is copied, and
 * untracked files are added to the copy alone, so that nothing of the tree is touched.
 */
export async function diffOf({
  path,
  record,
  stat,
}: Asked): Promise<Pick<WorkspaceDiff, 'base' | 'commit' | 'files' | 'total' | 'cut'>> {
  const base = await baseOf(path, record);
  const place = await mkdtemp(join(tmpdir(), 'amux-diff-'));
  try {
    const index = join(place, 'index');
    const notices = await indexWithAll(path, index);
    const args = [...FORM, 'diff', ...FLAGS, '--raw', '-z', '--numstat', ...(stat ? [] : ['-p', '--unified=3'])];
    const from = base.commit ?? (await emptyTree(path));
    const done = await boundedGit([...args, from, '--'], {cwd: path, env: {GIT_INDEX_FILE: index}, max: OUTPUT_MAX});
    if (done.whole && done.code !== 0) {
      throw new AmuxError('workspace.git', {why: reasonOf(done, ['diff']), next: 'git status tells more'});
    }
    const parsed = parseDiff(done.bytes, {whole: done.whole, patch: !stat});
    return {...shownOf(base), ...(await withSizes(path, parsed)), cut: [...notices, ...cutOf(parsed, done)]};
  } finally {
    await rm(place, {recursive: true, force: true});
  }
}

const shownOf = ({name, commit}: Base): Pick<WorkspaceDiff, 'base' | 'commit'> => ({base: name, commit});

/** A copy of the index in which untracked files have a place. Returns what could not be looked at. */
async function indexWithAll(path: string, index: string): Promise<string[]> {
  const own = (await git(['rev-parse', '--git-path', 'index'], {cwd: path})).trim();
  copyIndex(isAbsolute(own) ? own : join(path, own), index);
  const args = [...FORM, 'add', '--all', '--intent-to-add', '--ignore-errors', '--', '.'];
  const added = await tryGit(args, {cwd: path, env: {GIT_INDEX_FILE: index}});
  return added.code === 0 ? [] : [`some untracked files: ${reasonOf(added, args)}`];
}

async function withSizes(path: string, parsed: readonly ParsedFile[]): Promise<Pick<WorkspaceDiff, 'files' | 'total'>> {
  const sum = (count: (file: ParsedFile) => number | null): number =>
    parsed.reduce((total, file) => total + (count(file) ?? 0), 0);
  const total = {files: parsed.length, added: sum(({added}) => added), removed: sum(({removed}) => removed)};
  const kept = parsed.slice(0, FILES_MAX);
  const before = await sizesBefore(path, kept);
  const files: FileDiff[] = [];
  for (const {blob, ...file} of kept) {
    if (file.kind !== 'binary') files.push(file);
    else {
      const now = file.modes.to === null ? null : await lstat(join(path, file.path)).catch(() => null);
      const bytes = {from: blob === null ? null : (before.get(blob) ?? null), to: now?.size ?? null};
      const large = Math.max(bytes.from ?? 0, bytes.to ?? 0) > LARGE_BYTES;
      files.push({...file, kind: large ? 'large' : 'binary', bytes});
    }
  }
  return {files, total};
}

/** One question for all of them. */
async function sizesBefore(cwd: string, files: readonly ParsedFile[]): Promise<Map<string, number>> {
  const blobs = files.flatMap(({kind, blob}) => (kind === 'binary' && blob !== null ? [blob] : []));
  if (blobs.length === 0) return new Map();
  const args = ['cat-file', '--batch-check=%(objectname) %(objectsize)'];
  const {bytes} = await boundedGit(args, {cwd, max: OUTPUT_MAX, input: `${blobs.join('\n')}\n`});
  const lines = bytes.toString('latin1').split('\n');
  return new Map(lines.map(line => [line.split(' ')[0]!, Number(line.split(' ')[1])] as const));
}

function cutOf(parsed: readonly ParsedFile[], {whole}: {whole: boolean}): string[] {
  const cut = parsed.filter(file => file.cut !== null).length;
  return [
    ...(whole ? [] : [`${cut} file${cut === 1 ? '' : 's'}: the diff is larger than ${OUTPUT_MAX >> 20} MB`]),
    ...(parsed.length > FILES_MAX ? [`all behind the first ${FILES_MAX} files`] : []),
  ];
}
