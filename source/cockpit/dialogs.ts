import type {Spot} from './diff-rows.ts';
import {type Form, type FormStep, stepForm} from './form.ts';
import {type Edit, edit, type Field} from './text-field.ts';

/** What a confirmation stands before. */
export type Deed = {do: 'stop' | 'restart'; sessions: readonly string[]};

/** What lies over the screen or takes its keys: always exactly one value. */
export type Dialog =
  | {kind: 'none'}
  /** All keys, narrowed by what is typed. */
  | {kind: 'help'; field: Field; at: number}
  /** The command palette; `at` null: the line that is chosen by itself. `themes`: that there are to choose from. */
  | {kind: 'palette'; field: Field; at: number | null; themes: readonly string[]}
  /** `now`: it ends the turn that runs. `past`: how many texts back, with the one that was begun as `draft`. */
  | {kind: 'prompt'; to: readonly string[]; field: Field; now: boolean; past: number; draft: string}
  /** The chosen request, over any screen. */
  | {kind: 'answer'}
  /** What goes with an answer to a request; `then`: what comes after it. */
  | {kind: 'reply'; says: 'deny' | 'answer'; request: string; session: string; field: Field; then: 'none' | 'answer'}
  | {kind: 'filter'; field: Field; before: string}
  /** In the scrollback; `before`, `from`: what was searched and where one stood. */
  | {kind: 'search'; field: Field; before: string; from: number}
  | {kind: 'new-session'; form: Form}
  /** A second session from `of`. */
  | {kind: 'fork'; of: string; form: Form}
  | {kind: 'budget'; form: Form}
  /** On a line, a hunk or a file of the changes; `id` null: a new one. */
  | {kind: 'comment'; id: number | null; session: string; spot: Spot; field: Field}
  /** The title of a card; of a new one while `card` is null. */
  | {kind: 'card-title'; card: string | null; column: string; field: Field}
  | {kind: 'card'; card: string; top: number}
  /** Who is to claim a card. */
  | {kind: 'claim'; card: string; at: number}
  /** A model for these sessions; `at`: the chosen one of those that are known. */
  | {kind: 'model'; to: readonly string[]; field: Field; at: number | null}
  /** Tags to give and to take away. */
  | {kind: 'tags'; to: readonly string[]; field: Field}
  | {kind: 'confirm'; question: string; detail: string; yes: string; deed: Deed}
  | {kind: 'message'; title: string; text: string /** First line in sight. */; top?: number};

export type DialogStep = {kind: 'text'; edit: Edit} | {kind: 'form'; step: FormStep} | {kind: 'choose'; at: number};

export function stepDialog(dialog: Dialog, step: DialogStep): Dialog {
  switch (step.kind) {
    case 'text':
      if (dialog.kind === 'prompt' || dialog.kind === 'reply' || dialog.kind === 'comment')
        return {...dialog, field: edit(dialog.field, step.edit)};
      if (
        dialog.kind === 'filter' ||
        dialog.kind === 'search' ||
        dialog.kind === 'card-title' ||
        dialog.kind === 'tags'
      ) {
        return {...dialog, field: edit(dialog.field, flat(step.edit))};
      }
      if (dialog.kind === 'help') return {...dialog, field: edit(dialog.field, flat(step.edit)), at: 0};
      if (dialog.kind === 'model' || dialog.kind === 'palette')
        return {...dialog, field: edit(dialog.field, flat(step.edit)), at: null};
      if ('form' in dialog) {
        return {...dialog, form: stepForm(dialog.form, {do: 'edit', edit: step.edit})};
      }
      return dialog;
    case 'form':
      if (!('form' in dialog)) return dialog;
      return {...dialog, form: stepForm(dialog.form, step.step)};
    case 'choose':
      if (dialog.kind === 'card' || dialog.kind === 'message') return {...dialog, top: step.at};
      return dialog.kind === 'help' || dialog.kind === 'palette' || dialog.kind === 'claim' || dialog.kind === 'model'
        ? {...dialog, at: step.at}
        : dialog;
  }
}

/** Kinds that take text: what a paste goes to. */
const texts: readonly string[] = [
  'prompt',
  'reply',
  'comment',
  'filter',
  'search',
  'new-session',
  'fork',
  'budget',
  'card-title',
  'model',
  'tags',
  'help',
  'palette',
];
export const takesText = (kind: string): boolean => texts.includes(kind);

function flat(change: Edit): Edit {
  return change.do === 'insert' ? {...change, text: change.text.replace(/[\r\n]+/g, ' ')} : change;
}
