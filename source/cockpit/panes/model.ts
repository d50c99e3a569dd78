import {cut, fit, plain} from '../draw/cells.ts';
import {fieldSpans} from '../draw/field.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import type {Size} from '../layout.ts';
import type {Field} from '../text-field.ts';
import type {Theme} from '../theme.ts';

export type ModelProps = {
  theme: Theme;
  body: Size;
  field: Field;
  /** Models that are known, and which one is chosen. */
  offered: readonly {model: string; count: number}[];
  at: number | null;
  /** Names of those who get it. */
  names: readonly string[];
};

const WIDEST = 60;
const OFFERED_ROWS = 6;

/** The dialog that gives sessions another model. */
export function modelPane({theme, body, field, offered, at, names}: ModelProps): {lines: string[]; columns: number} {
  const columns = Math.min(body.cols, WIDEST);
  const room = columns - 4;
  const count = names.length === 1 ? '' : `${names.length} sessions`;
  const frame: Frame = {
    theme,
    columns,
    heavy: true,
    token: 'selected',
    left: [['strong', 'Another model']],
    right: count === '' ? [] : [['dim', count]],
  };
  const rows = Math.max(0, Math.min(OFFERED_ROWS, body.rows - 7));
  const top = Math.max(0, Math.min((at ?? 0) - Math.floor(rows / 2), offered.length - rows));
  const list = offered.slice(top, top + rows).map(({model, count: sessions}, i) => {
    const about = sessions === 0 ? '' : `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`;
    const text = fit(`  ${plain(model)}`, room - about.length - 1);
    if (top + i === at) return theme.paint('choice', ` ${text} ${about} `);
    return inside(frame, [['dim', text]], [['faint', about]]);
  });
  const label = 'model  ';
  const lines = [
    inside(frame, [
      ['strong', label],
      ...fieldSpans({theme, field, columns: room - label.length, focused: at === null, placeholder: 'opus'}),
    ]),
    ...list,
    inside(frame, []),
    inside(frame, [['dim', cut(`for ${names.map(plain).join(', ')}`, room)]]),
    inside(frame, [['faint', cut('at the next turn boundary; the conversation goes on', room)]]),
  ];
  return {lines: framed(frame, lines), columns};
}
