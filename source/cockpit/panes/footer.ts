import {plain} from '../draw/cells.ts';
import {fieldRows, fieldSpans} from '../draw/field.ts';
import {type Hint, hintAt, hintSpans} from '../draw/hints.ts';
import {cutSpans, line, type Span, spansWidth} from '../draw/spans.ts';
import type {Notice} from '../notice.ts';
import type {Field} from '../text-field.ts';
import type {Theme} from '../theme.ts';

export type FooterProps = {
  theme: Theme;
  columns: number;
  hints: readonly Hint[];
  /** Name of the session that is typed into; null in COMMAND mode. */
  typingTo: string | null;
  leaveKey: string;
  notice: Notice | null;
  /** The text that is being written here: prompt bar or filter. `rows`: how many lines it may take; default one. */
  writing: {label: string; field: Field; placeholder?: string; rows?: number} | null;
};

/** A phone has no room to say that keys are commands; that they are not is always said. */
const CHIP_FROM = 50;

const COMMAND = ' COMMAND ';

export const footerLine = (props: FooterProps): string => footerLines(props).at(-1)!;

/** The footer; a text that needs several lines stands above it, below a rule, and leaves it to its keys. */
export function footerLines(props: FooterProps): string[] {
  const {theme, columns, hints, writing, notice} = props;
  const chip = rightSide(props);
  const room = columns - spansWidth(chip) - (chip.length > 0 ? 1 : 0);
  const rows = writing?.rows ?? 1;
  const label = labelSpans(theme, writing?.label ?? '');
  const space = (cells: number): number => Math.max(4, cells - spansWidth(label));
  const isLow = writing === null || rows < 2;
  if (isLow || fieldRows({field: writing.field, columns: space(room), rows: 2}).length === 1) {
    return [line(theme, columns, leftSide(props, room), chip)];
  }
  const text = fieldRows({field: writing.field, columns: space(columns), rows});
  const indent: Span[] = [[null, ' '.repeat(spansWidth(label))]];
  return [
    line(theme, columns, [['border', theme.shapes.rule.repeat(columns)]]),
    ...text.map((spans, i) => line(theme, columns, [...(i === 0 ? label : indent), ...spans])),
    line(theme, columns, notice?.kind === 'error' ? noticeSpans(theme, notice) : hintSpans(theme, hints, columns)),
  ];
}

const labelSpans = ({shapes}: Theme, label: string): Span[] => [
  ['selected', ` ${label} `],
  ['tab', `${shapes.pointer} `],
];

/** The chip; while a text is written, what ends that. */
function rightSide({theme, columns, hints, typingTo, writing, notice}: FooterProps): Span[] {
  // What was refused keeps its text: why stands beside it.
  if (writing !== null && notice?.kind === 'error')
    return cutSpans(noticeSpans(theme, notice), Math.floor(columns / 2));
  if (writing !== null) return columns < CHIP_FROM ? [] : [...hintSpans(theme, hints, columns).slice(1), [null, ' ']];
  if (typingTo === null) return columns < CHIP_FROM ? [] : [['chip', COMMAND]];
  const chip: Span[] = [['chipTyping', ` TYPING ${theme.shapes.arrow} ${plain(typingTo)} `]];
  return cutSpans(chip, Math.floor(columns / 2));
}

function leftSide({theme, hints, typingTo, leaveKey, notice, writing}: FooterProps, room: number): Span[] {
  if (writing !== null) {
    const label = labelSpans(theme, writing.label);
    const columns = Math.max(4, room - spansWidth(label));
    return [
      ...label,
      ...fieldSpans({theme, field: writing.field, columns, focused: true, placeholder: writing.placeholder}),
    ];
  }
  if (typingTo !== null && notice === null) {
    return [
      ['key', ` ${leaveKey}`],
      ['dim', ' leaves typing'],
    ];
  }
  if (notice !== null) return noticeSpans(theme, notice);
  return hintSpans(theme, hints, room);
}

function noticeSpans({shapes}: Theme, {kind, message, hint}: Notice): Span[] {
  const first: Span =
    kind === 'error' ? ['error', ` ${shapes.failed} ${plain(message)}`] : ['notice', ` ${plain(message)}`];
  return hint === '' ? [first] : [first, ['dim', `  ${plain(hint)}`]];
}

type Hinted = {theme: Pick<Theme, 'shapes'>; columns: number; hints: readonly Hint[]};

/** Id of the hint at a column of a footer that shows hints; null: none. */
export function footerHintAt({theme, columns, hints}: Hinted, x: number): string | null {
  const room = columns < CHIP_FROM ? columns : columns - COMMAND.length - 1;
  return hintAt(theme, {hints, room, x})?.id ?? null;
}
