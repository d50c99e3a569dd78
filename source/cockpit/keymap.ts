import type {Deeds} from './deeds.ts';
import {takesText} from './dialogs.ts';
import {approvalKeys} from './keys/approval-keys.ts';
import type {Binding, Where} from './keys/binding.ts';
import {boardKeys} from './keys/board-keys.ts';
import {cardDialogKeys} from './keys/card-keys.ts';
import {dialogKeys, edits, textKeys} from './keys/dialog-keys.ts';
import {diffKeys} from './keys/diff-keys.ts';
import {everywhereKeys} from './keys/everywhere-keys.ts';
import {groupKeys} from './keys/group-keys.ts';
import {markKeys} from './keys/mark-keys.ts';
import {messageKeys} from './keys/message-keys.ts';
import {modelKeys} from './keys/model-keys.ts';
import {paletteKeys} from './keys/palette-keys.ts';
import {scheduleKeys} from './keys/schedule-keys.ts';
import {scrollbackKeys} from './keys/scrollback-keys.ts';
import {sessionKeys} from './keys/session-keys.ts';
import {tokenKeys} from './keys/token-keys.ts';
import {walkingKeys} from './keys/walking-keys.ts';
import {type KeyChanges, keyOf, type Remapped, remap} from './remap.ts';
import {requestInHand} from './requests.ts';
import {currentLayout, type State} from './state.ts';

export type {Binding, Where} from './keys/binding.ts';
export {keyOf} from './remap.ts';

export type Keymap = readonly Binding[];

/** Every key of the cockpit. `keys/` and this file are the only places that name keys. */
const defaults: Keymap = [
  ...approvalKeys,
  ...diffKeys,
  ...sessionKeys,
  ...groupKeys,
  ...markKeys,
  ...scrollbackKeys,
  ...boardKeys,
  ...tokenKeys,
  ...everywhereKeys,
  ...scheduleKeys,
  ...walkingKeys,
  ...dialogKeys,
  ...cardDialogKeys,
  ...messageKeys,
  ...modelKeys,
  ...paletteKeys,
  ...textKeys,
];

/** The keys with what a person's configuration changes of them, and what of that does not hold. */
export const keymapOf = (changes: KeyChanges): Remapped => remap(defaults, changes);

/** The keys where nothing was changed. */
export const keymap: Keymap = keymapOf({}).keymap;

/** Screens in the order of their tabs; a screen stands here once it is built. */
export const tabs = [
  {place: 'fleet', title: 'Fleet'},
  {place: 'board', title: 'Board'},
  {place: 'approvals', title: 'Approvals'},
  {place: 'tokens', title: 'Tokens'},
  {place: 'events', title: 'Events'},
] as const;

/** The key of a tab: that of the binding called like its place. */
export const tabKey = (map: Keymap, {place}: (typeof tabs)[number]): string => keyOf(map, place);

/** Keys that answer a request, by what they mean. */
export const answerKeys = (map: Keymap) => ({
  allow: keyOf(map, 'allow'),
  always: keyOf(map, 'always'),
  deny: keyOf(map, 'deny'),
});

/** A notice stays at least this long before the next key takes it away, in ms. */
const NOTICE_SHOWN_MS = 1500;

function whereOf(state: State): Where {
  return state.dialog.kind === 'none' ? state.place : state.dialog.kind;
}

/** What a key means now. */
export function bindingFor(name: string, state: State, map: Keymap = keymap): Binding | null {
  const where = whereOf(state);
  const found = map.find(
    binding => binding.where.includes(where) && binding.keys.includes(name) && (binding.when?.(state) ?? true),
  );
  return found ?? null;
}

/** What a key does in a terminal that is too small to see what it would be done to. */
const BLIND = ['quit', 'suspend', 'repaint'];

/** One key press in COMMAND mode. `text`: what it types where a text is written. */
export function press({name, text, deeds, now}: {name: string; text: string; deeds: Deeds; now: number}): void {
  const {notice} = deeds.state();
  const find = (key: string): Binding | null => bindingFor(key, deeds.state(), deeds.keymap);
  // Some terminals send Enter so.
  const binding = find(name) ?? (name === 'ctrl+j' ? find('enter') : null);
  if (isBlind(deeds.state()) && !BLIND.includes(binding?.id ?? '')) return;
  if (binding !== null) runBinding(binding, deeds);
  else if (text !== '' && takesText(deeds.state().dialog.kind)) edits(deeds, {do: 'insert', text});
  else sayIdle(name, deeds);
  const unchanged = deeds.state().notice === notice;
  const read = notice?.of === 'key' || (notice !== null && now - notice.at >= NOTICE_SHOWN_MS);
  if (read && unchanged) deeds.dispatch({type: 'notice-read'});
}

/** A dialog that was open goes on: what it is about was seen. */
const isBlind = (state: State): boolean => state.dialog.kind === 'none' && currentLayout(state).kind === 'too-small';

/** A key that means something on this screen, though nothing at the moment, says so. */
function sayIdle(name: string, deeds: Deeds): void {
  const where = whereOf(deeds.state());
  const idle = deeds.keymap.find(binding => binding.where.includes(where) && binding.keys.includes(name));
  if (idle !== undefined) deeds.say(`nothing to use ${name} on at the moment`, idle.help, 'key');
}

/** A paste in COMMAND mode is text, never keys. */
export function paste(text: string, deeds: Deeds): void {
  if (takesText(deeds.state().dialog.kind)) edits(deeds, {do: 'insert', text});
  else {
    const key = (id: string): string => keyOf(deeds.keymap, id);
    deeds.say(
      'a paste needs a text field',
      `${key('send')} opens the prompt bar, ${key('type')} types into the session`,
    );
  }
}

export function runBinding(binding: Binding, deeds: Deeds): void {
  const why = binding.whyNot?.(deeds.state()) ?? null;
  if (why === null) binding.run(deeds);
  else deeds.say(why, '', 'key');
}

export function labelOf(binding: Binding, state: State): string {
  return typeof binding.label === 'string' ? binding.label : binding.label(state);
}

/** What the footer offers: only keys that do something now, in order of use. */
export function footerBindings(state: State, map: Keymap = keymap): Binding[] {
  const where = whereOf(state);
  return map
    .filter(
      binding =>
        binding.footer !== undefined &&
        binding.keys.length > 0 &&
        binding.footerKey?.(state) !== null &&
        binding.where.includes(where) &&
        (binding.when?.(state) ?? true) &&
        (binding.whyNot?.(state) ?? null) === null,
    )
    .sort((a, b) => a.footer! - b.footer!);
}

/** What the screen's keys do, also those that cannot be done now; without those that mean nothing at the moment. */
export function bindingsHere(state: State, map: Keymap): Binding[] {
  const {place} = state;
  const bare: State = {...state, dialog: {kind: 'none'}};
  return map.filter(binding => binding.where.includes(place) && (binding.when?.(bare) ?? true));
}

/** What a line of palette or help stands for: an answer, for the request that it would be given to. */
export const meantByLine = ({id, answers}: Binding, state: State): string =>
  answers === true ? `${id} ${requestInHand(state)?.id}` : id;

/** Why a line of palette or help cannot be run now; null when it can. */
export function whyDisabled(binding: Binding, state: State): string | null {
  return binding.whyNot?.({...state, dialog: {kind: 'none'}}) ?? null;
}

/** Where keys mean something, as people call it, in the order of the tables. */
export const chapters: readonly {title: string; where: readonly Where[]}[] = [
  {title: 'Fleet', where: ['fleet']},
  {title: 'Board', where: ['board']},
  {title: 'Approvals', where: ['approvals']},
  {title: 'Tokens', where: ['tokens']},
  {title: 'Events', where: ['events']},
  {title: 'Changes of a session', where: ['diff']},
  {title: 'Scrollback', where: ['scrollback', 'search']},
  {title: 'Answer from anywhere', where: ['answer']},
  {title: 'Prompt bar', where: ['prompt', 'reply', 'comment']},
  {title: 'Filter', where: ['filter']},
  {title: 'New session, fork, budget', where: ['new-session', 'fork', 'budget']},
  {title: 'Card', where: ['card', 'claim', 'card-title']},
  {title: 'Another model, tags', where: ['model', 'tags']},
  {title: 'Schedules', where: ['schedules']},
  {title: 'Questions and messages', where: ['confirm', 'message']},
  {title: 'Command palette and help', where: ['palette', 'help']},
];

/** The key table of the README, as markdown. */
export function keyTable(): string {
  const parts = chapters.map(({title, where}) => {
    const own = keymap.filter(binding => binding.where.some(place => where.includes(place)));
    const code = (texts: readonly string[]): string => texts.map(text => `\`${text}\``).join(' ');
    const rows = rowsOf(own).map(({keys, ids, help}) => `| ${code(keys)} | ${help} | ${code(ids)} |`);
    return [`**${title}**`, '', '| key | what it does | name |', '|---|---|---|', ...rows].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

type Row = {keys: readonly string[]; ids: readonly string[]; help: string};

/** Keys that do the same for another number stand in one row. */
function rowsOf(bindings: readonly Binding[]): Row[] {
  const rows = new Map<string, Row>();
  for (const {id, keys, help} of bindings) {
    const row = rows.get(help);
    rows.set(help, {help, keys: [...(row?.keys ?? []), ...keys], ids: [...(row?.ids ?? []), id]});
  }
  return [...rows.values()];
}
