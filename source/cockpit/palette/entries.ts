import {agentText, stateText} from '../attention.ts';
import {plain} from '../draw/cells.ts';
import {type Binding, bindingsHere, type Keymap, meantByLine, whyDisabled} from '../keymap.ts';
import {allInOrder} from '../listing.ts';
import type {State} from '../state.ts';
import {type Command, usageOf} from './command.ts';
import {commands} from './commands.ts';
import {fuzzy, holding} from './fuzzy.ts';
import {givenBy, missing, readLine, type Written} from './written.ts';

/** A line of the palette. */
export type Entry = {
  name: string;
  about: string;
  /** Right: its keys, what it wants besides, the agent of a session. */
  right: string;
  /** Why it cannot be done now; null: it can. */
  whyNot: string | null;
  /** Characters of `name` and `about` that were meant. */
  lit: {name: readonly number[]; about: readonly number[]};
  /** What the field holds when this line is completed. */
  text: string;
  does: {do: 'key'; binding: Binding} | {do: 'command'; command: Command; given: readonly string[]} | {do: 'write'};
};

export type Listing = {
  entries: readonly Entry[];
  /** The line that is chosen by itself; null: what is written is meant as it stands. */
  first: number | null;
  /** The command whose arguments are being written. */
  written: Written | null;
};

type Raw = Omit<Entry, 'lit'>;
const UNLIT = {name: [], about: []};
/** A name is what one types; a text behind it says it too, and a key by itself is meant for sure. */
const BY_NAME = 20;
const BY_KEY = 100;
const DISABLED = -5;

/** What the palette offers for a text. */
export function listingOf(state: State, {keymap, text}: {keymap: Keymap; text: string}): Listing {
  const written = readLine(text, commands);
  if (written !== null) return {...argumentEntries(state, written), written};
  const all = [...bindingEntries(state, keymap), ...commandEntries(state, keymap), ...sessionEntries(state)];
  const entries = ranked(all, text.trim());
  const first = entries.findIndex(({name, does}) => !isAnswer(does) || name === text.trim());
  return {entries, first: first < 0 ? null : first, written: null};
}

/** What a line stands for, wherever it is in the list. */
export const lineId = ({does, text}: Entry, state: State): string =>
  does.do === 'key' ? `key ${meantByLine(does.binding, state)}` : `${does.do} ${text}`;

/** A request may come up while the palette is open: an answer is written out or chosen, never at hand by itself. */
const isAnswer = (does: Entry['does']): boolean => does.do === 'key' && does.binding.answers === true;

/** Without a text: what can be done now, as the keymap has it, then the rest. */
function ranked(all: readonly Raw[], text: string): Entry[] {
  if (text === '') {
    const shown = all.map(entry => ({...entry, lit: UNLIT}));
    return [...shown.filter(({whyNot}) => whyNot === null), ...shown.filter(({whyNot}) => whyNot !== null)];
  }
  return all
    .flatMap(entry => rankOf(entry, text))
    .sort((a, b) => b.score - a.score)
    .map(({entry}) => entry);
}

function rankOf(entry: Raw, text: string): {entry: Entry; score: number}[] {
  const name = fuzzy(text, entry.name);
  const about = name === null ? holding(text, entry.about) : null;
  const byKey = entry.does.do === 'key' && entry.does.binding.keys.includes(text);
  if (name === null && about === null && !byKey) return [];
  const score =
    (byKey ? BY_KEY : 0) +
    (name === null ? 0 : BY_NAME + name.score) +
    (about?.score ?? 0) +
    (entry.whyNot === null ? 0 : DISABLED);
  return [{entry: {...entry, lit: {name: name?.at ?? [], about: about?.at ?? []}}, score}];
}

function bindingEntries(state: State, keymap: Keymap): Raw[] {
  return bindingsHere(state, keymap)
    .filter(({id}) => id !== 'palette')
    .sort((a, b) => (a.footer ?? Number.POSITIVE_INFINITY) - (b.footer ?? Number.POSITIVE_INFINITY))
    .map(binding => {
      // A command of the same name takes arguments besides.
      const command = commands.find(({name}) => name === binding.id);
      const keys = binding.keys.join(' ');
      return {
        name: binding.id,
        about: binding.help,
        right: command === undefined ? keys : `${usageOf(command)}  ${keys}`,
        whyNot: whyDisabled(binding, state),
        text: command === undefined ? binding.id : `${binding.id} `,
        does: {do: 'key', binding},
      };
    });
}

function commandEntries(state: State, keymap: Keymap): Raw[] {
  const here = bindingsHere(state, keymap);
  return commands
    .filter(({name}) => !here.some(({id}) => id === name))
    .map(command => ({
      name: command.name,
      about: command.help,
      right: usageOf(command),
      whyNot: command.whyNot?.(state) ?? null,
      text: `${command.name} `,
      does: missing(command, []) === null ? {do: 'command', command, given: []} : {do: 'write'},
    }));
}

function sessionEntries(state: State): Raw[] {
  const go = commands.find(({name}) => name === 'go')!;
  return allInOrder(state).map(session => ({
    name: plain(`go ${session.name}`),
    about: plain(stateText(session)),
    right: plain(agentText(session)),
    whyNot: null,
    text: `go ${session.name}`,
    does: {do: 'command', command: go, given: [session.name]},
  }));
}

function argumentEntries(state: State, written: Written): Pick<Listing, 'entries' | 'first'> {
  const {argument, before, word, head, command} = written;
  const offers = argument?.offers?.(state, before) ?? [];
  const all = offers.map(({text, about}): Raw => {
    const given = [...before, text];
    const last = argument?.rest === 'words' || missing(command, given) === null;
    const does: Entry['does'] = last ? {do: 'command', command, given} : {do: 'write'};
    return {name: plain(text), about: plain(about), right: '', whyNot: null, text: `${head}${text} `, does};
  });
  const entries = ranked(all, word.trim()).filter(({lit}) => word.trim() === '' || lit.name.length > 0);
  const complete = missing(command, givenBy(written)) === null;
  // A name that is written out is meant as it stands; one that may be left out is not chosen for anybody.
  const asWritten = entries.some(({name}) => name === word.trim()) || (complete && word.trim() === '');
  return {entries, first: entries.length === 0 || asWritten ? null : 0};
}
