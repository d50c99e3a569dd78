import {tokenText} from '../../domain/spend-text.ts';
import {gauge} from '../charts/gauge.ts';
import {fit, plain} from '../draw/cells.ts';
import {fill, line} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';
import {barsBy, type TokensRead} from '../tokens.ts';

/** Of the names; what is left of a line goes to its bar. */
const NAME_SHARE = 0.45;
const COUNT_CELLS = 6;

/** A bar for each model (or session), the longest first; what has no line is told of in the last one. */
export function tokenBars({theme, size, read}: {theme: Theme; size: Size; read: TokensRead}): string[] {
  const {cols, rows} = size;
  const {ellipsis} = theme.shapes;
  const groups = read.bars.rows.filter(({total}) => total > 0);
  const room = rows - 1;
  const shown = groups.length > room ? groups.slice(0, room - 1) : groups;
  const rest = groups.slice(shown.length);
  const name = Math.floor(cols * NAME_SHARE);
  const cells = cols - name - COUNT_CELLS - 2;
  const most = Math.max(1, ...groups.map(({total}) => total));
  const lines = shown.map(({key, total}) =>
    line(
      theme,
      cols,
      [
        ['dim', `${fit(plain(key), name, ellipsis)} `],
        ['working', gauge(theme.shapes, {share: total / most, cells})],
      ],
      [['dim', tokenText(total)]],
    ),
  );
  if (rest.length > 0) {
    const sum = rest.reduce((all, {total}) => all + total, 0);
    lines.push(line(theme, cols, [['faint', `${rest.length} more`]], [['faint', tokenText(sum)]]));
  }
  return fill([line(theme, cols, [['dim', `by ${barsBy(read.by)}`]]), ...lines], rows, cols);
}
