import {plain, wrap} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {type Hint, hintSpans} from '../draw/hints.ts';
import type {Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type MessageProps = {theme: Theme; body: Size; title: string; text: string; hints: readonly Hint[]};

const WIDEST = 64;

/** A question or a text to read, with its keys in the lower border. */
export function messagePane({theme, body, title, text, hints}: MessageProps): {lines: string[]; columns: number} {
  const columns = Math.min(body.cols, WIDEST);
  const foot: Span[] = hintSpans(theme, hints, columns - 6).slice(1);
  const frame: Frame = {theme, columns, heavy: true, token: 'selected', left: [['strong', plain(title)]], foot};
  const lines = text.split('\n').flatMap(part => (part === '' ? [''] : wrap(plain(part), columns - 6)));
  const shown = lines.slice(0, Math.max(1, body.rows - 4));
  const blank = inside(frame, []);
  return {lines: framed(frame, [blank, ...shown.map(part => inside(frame, [[null, ` ${part}`]])), blank]), columns};
}
