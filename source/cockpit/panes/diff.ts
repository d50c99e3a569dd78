import {countText, type FileDiff, type WorkspaceDiff} from '../../domain/diff.ts';
import {visible} from '../../domain/visible.ts';
import type {DiffView} from '../diff.ts';
import type {Row} from '../diff-rows.ts';
import {fit, plain, skip, width} from '../draw/cells.ts';
import {fill, line, type Span, spansWidth} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme, Token} from '../theme.ts';

export type DiffTextProps = {theme: Theme; size: Size; view: DiffView; rows: readonly Row[]};

/** Of a line, in characters: what is further to the right is cut. */
const LINE_MAX = 4000;
/** From this width on, lines have their numbers; a title that has more to say leaves out that of the files below it. */
const WITH_NUMBERS = 60;
const NUMBER = 5;

/** Files, hunks and lines from the first in sight; the chosen one has a bar. */
export function diffText({theme, size, view, rows}: DiffTextProps): string[] {
  const shown = rows.slice(view.top, view.top + size.rows).map((row, i) => {
    return rowLine({theme, columns: size.cols, row, left: view.left, chosen: view.top + i === view.at});
  });
  return fill(shown, size.rows, size.cols);
}

type RowProps = {theme: Theme; columns: number; row: Row; left: number; chosen: boolean};

function rowLine({theme, columns, row, left, chosen}: RowProps): string {
  const {shapes} = theme;
  const bar: Span = chosen ? ['selected', shapes.bar] : [null, ' '];
  const numbered = columns >= WITH_NUMBERS;
  const number = row.kind === 'line' && row.spot.at !== null ? String(row.spot.at) : '';
  const head: Span[] = [bar, ...(numbered ? [['faint', `${number.padStart(NUMBER)} `] as const] : [])];
  switch (row.kind) {
    case 'file': {
      const about: Span[] = [
        ['dim', countText(row.about)],
        [null, ' '],
      ];
      const name = safe(nameOf(row.about));
      const room = columns - spansWidth([bar, ...about]) - CHANGE - 2;
      const start: Span[] = [
        bar,
        [chosen ? 'choice' : 'strong', `${row.about.change.padEnd(CHANGE - 1)} ${tail(name, room)}`],
      ];
      const rest = columns - spansWidth([...start, ...about]) - 2;
      return line(theme, columns, [...start, [null, ' '], ['border', shapes.rule.repeat(Math.max(0, rest))]], about);
    }
    case 'remark':
      return line(theme, columns, [
        ...head,
        [row.file === -1 ? 'attention' : 'faint', skip(safe(row.text), row.file === -1 ? left : 0)],
      ]);
    case 'hunk':
      return line(theme, columns, [...head, ['hunk', skip(safe(row.text), left)]]);
    case 'line': {
      const text = skip(plain(visible(row.text.slice(1, LINE_MAX), {width})), left);
      return line(theme, columns, [...head, [tokens[row.text[0]!] ?? null, `${row.text[0]}${text}`]]);
    }
    case 'comment':
      return line(theme, columns, [
        ...head,
        ['mark', row.first ? `${shapes.mark} ` : '  '],
        [chosen ? 'strong' : 'attention', plain(row.text)],
      ]);
  }
}

const CHANGE = 8;
const tokens: {[mark: string]: Token} = {'+': 'added', '-': 'removed', '\\': 'faint'};

export type DiffFilesProps = {
  theme: Theme;
  size: Size;
  files: readonly FileDiff[];
  chosen: number;
  commented: ReadonlySet<string>;
};

/** The files with their counts; the one that is looked at stays in sight. */
export function diffFiles({theme, size, files, chosen, commented}: DiffFilesProps): string[] {
  const {shapes} = theme;
  const top = Math.max(0, Math.min(chosen - Math.floor(size.rows / 2), files.length - size.rows));
  const shown = files.slice(top, top + size.rows).map((file, i) => {
    const mark = commented.has(file.path) ? shapes.mark : ' ';
    const counts = file.bytes === null ? countText(file) : file.kind;
    const room = Math.max(4, size.cols - 3 - width(counts) - 2);
    const name = `${mark} ${tail(safe(file.path), room)}`;
    if (top + i === chosen)
      return theme.paint('choice', fit(`${fit(` ${name}`, size.cols - width(counts) - 1)}${counts}`, size.cols));
    return line(
      theme,
      size.cols,
      [
        [null, ' '],
        ['mark', mark],
        [LOOKS[file.change] ?? null, name.slice(mark.length)],
      ],
      [
        ['dim', counts],
        [null, ' '],
      ],
    );
  });
  return fill(shown, size.rows, size.cols);
}

const LOOKS: {[change: string]: Token} = {added: 'added', removed: 'removed'};

export type DiffTitleProps = {
  theme: Theme;
  columns: number;
  view: DiffView;
  diff: WorkspaceDiff | null;
  comments: number;
};

/** Whose changes these are, against what, and how many. */
export function diffTitle({theme, columns, view, diff, comments}: DiffTitleProps): string {
  const {dot} = theme.shapes;
  const left: Span[] = [
    [null, ' '],
    ['strong', plain(view.name)],
  ];
  if (diff !== null) {
    const branch = diff.branch === null ? '' : ` ${dot} ${diff.branch}`;
    left.push(['dim', plain(`${branch} against ${diff.base}`)]);
  }
  const right: Span[] = [];
  const add = (span: Span): void => void right.push([null, right.length === 0 ? '' : '  '], span);
  if (view.reading) add(['attention', `reading${theme.shapes.dots}`]);
  if (comments > 0) add(['mark', `${theme.shapes.mark} ${comments}`]);
  if (view.left > 0) add(['dim', `${theme.shapes.left}${view.left}`]);
  if (diff !== null) {
    if (diff.cut.length > 0) add(['attention', 'not all of it']);
    const {files, added, removed} = diff.total;
    if (columns >= WITH_NUMBERS || diff.cut.length === 0) add(['dim', `${files} file${files === 1 ? '' : 's'}`]);
    add(['added', `+${added}`]);
    add(['removed', `−${removed}`]);
  }
  return line(theme, columns, left, [...right, [null, ' ']]);
}

const nameOf = ({path, before}: FileDiff): string => (before === null ? path : `${before} → ${path}`);
const safe = (text: string): string => plain(visible(text.slice(0, LINE_MAX), {width}));

/** The end of a path says more than its beginning. */
function tail(text: string, columns: number): string {
  const all = width(text);
  return all <= columns ? text : `…${skip(text, all - Math.max(1, columns - 1))}`;
}
