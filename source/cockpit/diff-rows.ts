import {type FileDiff, hunkLine, type WorkspaceDiff} from '../domain/diff.ts';
import {visible} from '../domain/visible.ts';
import {width, wrap} from './draw/cells.ts';

/** Where a comment stands, by what is there: the diff may be another one by then. `line`: with its mark; null: all of it. */
export type Spot = {path: string; hunk: string | null; line: string | null; at: number | null};

export type Comment = {id: number; session: string; spot: Spot; text: string};

/** A line of the picture. `at`: number of the line now; for one that was removed, before. */
export type Row = {/** -1: none of them. */ file: number; spot: Spot} & (
  | {kind: 'file'; about: FileDiff}
  | {kind: 'remark'; text: string}
  | {kind: 'hunk'; text: string}
  | {kind: 'line'; text: string}
  | {kind: 'comment'; id: number; text: string; first: boolean}
);

/** Comments are wrapped here, whatever the terminal's width is, so that rows stay in their places. */
const COMMENT_COLUMNS = 64;

const made = new WeakMap<WorkspaceDiff, {comments: readonly Comment[]; rows: readonly Row[]}>();

/** What could not be read at all, then files, hunks and lines with the comments beneath what they are about. */
export function rowsOf(diff: WorkspaceDiff, comments: readonly Comment[]): readonly Row[] {
  const known = made.get(diff);
  if (known !== undefined && known.comments === comments) return known.rows;
  const plain = [...diff.cut.map(rowOfCut), ...diff.files.flatMap(rowsOfFile)];
  const rows = withComments(plain, comments);
  made.set(diff, {comments, rows});
  return rows;
}

const rowOfCut = (what: string): Row => {
  return {kind: 'remark', file: -1, spot: {path: '', hunk: null, line: null, at: null}, text: `not shown: ${what}`};
};

/** A file, and the line of it, as people write it. */
export const placeOf = ({path, at}: Spot): string => `${visible(path, {width})}${at === null ? '' : `:${at}`}`;

function rowsOfFile(about: FileDiff, file: number): Row[] {
  const {path, hunks, cut, modes} = about;
  const spot: Spot = {path, hunk: null, line: null, at: null};
  const rows: Row[] = [{kind: 'file', file, spot, about}];
  const remark = (text: string): void => void rows.push({kind: 'remark', file, spot, text});
  if (modes.from !== null && modes.to !== null && modes.from !== modes.to) remark(`mode ${modes.from} → ${modes.to}`);
  for (const hunk of hunks) {
    const text = hunkLine(hunk);
    let [old, now] = [hunk.from[0], hunk.to[0]];
    rows.push({kind: 'hunk', file, spot: {path, hunk: text, line: null, at: now}, text});
    for (const line of hunk.lines) {
      const at = line[0] === '-' ? old : line[0] === '\\' ? null : now;
      rows.push({kind: 'line', file, spot: {path, hunk: text, line, at}, text: line});
      if (line[0] === '-' || line[0] === ' ') old++;
      if (line[0] === '+' || line[0] === ' ') now++;
    }
  }
  if (cut !== null) remark(`not shown: ${cut}`);
  return rows;
}

function withComments(rows: readonly Row[], comments: readonly Comment[]): readonly Row[] {
  if (comments.length === 0 || rows.length === 0) return rows;
  const behind = new Map<number, Row[]>();
  for (const {id, spot, text} of comments) {
    const found = rowAt(rows, spot);
    const at = Math.max(0, found);
    // It does not stand where it belongs any more.
    const says = found === -1 ? `${placeOf(spot)}: ${text}` : text;
    const lines = says.split('\n').flatMap(line => (line === '' ? [''] : wrap(line, COMMENT_COLUMNS)));
    const own = lines.map(
      (line, i): Row => ({kind: 'comment', file: rows[at]!.file, spot, id, text: line, first: i === 0}),
    );
    behind.set(at, [...(behind.get(at) ?? []), ...own]);
  }
  return rows.flatMap((row, i) => [row, ...(behind.get(i) ?? [])]);
}

/** The row of a spot, or what is nearest to it now; -1: its file is not among them. */
export function rowAt(rows: readonly Row[], spot: Spot): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, row] of rows.entries()) {
    if (row.kind === 'comment' || row.spot.path !== spot.path) continue;
    const far = distance(row.spot, spot) + (row.kind === 'remark' ? 0.5 : 0);
    if (far < least) [best, least] = [i, far];
  }
  return best;
}

const ELSEWHERE = 1e9;

/** The same text a few lines away is nearer than another text in the same place. */
function distance(row: Spot, {hunk, line, at}: Spot): number {
  if (hunk === null) return row.hunk === null ? 0 : ELSEWHERE;
  if (row.hunk === null) return ELSEWHERE;
  const away = Math.abs((row.at ?? 0) - (at ?? 0));
  if (line === null) return row.line === null ? (row.hunk === hunk ? 0 : 1 + away) : ELSEWHERE;
  return row.line === line ? away : 1e6 + away;
}
