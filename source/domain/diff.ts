/** What a workspace changed, as data. Paths and lines are as they are in the files: whoever shows them cleans them. */

export type DiffChange = 'added' | 'removed' | 'changed' | 'renamed';

/** `large`: too large to compare; `link`: a symbolic link, whose text is its target. */
export type DiffKind = 'text' | 'binary' | 'large' | 'submodule' | 'link';

/** A part of a file, with lines around it. */
export type Hunk = {
  /** What stands behind `@@`: mostly the function that it is in. */
  heading: string;
  /** First line and number of lines, before and now; lines count from 1. */
  from: [start: number, lines: number];
  to: [start: number, lines: number];
  /** As in a unified diff: a blank, `+` or `-` and the text; `\` and a remark where the last line has no end. */
  lines: string[];
};

export type FileDiff = {
  path: string;
  /** Of a renamed file, the path that it had. */
  before: string | null;
  change: DiffChange;
  kind: DiffKind;
  /** Octal, as git has them; null: it was not there, or is not there. */
  modes: {from: string | null; to: string | null};
  /** Lines; null where they are not counted. */
  added: number | null;
  removed: number | null;
  /** Of what is not text. */
  bytes: {from: number | null; to: number | null} | null;
  /** What stands before the hunks in git's own form. */
  header: string[];
  hunks: Hunk[];
  /** What its bytes were read as: what is not UTF-8 keeps each byte as one character. */
  encoding: 'utf8' | 'latin1';
  /** What of it is not here; null: it is whole. */
  cut: string | null;
};

/** Between the commit that a workspace and its base have in common and its files as they are now, ignored ones left out. */
export type WorkspaceDiff = {
  /** Id and name of the workspace, and the directory that was compared. */
  workspace: {id: string; name: string; path: string};
  branch: string | null;
  /** What it is compared with, as people call it, and the commit; null: the branch has no commit yet. */
  base: string;
  commit: string | null;
  /** In the order of their paths. */
  files: FileDiff[];
  /** Of all files, also of those that are left out. */
  total: {files: number; added: number; removed: number};
  /** What is left out, for people. */
  cut: string[];
};

/** One file as git would print it. `git apply` refuses what is binary, or cut in the middle. */
export function* patchLines({header, hunks}: Pick<FileDiff, 'header' | 'hunks'>): Iterable<string> {
  yield* header;
  for (const hunk of hunks) {
    yield hunkLine(hunk);
    yield* hunk.lines;
  }
}

/** git wrote no more of it than that it differs: for one such file `git apply` refuses the whole patch. */
export const onlyNamed = ({header}: Pick<FileDiff, 'header'>): boolean =>
  header.some(line => line.startsWith('Binary files '));

/** With the numbers of git, so that a hunk whose end is missing is none that could be applied. */
export const hunkLine = ({from, to, heading}: Hunk): string =>
  `@@ -${from.join(',')} +${to.join(',')} @@${heading === '' ? '' : ` ${heading}`}`;

/** `+12 −3`, or what it is instead of text. */
export function countText({added, removed, kind, bytes}: FileDiff): string {
  if (kind === 'submodule') return 'submodule';
  if (bytes === null || kind === 'text' || kind === 'link') return `+${added ?? 0} −${removed ?? 0}`;
  const sizes = [bytes.from, bytes.to].filter(each => each !== null).map(sizeText);
  return `${kind} ${sizes.join(' → ')}`;
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `3 files +12 −3`. */
export function totalText({files, added, removed}: WorkspaceDiff['total']): string {
  return files === 0 ? 'nothing changed' : `${files} file${files === 1 ? '' : 's'} +${added} −${removed}`;
}
