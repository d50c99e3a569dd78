import {fit, width} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type Choice = {text: string /** Right, in small: why one would rather not. */; about: string};
export type ChoicesProps = {theme: Theme; body: Size; title: string; choices: readonly Choice[]; at: number | null};

const WIDEST = 60;

/** A list of which one is taken. */
export function choicesPane({theme, body, title, choices, at}: ChoicesProps): {lines: string[]; columns: number} {
  const columns = Math.min(body.cols, WIDEST);
  const rows = Math.max(1, Math.min(body.rows - 2, choices.length));
  const top = Math.max(0, Math.min((at ?? 0) - Math.floor(rows / 2), choices.length - rows));
  const counted = choices.length > rows && at !== null ? `${at + 1} of ${choices.length}` : '';
  const frame: Frame = {
    theme,
    columns,
    heavy: true,
    token: 'selected',
    left: [['strong', title]],
    right: counted === '' ? [] : [['dim', counted]],
  };
  const lines = choices.slice(top, top + rows).map(({text, about}, i) => {
    if (top + i !== at) return inside(frame, [[null, text]], [['dim', about]]);
    const room = columns - 4 - (about === '' ? 0 : width(about) + 1);
    return theme.paint('choice', ` ${fit(text, room)}${about === '' ? '' : ` ${about}`} `);
  });
  return {lines: framed(frame, lines), columns};
}
