import type {RegisterInput} from '../domain/fleet.ts';
import {expandHome, isPath} from './directory-offers.ts';
import {entryOf, type Faults, type Form, formOf, type Option} from './form.ts';
import {nameFault} from './session-name.ts';
import {fieldOf} from './text-field.ts';

type Known = {
  /** Known agents; an empty list: only a command can be given. */
  agents: readonly {name: string; version: string | null}[];
  /** Null: the fleet's machine is another one. */
  dir: string | null;
};

const YOLO =
  'no question comes before a command runs, a file is changed or something is sent; better in a workspace of its own';

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
      about:
        dir === null
          ? 'where it works on the machine of the fleet: a path, or the name of a session, which tab completes'
          : 'where it works: a path (~ is your home), or the name of a workspace, which tab completes',
      kind: 'text',
      field: fieldOf(dir ?? ''),
      placeholder: dir === null ? 'a path there' : '/work/shop',
      ...(dir === null ? {elsewhere: true} : {}),
    },
    {
      id: 'model',
      title: 'model',
      about: "as the agent calls it; usually empty: the agent's own",
      kind: 'text',
      field: fieldOf(),
      placeholder: "the agent's own",
    },
    {
      id: 'mode',
      title: 'permission',
      about: 'left and right choose another one',
      kind: 'choice',
      options: [
        {value: '', text: 'asks', about: 'before it runs or changes something'},
        {value: 'yolo', text: 'yolo', about: 'runs and changes anything without asking', warns: YOLO},
      ],
      at: 0,
      none: '',
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

/** While one writes, it is none only once nothing begins so. */
function dirFault(form: Form): string | null {
  const line = form.lines.find(({id}) => id === 'dir');
  if (line?.kind !== 'text') return null;
  if (line.field.text.trim() === '') return 'a directory is needed';
  const written = form.focus === 'dir' && !form.busy && (line.offers ?? []).length > 0;
  if (written) return null;
  if (line.elsewhere && !line.field.text.trim().startsWith('/')) {
    return 'it is on another machine: give it from the root, as /home/ada/project';
  }
  return line.wrong ?? (isPath(line.field.text.trim()) ? null : 'a path begins with / or ~');
}

/** What stands against making it. `taken`: names that exist. */
export function newSessionFaults(form: Form, taken: readonly string[]): Faults {
  const faults: Faults = {};
  const name = nameFault(entryOf(form, 'name'), taken);
  if (name !== null) faults['name'] = name;
  const dir = dirFault(form);
  if (dir !== null) faults['dir'] = dir;
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
  const model = entryOf(form, 'model').trim();
  const prompt = entryOf(form, 'prompt');
  return {
    input: {
      name: entryOf(form, 'name'),
      dir: expandHome(dir, home),
      ...(agent === '' ? {} : {agent}),
      ...(model === '' ? {} : {model}),
      ...(entryOf(form, 'mode') === 'yolo' ? {yolo: true} : {}),
      ...(command === '' ? {} : {command}),
    },
    prompt: prompt.trim() === '' ? undefined : prompt,
  };
}
