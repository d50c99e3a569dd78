import type {AmuxError} from '../domain/errors.ts';
import type {ForkInput, SessionView} from '../domain/fleet.ts';
import {entryOf, type Faults, type Form, type FormLine, formOf} from './form.ts';
import {nameFault} from './session-name.ts';
import {fieldOf} from './text-field.ts';

/** The dialog that makes a second session from one. */
export function forkForm({name, branch}: Pick<SessionView, 'name' | 'branch'>): Form {
  return formOf(`Fork ${name}`, [
    {
      id: 'name',
      title: 'name',
      about: `of the new session, which has the conversation of ${name}, and of its workspace`,
      kind: 'text',
      field: fieldOf(),
      placeholder: `${name}-2`,
    },
    {
      id: 'branch',
      title: 'branch',
      about: `a new one${branch === null ? '' : `, from ${branch}`}; usually empty`,
      kind: 'text',
      field: fieldOf(),
      placeholder: 'amux/ and the name',
    },
    {
      id: 'changes',
      title: 'changes',
      about: 'what is not committed there; it stays there in any case',
      kind: 'choice',
      options: [
        {value: 'carry', text: 'come along', about: ''},
        {value: 'clean', text: 'stay behind', about: ''},
      ],
      at: 0,
      none: '',
    },
    {
      id: 'prompt',
      title: 'prompt',
      about: 'its first message, sent once it is up',
      kind: 'text',
      field: fieldOf(),
      placeholder: 'nothing yet',
      long: true,
    },
  ]);
}

/** What stands against making it. `taken`: names that exist. */
export function forkFaults(form: Form, taken: readonly string[]): Faults {
  const name = nameFault(entryOf(form, 'name'), taken);
  return name === null ? {} : {name};
}

export function forkInput(form: Form): Omit<ForkInput, 'callerEnv'> {
  const [branch, prompt] = [entryOf(form, 'branch').trim(), entryOf(form, 'prompt')];
  const commands = entryOf(form, 'commands');
  return {
    name: entryOf(form, 'name'),
    ...(branch === '' ? {} : {branch}),
    ...(prompt.trim() === '' ? {} : {prompt}),
    ...(entryOf(form, 'changes') === 'clean' ? {clean: true} : {}),
    ...(entryOf(form, 'conversation') === 'summary' ? {handoff: true} : {}),
    ...(commands === 'none' ? {setup: false} : commands === '' ? {} : {trust: commands}),
  };
}

type Refusal = {message: string; hint: string; ask?: FormLine};

/** Some refusals leave a choice, which then stands in the form. */
export function whatToDecide({code, message, hint, facts}: AmuxError): Refusal {
  if (code === 'fork.conversation' || code === 'conversation.copy') {
    return {message, hint: 'a fresh conversation can begin with a summary of what was said', ask: conversation};
  }
  if (code === 'workspace.untrusted') {
    return {message, hint: 'choose whether they run', ask: commands(String(facts['hash']))};
  }
  return {message, hint};
}

const conversation: FormLine = {
  id: 'conversation',
  title: 'begins with',
  about: 'left and right choose',
  kind: 'choice',
  options: [
    {value: 'summary', text: 'a summary', about: 'of what was said, as a file'},
    {value: 'copy', text: 'its conversation', about: ''},
  ],
  at: 0,
  none: '',
};

const commands = (hash: string): FormLine => ({
  id: 'commands',
  title: 'commands',
  about: 'of this project, for new workspaces; left and right choose',
  kind: 'choice',
  options: [
    {value: 'none', text: 'leave them out', about: ''},
    {value: hash, text: 'run them', about: 'now and from now on'},
  ],
  at: 0,
  none: '',
});
