import {asAmuxError} from '../domain/errors.ts';
import type {RegisterInput} from '../domain/fleet.ts';
import {checkName} from '../domain/names.ts';
import {type Edit, edit, type Field, fieldOf} from './text-field.ts';

export const formFields = ['name', 'agent', 'dir', 'command', 'prompt'] as const;
export type FormField = (typeof formFields)[number];

/** The dialog that makes a session. */
export type Form = {
  name: Field;
  dir: Field;
  command: Field;
  prompt: Field;
  /** Known agents; an empty list: only a command can be given. */
  agents: readonly string[];
  agent: number;
  focus: FormField;
  /** Fields the person has been in: only these complain that they are empty. */
  touched: readonly FormField[];
  /** The supervisor is making it. */
  busy: boolean;
  /** Why the supervisor refused. */
  refused: {message: string; hint: string} | null;
};

export type FormStep =
  | {do: 'edit'; edit: Edit}
  | {do: 'next' | 'previous' | 'busy'}
  | {do: 'cycle'; by: 1 | -1}
  | {do: 'refused'; message: string; hint: string};

export function newForm({agents, dir}: {agents: readonly string[]; dir: string}): Form {
  return {
    name: fieldOf(),
    dir: fieldOf(dir),
    command: fieldOf(),
    prompt: fieldOf(),
    agents,
    agent: 0,
    focus: 'name',
    touched: [],
    busy: false,
    refused: null,
  };
}

export function stepForm(form: Form, step: FormStep): Form {
  if (step.do === 'refused') return {...form, busy: false, refused: {message: step.message, hint: step.hint}};
  if (form.busy) return form;
  switch (step.do) {
    case 'edit': {
      if (form.focus === 'agent') return form;
      const touched = [...new Set([...form.touched, form.focus])];
      return {...form, [form.focus]: edit(form[form.focus], oneLine(form.focus, step.edit)), touched, refused: null};
    }
    case 'next':
    case 'previous': {
      const by = step.do === 'next' ? 1 : -1;
      const at = (formFields.indexOf(form.focus) + by + formFields.length) % formFields.length;
      return {...form, focus: formFields[at]!, touched: [...new Set([...form.touched, form.focus])]};
    }
    case 'cycle': {
      if (form.agents.length === 0) return form;
      return {...form, agent: (form.agent + step.by + form.agents.length) % form.agents.length, refused: null};
    }
    case 'busy':
      return {...form, busy: true, refused: null, touched: formFields};
  }
}

/** What stands against making it, by field. `taken`: names that exist. */
export function formFaults(form: Form, taken: readonly string[]): Partial<Record<FormField, string>> {
  const faults: Partial<Record<FormField, string>> = {};
  const name = form.name.text;
  if (name === '') faults.name = 'a name is needed';
  else if (taken.includes(name)) faults.name = 'a session has this name already';
  else if (!isName(name)) faults.name = 'letters, digits, . - _ and a letter first';
  if (form.dir.text.trim() === '') faults.dir = 'a directory is needed';
  if (form.agents.length === 0 && form.command.text.trim() === '') faults.command = 'no agent here: give a command';
  return faults;
}

/** The faults to show: an empty field complains only after a visit. */
export function shownFaults(form: Form, taken: readonly string[]): Partial<Record<FormField, string>> {
  const faults = formFaults(form, taken);
  for (const field of formFields) {
    const untouched = !form.touched.includes(field);
    const stillEmpty = field !== 'agent' && form[field].text === '' && form.focus === field && !form.busy;
    if (untouched || stillEmpty) delete faults[field];
  }
  return faults;
}

export function registerInput(
  form: Form,
  home: string | undefined,
): {input: RegisterInput; prompt: string | undefined} {
  const command = form.command.text.trim();
  const dir = form.dir.text.trim();
  const agent = form.agents[form.agent];
  return {
    input: {
      name: form.name.text,
      dir: home !== undefined && /^~(?=\/|$)/.test(dir) ? home + dir.slice(1) : dir,
      ...(agent === undefined ? {} : {agent}),
      ...(command === '' ? {} : {command}),
    },
    prompt: form.prompt.text.trim() === '' ? undefined : form.prompt.text,
  };
}

function isName(name: string): boolean {
  try {
    checkName(name);
    return true;
  } catch (error) {
    if (asAmuxError(error).code === 'session.name') return false;
    throw error;
  }
}

/** Only the prompt may have several lines. */
function oneLine(field: FormField, change: Edit): Edit {
  if (change.do !== 'insert' || field === 'prompt') return change;
  return {...change, text: change.text.replace(/[\r\n]+/g, ' ')};
}
