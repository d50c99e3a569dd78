import type {Deeds} from './deeds.ts';
import {takesText} from './dialogs.ts';
import {approvalKeys} from './keys/approval-keys.ts';
import type {Binding, Where} from './keys/binding.ts';
import {boardKeys} from './keys/board-keys.ts';
import {cardDialogKeys} from './keys/card-keys.ts';
import {dialogKeys, edits, textKeys} from './keys/dialog-keys.ts';
import {diffKeys} from './keys/diff-keys.ts';
import {everywhereKeys} from './keys/everywhere-keys.ts';
import {messageKeys} from './keys/message-keys.ts';
import {modelKeys} from './keys/model-keys.ts';
import {scrollbackKeys} from './keys/scrollback-keys.ts';
import {sessionKeys} from './keys/session-keys.ts';
import {tokenKeys} from './keys/token-keys.ts';
import {walkingKeys} from './keys/walking-keys.ts';
import type {State} from './state.ts';

export type {Binding, Where} from './keys/binding.ts';

/** Every key of the cockpit. `keys/` and this file are the only places that name keys. */
export const keymap: readonly Binding[] = [
  ...approvalKeys,
  ...diffKeys,
  ...sessionKeys,
  ...scrollbackKeys,
  ...boardKeys,
  ...tokenKeys,
  ...everywhereKeys,
  ...walkingKeys,
  ...dialogKeys,
  ...cardDialogKeys,
  ...messageKeys,
  ...modelKeys,
  ...textKeys,
];

/** Screens in the order of their tabs; a screen stands here once it is built. */
export const tabs = [
  {key: '1', place: 'fleet', title: 'Fleet'},
  {key: '2', place: 'board', title: 'Board'},
  {key: '3', place: 'approvals', title: 'Approvals'},
  {key: '4', place: 'tokens', title: 'Tokens'},
  {key: '5', place: 'events', title: 'Events'},
] as const;

/** A notice stays at least this long before the next key takes it away, in ms. */
const NOTICE_SHOWN_MS = 1500;

export function whereOf(state: State): Where {
  return state.dialog.kind === 'none' ? state.place : state.dialog.kind;
}

/** What a key means now. */
export function bindingFor(name: string, state: State): Binding | null {
  const where = whereOf(state);
  const found = keymap.find(
    binding => binding.where.includes(where) && binding.keys.includes(name) && (binding.when?.(state) ?? true),
  );
  return found ?? null;
}

/** One key press in COMMAND mode. `text`: what it types where a text is written. */
export function press({name, text, deeds, now}: {name: string; text: string; deeds: Deeds; now: number}): void {
  const {notice} = deeds.state();
  const binding = bindingFor(name, deeds.state());
  if (binding !== null) runBinding(binding, deeds);
  else if (text !== '' && takesText(deeds.state().dialog)) edits(deeds, {do: 'insert', text});
  const unchanged = deeds.state().notice === notice;
  if (notice !== null && unchanged && now - notice.at >= NOTICE_SHOWN_MS) deeds.dispatch({type: 'notice-read'});
}

/** A paste in COMMAND mode is text, never keys. */
export function paste(text: string, deeds: Deeds): void {
  if (takesText(deeds.state().dialog)) edits(deeds, {do: 'insert', text});
  else deeds.say('a paste needs a text field', 'space opens the prompt bar, i types into the session');
}

export function runBinding(binding: Binding, deeds: Deeds): void {
  const why = binding.whyNot?.(deeds.state()) ?? null;
  if (why === null) binding.run(deeds);
  else deeds.say(why);
}

export function labelOf(binding: Binding, state: State): string {
  return typeof binding.label === 'string' ? binding.label : binding.label(state);
}

/** What the footer offers: only keys that do something now, in order of use. */
export function footerBindings(state: State): Binding[] {
  const where = whereOf(state);
  return keymap
    .filter(
      binding =>
        binding.footer !== undefined &&
        binding.footerKey?.(state) !== null &&
        binding.where.includes(where) &&
        (binding.when?.(state) ?? true) &&
        (binding.whyNot?.(state) ?? null) === null,
    )
    .sort((a, b) => a.footer! - b.footer!);
}

/** The lines of the help: what the screen's keys do, also those that cannot be done now. */
export function helpBindings(state: State): Binding[] {
  const here = [
    ...approvalKeys,
    ...diffKeys,
    ...sessionKeys,
    ...scrollbackKeys,
    ...boardKeys,
    ...tokenKeys,
    ...everywhereKeys,
    ...walkingKeys,
  ];
  return here.filter(
    binding => binding.id !== 'help' && binding.where.includes(state.place) && (binding.when?.(state) ?? true),
  );
}

/** Why a line of the help cannot be run now; null when it can. */
export function whyDisabled(binding: Binding, state: State): string | null {
  return binding.whyNot?.({...state, dialog: {kind: 'none'}}) ?? null;
}

const chapters: readonly {title: string; where: readonly Where[]}[] = [
  {title: 'Fleet', where: ['fleet']},
  {title: 'Board', where: ['board']},
  {title: 'Approvals', where: ['approvals']},
  {title: 'Tokens', where: ['tokens']},
  {title: 'Events', where: ['events']},
  {title: 'Changes of a session', where: ['diff']},
  {title: 'Scrollback', where: ['scrollback', 'search']},
  {title: 'Prompt bar', where: ['prompt', 'reply', 'comment']},
  {title: 'Filter', where: ['filter']},
  {title: 'New session, fork, budget', where: ['new-session', 'fork', 'budget']},
  {title: 'Card', where: ['card', 'claim', 'card-title']},
  {title: 'Another model', where: ['model']},
  {title: 'Questions and messages', where: ['confirm', 'message']},
  {title: 'Help', where: ['help']},
];

/** The key table of the README, as markdown. */
export function keyTable(): string {
  const parts = chapters.map(({title, where}) => {
    const own = keymap.filter(binding => binding.where.some(place => where.includes(place)));
    const rows = rowsOf(own).map(({keys, help}) => `| ${keys.map(key => `\`${key}\``).join(' ')} | ${help} |`);
    return [`**${title}**`, '', '| key | what it does |', '|---|---|', ...rows].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

/** Keys that do the same for another number stand in one row. */
function rowsOf(bindings: readonly Binding[]): {keys: readonly string[]; help: string}[] {
  const rows = new Map<string, string[]>();
  for (const {keys, help} of bindings) rows.set(help, [...(rows.get(help) ?? []), ...keys]);
  return [...rows].map(([help, keys]) => ({keys, help}));
}
