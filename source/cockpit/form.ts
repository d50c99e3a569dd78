import {type Edit, edit, type Field} from './text-field.ts';

/** One line of a form: a text, or one of several things. */
export type FormLine = {
  id: string;
  title: string;
  /** What it is for: shown while one is in it. */
  about: string;
} & (TextLine | ChoiceLine);

export type TextLine = {
  kind: 'text';
  field: Field;
  placeholder: string;
  /** It may have several lines. */
  long?: true;
};

export type ChoiceLine = {
  kind: 'choice';
  options: readonly Option[];
  at: number;
  /** Instead of them, where there are none. */
  none: string;
};

/** `about`: beside it, in small. */
export type Option = {value: string; text: string; about: string};

/** A dialog of several lines that asks the supervisor for something in the end. */
export type Form = {
  title: string;
  lines: readonly FormLine[];
  /** Id of a line. */
  focus: string;
  /** Lines the person has been in: only these complain that they are empty. */
  touched: readonly string[];
  /** The supervisor is at it. */
  busy: boolean;
  /** Why the supervisor refused. */
  refused: {message: string; hint: string} | null;
};

export type FormStep =
  | {do: 'edit'; edit: Edit}
  | {do: 'next' | 'previous' | 'busy'}
  | {do: 'cycle'; by: 1 | -1}
  /** `ask`: what can be decided about that. */
  | {do: 'refused'; message: string; hint: string; ask?: FormLine};

/** By id of a line. */
export type Faults = Partial<Record<string, string>>;

export function formOf(title: string, lines: readonly FormLine[]): Form {
  return {title, lines, focus: lines[0]!.id, touched: [], busy: false, refused: null};
}

export function stepForm(form: Form, step: FormStep): Form {
  if (step.do === 'refused') return refused(form, step);
  if (form.busy) return form;
  const line = focused(form);
  switch (step.do) {
    case 'edit': {
      if (line.kind !== 'text') return form;
      const field = edit(line.field, line.long ? step.edit : oneLine(step.edit));
      return {...withLine(form, {...line, field}), touched: touching(form), refused: null};
    }
    case 'next':
    case 'previous': {
      const by = step.do === 'next' ? 1 : -1;
      const at = (form.lines.indexOf(line) + by + form.lines.length) % form.lines.length;
      return {...form, focus: form.lines[at]!.id, touched: touching(form)};
    }
    case 'cycle': {
      if (line.kind !== 'choice' || line.options.length === 0) return form;
      const at = (line.at + step.by + line.options.length) % line.options.length;
      return {...withLine(form, {...line, at}), refused: null};
    }
    case 'busy':
      return {...form, busy: true, refused: null, touched: form.lines.map(({id}) => id)};
  }
}

export const focused = (form: Form): FormLine => form.lines.find(({id}) => id === form.focus)!;

export const isLast = (form: Form): boolean => form.lines.at(-1)!.id === form.focus;

/** What is written in a line, or the value that is chosen there; empty: nothing. */
export function entryOf(form: Form, id: string): string {
  const line = form.lines.find(each => each.id === id);
  if (line === undefined) return '';
  return line.kind === 'text' ? line.field.text : (line.options[line.at]?.value ?? '');
}

/** The faults to show: an empty line complains only after a visit. */
export function shownFaults(form: Form, faults: Faults): Faults {
  const shown = form.lines.filter(line => {
    const stillEmpty = line.kind === 'text' && line.field.text === '' && form.focus === line.id && !form.busy;
    return form.touched.includes(line.id) && !stillEmpty;
  });
  return Object.fromEntries(shown.flatMap(({id}) => (faults[id] === undefined ? [] : [[id, faults[id]]])));
}

function refused(form: Form, {message, hint, ask}: Extract<FormStep, {do: 'refused'}>): Form {
  const done = {...form, busy: false, refused: {message, hint}};
  if (ask === undefined) return done;
  const lines = [...form.lines.filter(({id}) => id !== ask.id), ask];
  return {...done, lines, focus: ask.id};
}

const withLine = (form: Form, line: FormLine): Form => ({
  ...form,
  lines: form.lines.map(each => (each.id === line.id ? line : each)),
});

const touching = ({touched, focus}: Form): string[] => [...new Set([...touched, focus])];

function oneLine(change: Edit): Edit {
  return change.do === 'insert' ? {...change, text: change.text.replace(/[\r\n]+/g, ' ')} : change;
}
