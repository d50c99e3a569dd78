import type {ApprovalView} from '../../domain/fleet.ts';
import {age} from '../ages.ts';
import {cut, plain, skip, width, wrap} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {fill, line, type Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type RequestsProps = {
  theme: Theme;
  size: Size;
  open: readonly ApprovalView[];
  chosen: string | null;
  now: number;
};

const CARD_ROWS = 5;
const LIST_ROWS = 2;

/** A card for each request, oldest first; the chosen one stays in sight. */
export function requestCards(props: RequestsProps): string[] {
  const {theme, size, chosen, now} = props;
  const lines = inSight(props, CARD_ROWS).flatMap(request => {
    const selected = request.id === chosen;
    const frame: Frame = {
      theme,
      columns: size.cols,
      heavy: selected,
      token: selected ? 'selected' : 'border',
      left: [['strong', plain(request.session)]],
      right: [['dim', plain(request.agent)]],
    };
    return framed(frame, [
      inside(frame, kindSpans(theme, request), [['dim', age(request.asked_at, now)]]),
      ...twoLines(theme, request.title, size.cols - 4).map(text => inside(frame, [[null, text]])),
    ]);
  });
  return fill(lines, size.rows, size.cols);
}

/** Two lines for each, where there is no room for cards. */
export function requestList(props: RequestsProps): string[] {
  const {theme, size, chosen, now} = props;
  const lines = inSight(props, LIST_ROWS).flatMap(request => {
    const selected = request.id === chosen;
    const bar: Span = selected ? ['selected', theme.shapes.bar] : [null, ' '];
    const name: Span[] = [[selected ? 'strong' : null, plain(request.session)]];
    const what: Span[] = [...kindSpans(theme, request), [null, '  '], ...name];
    return [
      line(theme, size.cols, [bar, ...what], [['dim', `${age(request.asked_at, now)} `]]),
      line(theme, size.cols, [bar, [null, '  '], ['dim', plain(request.title)]]),
    ];
  });
  return fill(lines, size.rows, size.cols);
}

/** Words are kept whole where that fits; the rest is cut. */
function twoLines({shapes}: Theme, title: string, columns: number): [string, string] {
  const text = plain(title);
  const [first = '', ...more] = wrap(text, columns);
  if (more.length === 0) return [first, ''];
  // A long path or command fills the first line instead of leaving it half empty.
  const head = width(first) < columns / 2 ? cut(text, columns) : first;
  return [head, cutTo(skip(text, width(head)).trimStart(), columns, shapes.ellipsis)];
}

const cutTo = (text: string, columns: number, ellipsis: string): string =>
  width(text) <= columns ? text : `${cut(text, columns - width(ellipsis))}${ellipsis}`;

function kindSpans({shapes}: Theme, {kind}: ApprovalView): Span[] {
  return [['attention', `${shapes.waiting} ${kindText(kind)}`]];
}

function kindText(kind: ApprovalView['kind']): string {
  return kind === 'mcp' ? 'MCP server' : kind === 'trust' ? 'trust this folder?' : kind;
}

function inSight(
  {open, chosen, size}: Pick<RequestsProps, 'open' | 'chosen' | 'size'>,
  rowsEach: number,
): readonly ApprovalView[] {
  const perPage = Math.max(1, Math.floor(size.rows / rowsEach));
  const at = Math.max(
    0,
    open.findIndex(({id}) => id === chosen),
  );
  const top = Math.max(0, Math.min(at - Math.floor(perPage / 2), open.length - perPage));
  return open.slice(top, top + perPage);
}

type Listed = Pick<RequestsProps, 'open' | 'chosen' | 'size'> & {side: boolean};

/** Id of the request at a row of the cards (`side`) or of the list; null: none. */
export function requestAt({side, ...props}: Listed, y: number): string | null {
  const rowsEach = side ? CARD_ROWS : LIST_ROWS;
  return inSight(props, rowsEach)[Math.floor(y / rowsEach)]?.id ?? null;
}
