import {plain, wrap} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {type Hint, hintSpans} from '../draw/hints.ts';
import type {Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type MessageProps = {
  theme: Theme;
  body: Size;
  title: string;
  text: string;
  hints: readonly Hint[];
  /** First line in sight; default 0. */
  top?: number;
};

const WIDEST = 64;
/** Longer texts take more of the screen. */
const LONG = 600;
const WIDEST_LONG = 100;

/** A question or a text to read, with its keys in the lower border. */
export function messagePane(props: MessageProps): {lines: string[]; columns: number} {
  const {theme, body, title, hints} = props;
  const columns = columnsOf(props);
  const foot: Span[] = hintSpans(theme, hints, columns - 6).slice(1);
  const lines = textLines(props);
  const room = roomIn(body);
  const top = Math.max(0, Math.min(props.top ?? 0, lines.length - room));
  const shown = lines.slice(top, top + room);
  const right: Span[] = lines.length > room ? [['dim', `${top + 1}-${top + shown.length} of ${lines.length}`]] : [];
  const frame: Frame = {theme, columns, heavy: true, token: 'selected', left: [['strong', plain(title)]], right, foot};
  const blank = inside(frame, []);
  return {lines: framed(frame, [blank, ...shown.map(part => inside(frame, [[null, ` ${part}`]])), blank]), columns};
}

type Text = Pick<MessageProps, 'body' | 'text'>;

/** How far it can be scrolled. */
export const messageEnd = (props: Text): number => Math.max(0, textLines(props).length - roomIn(props.body));

const roomIn = ({rows}: Size): number => Math.max(1, rows - 4);

const columnsOf = ({body, text}: Text): number => Math.min(body.cols, text.length > LONG ? WIDEST_LONG : WIDEST);

function textLines(props: Text): string[] {
  const columns = columnsOf(props) - 6;
  return props.text.split('\n').flatMap(part => (part === '' ? [''] : wrap(plain(part), columns)));
}
