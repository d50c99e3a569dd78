import type {ScheduleView} from '../domain/schedule.ts';
import type {Spot} from './diff-rows.ts';
import {type Form, type FormStep, focused, stepForm} from './form.ts';
import {type Edit, edit, type Field} from './text-field.ts';

/**
 * Which line of a list is chosen, by what it stands for and not by its place: lists change while they are looked at, and
 * Enter means the line that was seen. Null: none.
 */
type Line = string | null;

/** What is said when the chosen line went away before Enter. */
export const LINE_GONE = ['the chosen line is gone', 'choose another one'] as const;

/** What a confirmation stands before. */
export type SessionDeed = {do: 'stop' | 'restart'; sessions: readonly string[]};
export type Deed = SessionDeed | {do: 'unschedule'; schedule: string} | {do: 'leave'};

/** What lies over the screen or takes its keys: always exactly one value. */
export type Dialog =
  | {kind: 'none'}
  /** All keys, narrowed by what is typed. */
  | {kind: 'help'; field: Field; chosen: Line}
  /** The command palette; nothing chosen: what is written is meant. `themes`: that there are to choose from. */
  | {kind: 'palette'; field: Field; chosen: Line; themes: readonly string[]}
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
  | {kind: 'claim'; card: string; chosen: Line}
  /** A model for these sessions; `chosen`: one of those that are known. */
  | {kind: 'model'; to: readonly string[]; field: Field; chosen: Line}
  /** Tags to give and to take away. */
  | {kind: 'tags'; to: readonly string[]; field: Field}
  /** What is done at set times. */
  | {kind: 'schedules'; list: readonly ScheduleView[]; chosen: Line}
  /** `back`: what a no comes back to. */
  | {kind: 'confirm'; question: string; detail: string; yes: string; deed: Deed; back?: Dialog}
  | {kind: 'message'; title: string; text: string /** First line in sight. */; top?: number};

export type DialogStep =
  | {kind: 'text'; edit: Edit}
  | {kind: 'form'; step: FormStep}
  | {kind: 'choose'; line: Line}
  | {kind: 'schedules'; list: readonly ScheduleView[]}
  | {kind: 'scroll'; top: number};

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
      if (dialog.kind === 'help' || dialog.kind === 'model' || dialog.kind === 'palette')
        return {...dialog, field: edit(dialog.field, flat(step.edit)), chosen: null};
      if ('form' in dialog) {
        return {...dialog, form: stepForm(dialog.form, {do: 'edit', edit: step.edit})};
      }
      return dialog;
    case 'form':
      if (!('form' in dialog)) return dialog;
      return {...dialog, form: stepForm(dialog.form, step.step)};
    case 'choose':
      return !('chosen' in dialog) || dialog.chosen === step.line ? dialog : {...dialog, chosen: step.line};
    case 'schedules':
      return dialog.kind === 'schedules' ? {...dialog, list: step.list} : dialog;
    case 'scroll':
      return dialog.kind === 'card' || dialog.kind === 'message' ? {...dialog, top: step.top} : dialog;
  }
}

type TextKind = Extract<Dialog, {field: Field} | {form: Form}>['kind'];

/** Kinds that take text, without one left out: what is typed and pasted goes there, and the editing keys count there. */
const texts: Record<TextKind, true> = {
  prompt: true,
  reply: true,
  comment: true,
  filter: true,
  search: true,
  'new-session': true,
  fork: true,
  budget: true,
  'card-title': true,
  model: true,
  tags: true,
  help: true,
  palette: true,
};
export const textKinds = Object.keys(texts) as readonly TextKind[];
export const takesText = (kind: string): boolean => Object.hasOwn(texts, kind);

/** The field that is written in; null: none is. */
export function fieldIn(dialog: Dialog): Field | null {
  if ('field' in dialog) return dialog.field;
  const line = 'form' in dialog ? focused(dialog.form) : null;
  return line?.kind === 'text' ? line.field : null;
}

/** Where the chosen line stands now; null: none is chosen, or it is gone. */
export function placeOf(lines: readonly string[], chosen: Line): number | null {
  const at = chosen === null ? -1 : lines.indexOf(chosen);
  return at < 0 ? null : at;
}

/** The line so many away from the chosen one; from none, the first or the last one. Null: there are no lines. */
export function lineBeside(lines: readonly string[], {chosen, by}: {chosen: Line; by: number}): Line {
  const at = placeOf(lines, chosen);
  const last = lines.length - 1;
  return lines[at === null ? (by > 0 ? 0 : last) : Math.max(0, Math.min(last, at + by))] ?? null;
}

function flat(change: Edit): Edit {
  return change.do === 'insert' ? {...change, text: change.text.replace(/[\r\n]+/g, ' ')} : change;
}
