import {TOGETHER_MS} from './activity.ts';
import type {Asked, AskingKind, Request, Shown} from './approvals.ts';
import {type Evidence, type Reading, type WaitingFor, type WordSource, wordSources} from './evidence.ts';
import type {Session} from './session.ts';

/** A request that its agent told of is over when its screen shows no dialog for this long, in ms. */
export const MISSED_MS = 1500;
/** A request of an agent's own that comes this soon after its dialog was seen is that dialog's, in ms. */
const TAKES_PLACE_MS = 3000;
/** A program that says it waits, but shows no dialog that is known, asks for something all the same after this, in ms. */
export const UNKNOWN_DIALOG_MS = 1500;
/** A dialog has to stand for as long before it counts: one that comes or goes is drawn in pieces, in ms. */
export const STEADY_MS = 200;
/** The dialog of a request that was settled over a door may stand on the screen for as long as this, in ms. */
export const ECHO_MS = 1000;
/** So much of an input is looked for on the screen: dialogs cut long ones, in characters. */
const NEEDLE_MAX = 40;

/** Kinds that agents and screens may name differently for one dialog. */
const family = (kind: AskingKind): string => (kind === 'trust' || kind === 'login' ? kind : 'tool');

/** What a session asks for after this evidence. Pure; the same list when nothing changed. */
export function revise(requests: Request[], evidence: Evidence): Request[] {
  switch (evidence.source) {
    case 'asked':
      return withAsked(requests, evidence.request);
    case 'settled': {
      const {ref, id} = evidence;
      if (id !== undefined) return kept(requests, request => request.id !== id);
      if (ref === null) return kept(requests, ({via}) => via === 'screen');
      return kept(requests, request => request.ref !== ref);
    }
    case 'screen':
      return evidence.reading === null ? requests : bySight(requests, evidence.reading, evidence.at);
    case 'program':
    case 'stream':
    case 'hook':
    case 'file':
    case 'title':
      return kept(requests, request => !endedBy(request, evidence));
    default:
      return requests;
  }
}

/** Why the evidence ended a request, for the journal. */
export function whyEnded(evidence: Evidence): string {
  switch (evidence.source) {
    case 'settled':
      return evidence.why ?? 'answered in its terminal';
    case 'screen':
      return evidence.reading?.dialog === true ? 'another dialog took its place' : 'answered in its terminal';
    case 'process':
    case 'request':
      return 'its process ended';
    case 'backend':
      return evidence.why;
    default:
      return 'answered in its terminal';
  }
}

/** What is asked for and stands in no request yet; `wait`: decided by then, ms since the epoch. */
export type Unheard = {open: Omit<Request, 'id'>} | {wait: number} | null;

/** A request that is over, and since when. */
export type Echo = {request: Request; at: number};

/** What was there before: the last request that is over, and since when this dialog stands. */
export type Before = {echo: Echo | null; since: number};

/** Since when the dialog on this screen stands, as far as captures tell. */
export type Sight = {dialog: Pick<Shown, 'rule' | 'detail'>; since: number};

export function sightOf(before: Sight | null, {at, reading}: {at: number; reading: Reading}): Sight | null {
  if (dialogOf(reading) === null) return null;
  if (before !== null && isSameDialog(before.dialog, reading)) return before;
  return {dialog: {rule: reading.rule, detail: reading.waitingFor?.detail ?? ''}, since: at};
}

/** A dialog on the screen, or a program's word that it waits, of which no request tells. */
export function unheard(session: Session, now: number, {echo, since}: Before): Unheard {
  const {requests, waitingFor} = session;
  const {screen} = session.signals;
  const shown = screen === null ? null : dialogOf(screen.reading);
  if (screen !== null && shown !== null) {
    if (covering(requests, screen.reading) !== null) return null;
    if (echo !== null && now < echo.at + ECHO_MS && isEcho(echo.request, {reading: screen.reading, shown})) {
      return {wait: echo.at + ECHO_MS};
    }
    if (screen.at < since + STEADY_MS) return {wait: since + STEADY_MS};
    const {choices, rule} = screen.reading;
    return {open: seen(shown, {choices, rule, since, at: screen.at})};
  }
  // A word says only that it waits: what its screen shows is waited for where that can be read.
  if (requests.length > 0 || session.activity !== 'waiting' || !isAsking(waitingFor)) return null;
  if (!wordSources.some(source => source === session.decidedBy)) return null;
  const at = session.activitySince;
  const due = session.hasScreenRules ? at + UNKNOWN_DIALOG_MS : at;
  if (now < due) return {wait: due};
  return {open: {...asked(waitingFor, at), via: 'screen', at, shown: null, missedAt: null}};
}

const isEcho = (request: Request, {reading, shown}: {reading: Reading; shown: {detail: string}}): boolean =>
  isSameDialog(request.shown, reading) || mentions(shown.detail, request);

/** When a request that is missing on the screen has to be looked for again; null: none is. */
export function looksAgainAt(requests: readonly Request[]): number | null {
  const missed = requests.flatMap(({missedAt}) => (missedAt === null ? [] : [missedAt + MISSED_MS]));
  return missed.length === 0 ? null : Math.min(...missed);
}

/** The same dialog: rows that were wrapped elsewhere do not make another one. */
export const isSameDialog = (shown: Pick<Shown, 'rule' | 'detail'> | null, reading: Reading): boolean =>
  shown !== null && shown.rule === reading.rule && squash(shown.detail) === squash(reading.waitingFor?.detail ?? '');

/** What an input says in one text: its command, its address, its file. Empty where nothing is known. */
export function inputText(input: unknown): string {
  if (typeof input === 'string') return input;
  if (Array.isArray(input)) return input.filter(part => typeof part === 'string').join(' ');
  if (typeof input !== 'object' || input === null) return '';
  const fields = input as Record<string, unknown>;
  for (const name of ['command', 'cmd', 'url', 'query', ...PATH_FIELDS]) {
    const text = inputText(fields[name]);
    if (text !== '') return text;
  }
  return '';
}

/** Fields that hold a file or a directory, in the inputs of all agents. */
const PATH_FIELDS = ['file_path', 'filePath', 'filepath', 'absolute_path', 'notebook_path', 'path', 'dir_path'];

/** The files that an input names, as written. */
export function inputPaths(input: unknown): string[] {
  if (typeof input !== 'object' || input === null) return [];
  const fields = input as Record<string, unknown>;
  return [...PATH_FIELDS, 'paths', 'file_paths', 'directory'].flatMap(name => {
    const value = fields[name];
    const all = Array.isArray(value) ? value : [value];
    return all.filter(each => typeof each === 'string' && each !== '') as string[];
  });
}

function withAsked(requests: Request[], asked: Request): Request[] {
  const known = requests.find(each => asked.ref !== null && each.ref === asked.ref);
  const place = known ?? placeFor(requests, asked);
  if (place === undefined) return [...requests, asked];
  const {id, at, shown, missedAt} = place;
  const choices = asked.choices.length > 0 ? asked.choices : place.choices;
  return requests.map(each => (each === place ? {...asked, id, at, shown, missedAt, choices} : each));
}

/** The request that stands for the same dialog, seen on the screen just before its agent told of it. */
function placeFor(requests: Request[], asked: Request): Request | undefined {
  if (asked.via === 'screen') return undefined;
  const same = requests.filter(({via, kind}) => via === 'screen' && family(kind) === family(asked.kind));
  return (
    same.find(({shown}) => shown !== null && mentions(shown.detail, asked)) ??
    same.find(({at}) => asked.at - at <= TAKES_PLACE_MS)
  );
}

function bySight(requests: Request[], reading: Reading, at: number): Request[] {
  if (requests.length === 0) return requests;
  const dialog = dialogOf(reading);
  if (dialog !== null) {
    const target = covering(requests, reading);
    // Only one dialog stands on a screen: what was seen there before and is not this one is over.
    return requests
      .filter(request => request === target || request.via !== 'screen')
      .map(request => {
        if (request !== target) return {...request, choices: [], shown: null, missedAt: null};
        const since = isSameDialog(request.shown, reading) ? request.shown!.since : at;
        const title = request.via === 'screen' || asksMore(request) ? titleOf(dialog) : request.title;
        const shown = {rule: reading.rule, detail: dialog.detail, since, at};
        return {...request, title, choices: reading.choices, shown, missedAt: null};
      });
  }
  // A menu may lie over it; a screen that says nothing may be half drawn.
  if (reading.dialog || reading.rule === 'none') return requests;
  return requests
    .filter(({shown}) => shown === null || at <= shown.at)
    .flatMap(request => {
      const {via, missedAt} = request;
      if (missedAt === null) return via !== 'screen' && at > request.at ? {...request, missedAt: at} : request;
      if (at < missedAt + MISSED_MS) return request;
      return isHeld(request) ? {...request, ref: null, missedAt: at} : [];
    });
}

/** Some draw the dialog only when their hook is over: let go of, what it asks has as long again to come up. */
const isHeld = ({via, ref}: Request): boolean => via === 'hook' && ref !== null;

/** It asks several things, one dialog after the other: its title is about the one that stands there. */
function asksMore({kind, input}: Request): boolean {
  if (kind !== 'question' || typeof input !== 'object' || input === null || !('questions' in input)) return false;
  return Array.isArray(input.questions) && input.questions.length > 1;
}

/** The request that the dialog on this screen belongs to. */
function covering(requests: readonly Request[], reading: Reading): Request | null {
  const dialog = dialogOf(reading);
  if (dialog === null) return null;
  const own = requests.filter(({kind}) => family(kind) === family(dialog.kind));
  const told = own.filter(({via}) => via !== 'screen');
  return (
    own.find(({shown}) => isSameDialog(shown, reading)) ??
    told.find(request => mentions(dialog.detail, request)) ??
    told.find(({shown}) => shown === null) ??
    // One request of several questions shows one dialog after the other.
    told.find(({kind}) => kind === 'question' && dialog.kind === 'question') ??
    own.find(({via, shown}) => via === 'screen' && shown === null) ??
    null
  );
}

type Told = Extract<Evidence, {source: WordSource}>;

/** A program that went on after it had asked is not asking any more; by-words of its other work prove nothing. */
function endedBy({at, shown, via}: Request, word: Told): boolean {
  const {source, state} = word;
  if (state === 'blocked' || state === 'clear') return false;
  // What a word alone told of ends with the next one.
  if (via === 'screen' && shown === null) return word.at > at;
  if (word.at <= Math.max(at, shown?.at ?? 0) + TOGETHER_MS) return false;
  if (source === 'program' || source === 'stream') return true;
  // Another tool of the same turn may go on while one waits, and titles look idle in a dialog.
  return source !== 'title' && state !== 'working';
}

function isAsking(waitingFor: WaitingFor | null): waitingFor is {kind: AskingKind; detail: string} {
  return waitingFor !== null && asking.has(waitingFor.kind);
}

const asking: ReadonlySet<string> = new Set<AskingKind>(['permission', 'question', 'plan', 'trust', 'mcp', 'login']);

function dialogOf({dialog, waitingFor}: Reading): {kind: AskingKind; detail: string} | null {
  return dialog && isAsking(waitingFor) ? waitingFor : null;
}

type Seen = {choices: Request['choices']; rule: string; since: number; at: number};

function seen(dialog: {kind: AskingKind; detail: string}, {choices, rule, since, at}: Seen): Omit<Request, 'id'> {
  const shown = {rule, detail: dialog.detail, since, at};
  return {...asked(dialog, since), choices, shown};
}

function asked(dialog: {kind: AskingKind; detail: string}, at: number): Omit<Request, 'id'> {
  const {kind} = dialog;
  const unknown = {ref: null, tool: null, input: null, suggestions: [], choices: []};
  return {...unknown, kind, title: titleOf(dialog), via: 'screen', at, shown: null, missedAt: null};
}

const titleOf = ({kind, detail}: {kind: AskingKind; detail: string}): string => (detail === '' ? kind : detail);

/** The dialog shows what the request wants to do. */
function mentions(detail: string, {input}: Asked): boolean {
  const needle = squash(inputText(input)).slice(0, NEEDLE_MAX);
  return needle !== '' && squash(detail).includes(needle);
}

const squash = (text: string): string => text.replace(/[\s…]+/g, '');

/** The same list when all of it is kept, so that nothing counts as changed. */
function kept(requests: Request[], keep: (request: Request) => boolean): Request[] {
  return requests.every(keep) ? requests : requests.filter(keep);
}
