import {plain} from '../draw/cells.ts';
import {fieldSpans} from '../draw/field.ts';
import {type Hint, hintAt, hintSpans} from '../draw/hints.ts';
import {cutSpans, line, type Span, spansWidth} from '../draw/spans.ts';
import type {Notice} from '../state.ts';
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
  /** The text that is being written here: prompt bar or filter. */
  writing: {label: string; field: Field} | null;
};

/** A phone has no room to say that keys are commands; that they are not is always said. */
const CHIP_FROM = 50;

const COMMAND = ' COMMAND ';

export function footerLine(props: FooterProps): string {
  const {theme, columns} = props;
  const chip = rightSide(props);
  const room = columns - spansWidth(chip) - (chip.length > 0 ? 1 : 0);
  return line(theme, columns, leftSide(props, room), chip);
}

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
  const {shapes} = theme;
  if (writing !== null) {
    const label: Span[] = [
      ['selected', ` ${writing.label} `],
      ['tab', `${shapes.pointer} `],
    ];
    const columns = Math.max(4, room - spansWidth(label));
    return [...label, ...fieldSpans({theme, field: writing.field, columns, focused: true})];
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
