import type {RegisterInput} from '../domain/fleet.ts';
import {entryOf, type Faults, type Form, formOf, type Option} from './form.ts';
import {nameFault} from './session-name.ts';
import {fieldOf} from './text-field.ts';

type Known = {
  /** Known agents; an empty list: only a command can be given. */
  agents: readonly {name: string; version: string | null}[];
  dir: string;
};

/** The dialog that makes a session. */
export function newSessionForm({agents, dir}: Known): Form {
  const options: Option[] = agents.map(({name, version}) => ({value: name, text: name, about: version ?? ''}));
  return formOf('New session', [
    {
      id: 'name',
      title: 'name',
      about: 'how you will call it: letters, digits, . - _',
      kind: 'text',
      field: fieldOf(),
      placeholder: 'payments',
    },
    {
      id: 'agent',
      title: 'agent',
      about: options.length < 2 ? '' : 'left and right choose another one',
      kind: 'choice',
      options,
      at: 0,
      none: 'none was found here',
    },
    {
      id: 'dir',
      title: 'directory',
      about: 'where it works; ~ is your home',
      kind: 'text',
      field: fieldOf(dir),
      placeholder: '',
    },
    {
      id: 'command',
      title: 'command',
      about: "a command line instead of the agent's own; usually empty",
      kind: 'text',
      field: fieldOf(),
      placeholder: "the agent's own",
    },
    {
      id: 'prompt',
      title: 'prompt',
      about: 'the first message, sent once it is up',
      kind: 'text',
      field: fieldOf(),
      placeholder: 'nothing yet',
      long: true,
    },
  ]);
}

/** What stands against making it. `taken`: names that exist. */
export function newSessionFaults(form: Form, taken: readonly string[]): Faults {
  const faults: Faults = {};
  const name = nameFault(entryOf(form, 'name'), taken);
  if (name !== null) faults['name'] = name;
  if (entryOf(form, 'dir').trim() === '') faults['dir'] = 'a directory is needed';
  if (entryOf(form, 'agent') === '' && entryOf(form, 'command').trim() === '') {
    faults['command'] = 'no agent here: give a command';
  }
  return faults;
}

export function registerInput(
  form: Form,
  home: string | undefined,
): {input: RegisterInput; prompt: string | undefined} {
  const command = entryOf(form, 'command').trim();
  const dir = entryOf(form, 'dir').trim();
  const agent = entryOf(form, 'agent');
  const prompt = entryOf(form, 'prompt');
  return {
    input: {
      name: entryOf(form, 'name'),
      dir: home !== undefined && /^~(?=\/|$)/.test(dir) ? home + dir.slice(1) : dir,
      ...(agent === '' ? {} : {agent}),
      ...(command === '' ? {} : {command}),
    },
    prompt: prompt.trim() === '' ? undefined : prompt,
  };
}
