import {clockText, dayText, timeText} from '../ages.ts';
import {fit, plain} from '../draw/cells.ts';
import {fill, line, type Span} from '../draw/spans.ts';
import type {EventLine} from '../journal.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type EventsProps = {
  theme: Theme;
  body: Size;
  /** Oldest first. */
  lines: readonly EventLine[];
  /** The chosen line; with `follow` the last one, which is not marked then. */
  at: number;
  follow: boolean;
  /** What stands there while there are no lines. */
  empty: string;
};

const SESSION_COLUMNS = 14;
const TYPE_COLUMNS = 20;
/** Narrower than this, the type gives its room to the reason. */
const WITH_TYPE = 80;
const PHONE = 50;

/** The journal: what happened, when, to whom and why; the last line is the newest. */
export function eventsPaneLines({theme, body, lines, at, follow, empty}: EventsProps): string[] {
  if (lines.length === 0) {
    const text = line(theme, body.cols, [['faint', `  ${plain(empty)}`]]);
    return fill([' '.repeat(body.cols), text], body.rows, body.cols);
  }
  const half = Math.floor(body.rows / 2);
  const top = Math.max(0, Math.min(follow ? lines.length : at - half, lines.length - body.rows));
  const today = dayText(lines.at(-1)!.at);
  // Seconds give way to the day where not all is of one.
  const dated = body.cols >= WITH_TYPE && dayText(lines[0]!.at) !== today;
  const timeOf = ({at: moment}: EventLine): string => {
    if (body.cols < PHONE) return clockText(moment);
    if (!dated) return timeText(moment);
    const day = dayText(moment);
    return day === today ? timeText(moment).padStart(11) : `${day} ${clockText(moment)}`;
  };
  const shown = lines.slice(top, top + body.rows).map((entry, i) => {
    const chosen = top + i === at && !follow;
    const spans = spansOf(body.cols, {entry, time: timeOf(entry)});
    return chosen ? chosenLine(theme, {body, spans}) : line(theme, body.cols, spans);
  });
  return fill(shown, body.rows, body.cols);
}

function chosenLine(theme: Theme, {body, spans}: {body: Size; spans: readonly Span[]}): string {
  const text = spans.map(([, part]) => part).join('');
  return theme.paint('choice', fit(text, body.cols, theme.shapes.ellipsis));
}

function spansOf(columns: number, {entry, time}: {entry: EventLine; time: string}): Span[] {
  const phone = columns < PHONE;
  const name = fit(plain(entry.session ?? ''), phone ? 10 : SESSION_COLUMNS);
  const spans: Span[] = [
    ['faint', ` ${time}  `],
    [entry.session === null ? null : 'strong', `${name}  `],
  ];
  if (columns >= WITH_TYPE) spans.push([entry.bad ? 'error' : 'faint', `${fit(plain(entry.type), TYPE_COLUMNS)}  `]);
  spans.push([entry.bad ? 'error' : 'dim', plain(entry.reason)]);
  return spans;
}
