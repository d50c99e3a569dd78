import {characters, plain, width, wrap} from '../draw/cells.ts';
import {fieldSpans} from '../draw/field.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {cutSpans, fill, type Span, spansWidth} from '../draw/spans.ts';
import {type Faults, type Form, type FormLine, focused, offerOf, shownFaults} from '../form.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

export type FormProps = {
  theme: Theme;
  body: Size;
  form: Form;
  /** All that stands against it, shown or not. */
  faults: Faults;
};

const WIDEST = 72;
const NOTE_ROWS = 2;

/** A dialog of several lines; the note at its end says what is wrong as one types. */
export function formPane({theme, body, form, faults: all}: FormProps): {lines: string[]; columns: number} {
  const columns = Math.min(body.cols, WIDEST);
  const frame: Frame = {
    theme,
    columns,
    heavy: true,
    token: 'selected',
    left: [['strong', plain(form.title)]],
    right: form.busy ? [['dim', `making it${theme.shapes.dots}`]] : [],
  };
  const faults = shownFaults(form, all);
  const airy = body.rows >= 14;
  const label = Math.max(...form.lines.map(({title}) => width(title)));
  const lines: string[] = airy ? [inside(frame, [])] : [];
  for (const line of form.lines) {
    const isFocused = form.focus === line.id && !form.busy;
    const bad = faults[line.id] !== undefined;
    const spans: Span[] = [
      [isFocused ? 'selected' : null, isFocused ? theme.shapes.bar : ' '],
      [bad ? 'failed' : isFocused ? 'strong' : 'dim', line.title.padStart(label)],
      [null, '  '],
    ];
    const room = columns - 4 - label - 3;
    lines.push(inside(frame, [...spans, ...valueSpans({theme, line, isFocused, room})]));
  }
  lines.push(inside(frame, []));
  const note = noteOf(form, faults);
  const indent = airy ? 2 : 0;
  const wrapped = wrap(plain(note.text), columns - 4 - indent).map(text =>
    inside(frame, [[note.bad ? 'failed' : 'faint', ' '.repeat(indent) + text]]),
  );
  const rows = Math.max(NOTE_ROWS, Math.min(wrapped.length, body.rows - lines.length - 2));
  lines.push(...fill(wrapped, rows, columns - 2));
  return {lines: framed(frame, lines), columns};
}

type Value = {theme: Theme; line: FormLine; isFocused: boolean; room: number};

function valueSpans({theme, line, isFocused, room}: Value): Span[] {
  if (line.kind === 'text') {
    const {field, placeholder} = line;
    const spans = fieldSpans({theme, field, columns: room, focused: isFocused, placeholder});
    return isFocused ? withOffer(spans, {theme, line, room}) : spans;
  }
  const option = line.options[line.at];
  if (option === undefined) return [['faint', line.none]];
  const {left, right} = theme.shapes;
  const about: Span[] = option.about === '' ? [] : [[option.warns ? 'yolo' : 'faint', `  ${plain(option.about)}`]];
  const name = plain(option.text);
  if (!isFocused || line.options.length < 2) return [[option.warns ? 'yolo' : 'input', name], ...about];
  return [['selected', `${left} `], ['strong', name], ['selected', ` ${right}`], ...about];
}

type Completed = {theme: Theme; line: FormLine; room: number};

/** The text with what would complete it from under the cursor on. */
function withOffer(spans: Span[], {theme, line, room}: Completed): Span[] {
  const offer = offerOf(line);
  if (offer === null || line.kind !== 'text') return spans;
  const text = plain(offer.text);
  const more = (line.offers ?? []).length;
  const count: Span[] = more < 2 ? [] : [['faint', `  ${(line.offered ?? 0) + 1} of ${more}`]];
  const fit = (shown: Span[], rest: Span[]): Span[] => [
    ...shown,
    ...cutSpans(rest, Math.max(0, room - spansWidth(shown)), theme.shapes.ellipsis),
  ];
  const [first = '', ...rest] = text.startsWith(line.field.text) ? characters(text.slice(line.field.text.length)) : [];
  if (line.field.text === '' || first === '') return fit(spans, [['dim', ` ${theme.shapes.arrow} ${text}`], ...count]);
  return fit([...spans.slice(0, -2), ['cursor', first]], [['dim', rest.join('')], ...count]);
}

function noteOf(form: Form, faults: Faults): {text: string; bad: boolean} {
  if (form.refused !== null) {
    const {message, hint} = form.refused;
    return {text: hint === '' ? message : `${message} (${hint})`, bad: true};
  }
  const {lines, focus} = form;
  const faulty = lines.find(({id}) => faults[id] !== undefined && (id === focus || faults[focus] === undefined));
  if (faulty !== undefined) return {text: `${faulty.title}: ${faults[faulty.id]}`, bad: true};
  const line = focused(form);
  const warning = line.kind === 'choice' ? line.options[line.at]?.warns : undefined;
  return warning === undefined ? {text: line.about, bad: false} : {text: warning, bad: true};
}
