/** A column that gives way where a table is too wide, and the fewest columns of the screen that it keeps; 0: it goes as a whole. */
export type GivesWay = {column: string; least: number};

/** What stands between two columns of a table. */
export const GAP = '  ';

/** The widths with which a table fits, as far as those that give way, one after the other, have enough to give. */
export function fitColumns(
  header: readonly string[],
  {widths, columns, givesWay}: {widths: readonly number[]; columns: number; givesWay: readonly GivesWay[]},
): number[] {
  const fitted = [...widths];
  for (const {column, least} of givesWay) {
    const at = header.indexOf(column);
    const over = tableWidth(fitted) - columns;
    if (over <= 0) break;
    if (at === -1 || fitted[at]! <= least) continue;
    fitted[at] = least === 0 ? 0 : Math.max(least, fitted[at]! - over);
  }
  return fitted;
}

/** A column without a width has no gap either. */
function tableWidth(widths: readonly number[]): number {
  const shown = widths.filter(width => width > 0);
  return shown.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, shown.length - 1);
}
