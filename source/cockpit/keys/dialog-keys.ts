import {AmuxError} from '../../domain/errors.ts';
import type {Deeds} from '../deeds.ts';
import {fieldIn, textKinds} from '../dialogs.ts';
import {type FormStep, focused, isLast, offerOf} from '../form.ts';
import type {State} from '../state.ts';
import {type Edit, FIELD_MAX, tooLong} from '../text-field.ts';
import type {Binding, Where} from './binding.ts';

const close = (deeds: Deeds): void => deeds.dispatch({type: 'dialog', dialog: {kind: 'none'}});
const step = (deeds: Deeds, form: FormStep): void => deeds.stepForm(form);

const VERBS: Partial<Record<Where | 'none', string>> = {fork: 'fork', budget: 'set'};
const forms: readonly Where[] = ['new-session', 'fork', 'budget'];

const formIn = ({dialog}: State) => ('form' in dialog ? dialog.form : null);
const onChoice = (state: State): boolean => {
  const form = formIn(state);
  return form !== null && focused(form).kind === 'choice';
};
const onLast = (state: State): boolean => {
  const form = formIn(state);
  return form !== null && isLast(form);
};
const inText = (state: State): boolean => !onChoice(state);
const offered = (state: State): boolean => {
  const form = formIn(state);
  return form !== null && offerOf(focused(form)) !== null;
};
const severalOffered = (state: State): boolean => {
  const form = formIn(state);
  const line = form === null ? null : focused(form);
  return offered(state) && line?.kind === 'text' && (line.offers ?? []).length > 1;
};
const verb = ({dialog}: State): string => VERBS[dialog.kind] ?? 'create';

/** Keys of the things that lie over a screen. */
export const dialogKeys: readonly Binding[] = [
  {
    id: 'prompt.send',
    keys: ['enter'],
    where: ['prompt'],
    label: ({dialog}) => (dialog.kind === 'prompt' && dialog.now ? 'send now' : 'send'),
    help: 'send the text; it is queued while the agent works',
    footer: 1,
    run: deeds => deeds.sendPrompt(),
  },
  {
    id: 'prompt.now',
    keys: ['tab'],
    where: ['prompt'],
    label: ({dialog}) => (dialog.kind === 'prompt' && dialog.now ? 'queue it' : 'now'),
    help: 'not queued but now: ends the turn that runs; again: queued',
    footer: 2,
    run: deeds => deeds.toggleNow(),
  },
  {
    id: 'prompt.up',
    keys: ['up', 'ctrl+p'],
    where: ['prompt'],
    label: 'up',
    help: 'a line up; in the first one, what was sent before',
    run: deeds => deeds.promptLine(-1),
  },
  {
    id: 'prompt.down',
    keys: ['down', 'ctrl+n'],
    where: ['prompt'],
    label: 'down',
    help: 'a line down; in the last one, what was sent after',
    run: deeds => deeds.promptLine(1),
  },
  {
    id: 'reply.send',
    keys: ['enter'],
    where: ['reply'],
    label: state => (state.dialog.kind === 'reply' ? state.dialog.says : 'send'),
    help: 'deny or answer, with this text',
    footer: 1,
    run: deeds => deeds.sendReply(),
  },
  {
    id: 'prompt.newline',
    keys: ['alt+enter', 'shift+enter', 'ctrl+j', 'ctrl+o'],
    where: ['prompt', 'reply', 'comment'],
    label: 'new line',
    help: 'a line break in the text',
    footer: 3,
    run: deeds => edits(deeds, {do: 'insert', text: '\n'}),
  },
  {
    id: 'filter.keep',
    keys: ['enter'],
    where: ['filter'],
    label: 'keep',
    help: 'keep the filter',
    footer: 1,
    run: close,
  },
  {
    id: 'filter.cancel',
    keys: ['esc', 'ctrl+c'],
    where: ['filter'],
    label: 'cancel',
    help: 'put back the filter from before',
    footer: 2,
    run: deeds => {
      const {dialog} = deeds.state();
      if (dialog.kind === 'filter') deeds.dispatch({type: 'filter', text: dialog.before});
      close(deeds);
    },
  },
  {
    id: 'form.create',
    keys: ['ctrl+s'],
    where: forms,
    label: verb,
    help: 'make the session and start it, or set the budget',
    footer: 2,
    run: deeds => deeds.submitForm(),
  },
  {
    id: 'form.complete',
    keys: ['tab', 'right'],
    where: forms,
    label: 'complete',
    help: 'complete a directory, a workspace, a model',
    footer: 1.5,
    when: offered,
    run: deeds => step(deeds, {do: 'take'}),
  },
  {
    id: 'form.other',
    keys: ['ctrl+n'],
    where: forms,
    label: 'another',
    help: 'show the next one that would complete it',
    footer: 1.6,
    when: severalOffered,
    run: deeds => step(deeds, {do: 'other', by: 1}),
  },
  {
    id: 'form.other-before',
    keys: ['ctrl+p'],
    where: forms,
    label: 'one before',
    help: 'show the one before that would complete it',
    when: severalOffered,
    run: deeds => step(deeds, {do: 'other', by: -1}),
  },
  {
    id: 'form.submit',
    keys: ['enter'],
    where: forms,
    label: verb,
    help: 'on the last field: make the session, or set the budget',
    footer: 1,
    when: onLast,
    run: deeds => deeds.submitForm(),
  },
  {
    id: 'form.next',
    keys: ['enter', 'tab', 'down'],
    where: forms,
    label: 'next field',
    help: 'the next field',
    footer: 1,
    // There its first key means something else.
    footerKey: state => (onLast(state) ? null : '<form.next>'),
    run: deeds => step(deeds, {do: 'next'}),
  },
  {
    id: 'form.previous',
    keys: ['shift+tab', 'up'],
    where: forms,
    label: 'previous field',
    help: 'the field before',
    run: deeds => step(deeds, {do: 'previous'}),
  },
  {
    id: 'form.choice-next',
    keys: ['right', 'space'],
    where: forms,
    label: 'other choice',
    help: 'the next choice',
    footer: 3,
    when: onChoice,
    run: deeds => step(deeds, {do: 'cycle', by: 1}),
  },
  {
    id: 'form.choice-previous',
    keys: ['left'],
    where: forms,
    label: 'choice before',
    help: 'the choice before',
    when: onChoice,
    run: deeds => step(deeds, {do: 'cycle', by: -1}),
  },
  {
    id: 'confirm.yes',
    keys: ['enter', 'y'],
    where: ['confirm'],
    label: state => (state.dialog.kind === 'confirm' ? state.dialog.yes : 'yes'),
    help: 'yes, do it',
    footer: 1,
    run: deeds => {
      const {dialog} = deeds.state();
      if (dialog.kind === 'confirm') deeds.confirm(dialog.deed);
    },
  },
  {
    id: 'confirm.no',
    keys: ['esc', 'n', 'q', 'ctrl+c'],
    where: ['confirm'],
    label: 'no',
    help: 'no, leave it',
    footer: 2,
    run: deeds => {
      const {dialog} = deeds.state();
      const back = dialog.kind === 'confirm' ? dialog.back : undefined;
      deeds.dispatch({type: 'dialog', dialog: back ?? {kind: 'none'}});
    },
  },
  {
    id: 'message.close',
    keys: ['esc', 'enter', 'q', 'space', 'ctrl+c'],
    where: ['message'],
    label: 'close',
    help: 'close the message',
    footer: 1,
    run: close,
  },
  {
    id: 'dialog.close',
    keys: ['esc', 'ctrl+c'],
    where: ['prompt', 'reply', 'comment', ...forms, 'card-title', 'model', 'tags'],
    label: 'cancel',
    help: 'close without doing anything',
    footer: 9,
    run: close,
  },
];

const editing: readonly {keys: readonly string[]; edit: Edit; help: string}[] = [
  {keys: ['left', 'ctrl+b'], edit: {do: 'left'}, help: 'one character to the left'},
  {keys: ['right', 'ctrl+f'], edit: {do: 'right'}, help: 'one character to the right'},
  {keys: ['home', 'ctrl+a'], edit: {do: 'start'}, help: 'to the start of the line'},
  {keys: ['end', 'ctrl+e'], edit: {do: 'end'}, help: 'to the end of the line'},
  {keys: ['backspace', 'ctrl+backspace'], edit: {do: 'erase'}, help: 'erase the character before'},
  {keys: ['delete', 'ctrl+d'], edit: {do: 'erase-next'}, help: 'erase the character under the cursor'},
  {keys: ['ctrl+w', 'alt+backspace'], edit: {do: 'erase-word'}, help: 'erase the word before'},
  {keys: ['ctrl+u'], edit: {do: 'erase-before'}, help: 'erase all before the cursor'},
  {keys: ['ctrl+k'], edit: {do: 'erase-after'}, help: 'erase all after the cursor'},
];

/** Keys inside text fields. */
export const textKeys: readonly Binding[] = editing.map(({keys, edit, help}) => ({
  id: `text.${edit.do}`,
  keys,
  where: textKinds,
  label: edit.do,
  help,
  when: inText,
  run: deeds => edits(deeds, edit),
}));

/** Typed or pasted text: to the filter at once, so that the list follows. */
export function edits(deeds: Deeds, edit: Edit): void {
  const field = fieldIn(deeds.state().dialog);
  if (edit.do === 'insert' && field !== null && tooLong(field, edit.text)) {
    const why = `too long: at most ${FIELD_MAX} characters`;
    deeds.fail(new AmuxError('input.invalid', {why, next: 'write it to a file, and send its path'}));
    return;
  }
  deeds.dispatch({type: 'dialog-step', step: {kind: 'text', edit}});
  const {dialog} = deeds.state();
  if (dialog.kind === 'filter') deeds.dispatch({type: 'filter', text: dialog.field.text});
  if (dialog.kind === 'search') {
    deeds.dispatch({type: 'scrollback', step: {do: 'search', text: dialog.field.text, from: dialog.from}});
  }
  if (dialog.kind === 'new-session') deeds.formWritten();
  if (dialog.kind === 'palette' || dialog.kind === 'help') deeds.chooseFirst();
}
