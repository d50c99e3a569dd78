import {type Edit, edit, type Field, fieldOf} from './text-field.ts';

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
  /** A path that begins at the root of another machine. */
  elsewhere?: true;
  /** What may complete it, and which one is shown. */
  offers?: readonly TextOffer[];
  offered?: number;
  /** What was found to be wrong with the text as it stands. */
  wrong?: string | null;
};

/** A whole text for a field. `about`: what it is, in small. */
export type TextOffer = {text: string; about: string};

export type ChoiceLine = {
  kind: 'choice';
  options: readonly Option[];
  at: number;
  /** Instead of them, where there are none. */
  none: string;
};

/** `about`: beside it, in small. `warns`: why it is worth a second thought. */
export type Option = {value: string; text: string; about: string; warns?: string};

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
  /** `about`: the text that they are for. */
  | {do: 'offers'; id: string; about: string; offers: readonly TextOffer[]; wrong: string | null}
  /** The offer that is shown becomes the text; another one is shown. */
  | {do: 'take'}
  | {do: 'other'; by: 1 | -1}
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
      const bare = {...line, field, offers: [], offered: 0, wrong: null};
      return {...withLine(form, bare), touched: touching(form), refused: null};
    }
    case 'offers': {
      const asked = form.lines.find(({id}) => id === step.id);
      if (asked?.kind !== 'text' || asked.field.text !== step.about) return form;
      const {offers, wrong} = step;
      const known = (asked.offers ?? []).map(({text}) => text).join('\n');
      if (offers.map(({text}) => text).join('\n') === known && (asked.wrong ?? null) === wrong) return form;
      return withLine(form, {...asked, offers, offered: 0, wrong});
    }
    case 'take': {
      const offer = offerOf(line);
      if (offer === null || line.kind !== 'text') return form;
      return withLine(form, {...line, field: fieldOf(offer.text), offers: [], offered: 0, wrong: null});
    }
    case 'other': {
      if (line.kind !== 'text' || (line.offers ?? []).length < 2) return form;
      const count = line.offers!.length;
      return withLine(form, {...line, offered: ((line.offered ?? 0) + step.by + count) % count});
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

/** What would complete the line; null: nothing, or the cursor is not at its end. */
export function offerOf(line: FormLine): TextOffer | null {
  if (line.kind !== 'text' || line.field.at < fieldOf(line.field.text).at) return null;
  return line.offers?.[line.offered ?? 0] ?? null;
}

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
