import {costText, readPercent, tokenText} from '../../domain/spend-text.ts';
import {line, type Span, spansWidth} from '../draw/spans.ts';
import type {Theme} from '../theme.ts';
import {spans, type TokensChoice, type TokensView, tableGroupings} from '../tokens.ts';

export type TokenTitleProps = {theme: Theme; columns: number; view: TokensView};

/** What was chosen of which spans and groupings, and the sum of it. The words go first when there is no room. */
export function tokenTitle({theme, columns, view}: TokenTitleProps): string {
  const right = sumOf(view);
  for (const left of [choices(view), shortChoice(view)]) {
    if (spansWidth(left) + spansWidth(right) + 2 <= columns) return line(theme, columns, left, right);
  }
  return line(theme, columns, shortChoice(view), right);
}

function choices({span, by, all}: TokensChoice): Span[] {
  const ids = spans.map(({id}) => id);
  return [...tabs(ids, span), [null, '  '], ['faint', 'by '], ...tabs(tableGroupings, by), ...machine(all)];
}

/** As the tabs of the header. */
function tabs(names: readonly string[], chosen: string): Span[] {
  return names.map(name => (name === chosen ? ['tab', `[${name}]`] : ['dim', ` ${name} `]));
}

const shortChoice = ({span, by, all}: TokensChoice): Span[] => [['tab', ` ${span} by ${by}`], ...machine(all)];

const machine = (all: boolean): Span[] => (all ? [['attention', '  whole machine']] : []);

function sumOf({read, failed}: TokensView): Span[] {
  if (failed !== '')
    return [
      ['error', 'not read '],
      [null, ' '],
    ];
  if (read === null) return [];
  const {total, reading, rows} = read.table;
  if (reading !== null) return [['notice', `reading histories ${readPercent(reading)}% `]];
  if (total.total === 0) return [['dim', '0 tok ']];
  const estimated = rows.some(row => row.estimated !== null && row.cost !== row.reported) ? '~' : '';
  return [
    ['strong', tokenText(total.total)],
    ['dim', ' tok  '],
    ['strong', `${total.cost === null ? '' : estimated}${costText(total.cost)} `],
  ];
}
