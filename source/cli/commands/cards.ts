import {findProject} from '../../config/project.ts';
import {type CardPatch, type CardView, DESC_MAX, PRIORITY_MAX, TITLE_MAX} from '../../domain/board.ts';
import {AmuxError, asAmuxError} from '../../domain/errors.ts';
import type {Fleet} from '../../domain/fleet.ts';
import {oneLine} from '../../domain/names.ts';
import {printable} from '../../domain/screen.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, listFlag, textFlag} from '../flags.ts';
import {duration, type Output} from '../output.ts';
import {isElsewhere} from '../remote.ts';
import {editCardText} from './card-text.ts';
import {readInput} from './input-text.ts';

const DESC_INPUT = {
  // Of any text that the board takes.
  max: DESC_MAX * 4,
  size: `${DESC_MAX} characters`,
  next: 'amux board add TITLE --desc TEXT, or pipe it: … | amux board add TITLE --desc -',
};

export const add: Run = async context => {
  const {args, output} = context;
  const given = await fieldsOf(context);
  const card = {title: args.join(' '), project: projectOf(context), ...given};
  if (boolFlag(context, 'edit')) {
    const {title, desc = ''} = card;
    const text = {id: 'new', title, desc};
    const added = await editCardText(context, text, async edited => {
      return (await context.fleet('write')).addCard({...card, ...edited});
    });
    if (added === null) output.notice('amux: nothing was written, so no card was added');
    else said(output, added, `added to ${added.status}`);
    return added === null ? 1 : 0;
  }
  if (card.title.trim() === '') {
    const next = 'amux board add TITLE…, or amux board add --edit';
    throw new AmuxError('input.invalid', {why: 'the card needs a title', next});
  }
  checkLengths(card);
  const added = await (await context.fleet('write')).addCard(card);
  said(output, added, `added to ${added.status}`);
  return 0;
};

export const show: Run = async context => {
  const card = await (await context.fleet('read')).card(context.args[0]!);
  if (context.output.json) context.output.value(card);
  else for (const line of cardLines(card, Date.now() / 1000)) context.output.line(printable(line));
  return 0;
};

export const edit: Run = async context => {
  const {args, output} = context;
  const [id] = args as [string];
  const title = textFlag(context, 'title');
  const given: CardPatch = {...(await fieldsOf(context)), ...(title === undefined ? {} : {title})};
  checkLengths(given);
  if (Object.keys(given).length > 0) {
    said(output, await (await context.fleet('write')).updateCard(id, given), 'changed');
    return 0;
  }
  const card = await (await context.fleet('write')).card(id);
  const edited = await editCardText(context, card, async text => {
    return (await context.fleet('write')).updateCard(card.id, text, {etag: card.etag});
  });
  if (edited === null) output.notice(`amux: ${card.id} stays as it was`);
  else said(output, edited, 'changed');
  return 0;
};

export const move: Run = context => {
  const ids = context.args.slice(0, -1);
  const column = context.args.at(-1)!.toLowerCase();
  return each(context, ids, (fleet, id) => fleet.updateCard(id, {status: column, ...reasonOf(context)}));
};

export const done: Run = context =>
  each(context, context.args, (fleet, id) => fleet.updateCard(id, {status: 'done', ...reasonOf(context)}));

export const remove: Run = context => each(context, context.args, (fleet, id) => fleet.removeCard(id));

export const restore: Run = context =>
  each(context, context.args, (fleet, id) => fleet.updateCard(id, {archived: false}));

export const undo: Run = async context => {
  const card = await (await context.fleet('write')).undo();
  said(context.output, card, `as before, in ${card.archived ? 'the archive' : card.status}`);
  return 0;
};

function checkLengths({title = '', desc = ''}: {title?: string; desc?: string}): void {
  const next = 'put the rest into a file, and name that in the description';
  for (const [what, text, most] of [
    ['title', title, TITLE_MAX],
    ['description', desc, DESC_MAX],
  ] as const) {
    if (text.length <= most) continue;
    const why = `the ${what} has ${text.length} characters, and ${most} is the most it may have`;
    throw new AmuxError('input.invalid', {why, next});
  }
}

/** What the flags of `add` and `edit` say. */
export async function fieldsOf(context: Context): Promise<Partial<CardPatch>> {
  const desc = textFlag(context, 'desc');
  const priority = textFlag(context, 'priority');
  const project = textFlag(context, 'project');
  const session = textFlag(context, 'session');
  const status = textFlag(context, 'status')?.toLowerCase();
  const tags = listFlag(context, 'tag');
  const depends = listFlag(context, 'depends');
  const links = listFlag(context, 'link');
  return {
    ...(desc === undefined ? {} : {desc: desc === '-' ? await readInput(context, DESC_INPUT) : desc}),
    ...(priority === undefined ? {} : {priority: priorityOf(priority)}),
    ...(project === undefined ? {} : {project}),
    ...(session === undefined ? {} : {session}),
    ...(status === undefined ? {} : {status}),
    ...(tags.length === 0 ? {} : {tags}),
    ...(depends.length === 0 ? {} : {depends_on: depends}),
    ...(links.length === 0 ? {} : {links}),
    ...(boolFlag(context, 'tell') ? {tell: true} : {}),
  };
}

export function reasonOf(context: Pick<Context, 'flags'>): {reason?: string} {
  const reason = textFlag(context, 'reason');
  return reason === undefined ? {} : {reason};
}

function priorityOf(text: string): number {
  if (/^\d$/.test(text)) return Number(text);
  const next = `0 to ${PRIORITY_MAX}; the higher goes first`;
  throw new AmuxError('input.invalid', {why: `--priority cannot be "${text}"`, next});
}

/** The project of the current directory; elsewhere only its name means something. */
export function projectOf({cwd, remote}: Context): string | null {
  const root = findProject(cwd)?.root ?? null;
  return root === null || !isElsewhere(remote) ? root : (root.split('/').at(-1) ?? null);
}

/** One after the other; what fails does not keep the rest from it. The exit code is the first failure's. */
async function each(
  {output, fleet: fleetFor}: Context,
  ids: string[],
  act: (fleet: Fleet, id: string) => Promise<CardView>,
): Promise<number> {
  const fleet = await fleetFor('write');
  const cards: CardView[] = [];
  let code = 0;
  for (const id of ids) {
    try {
      const card = await act(fleet, id);
      cards.push(card);
      if (!output.json) said(output, card, card.archived ? 'in the archive' : card.status);
    } catch (error) {
      const known = asAmuxError(error);
      if (ids.length === 1) throw known;
      output.error(known);
      code ||= known.exit;
    }
  }
  if (output.json) output.value(ids.length === 1 ? cards[0] : cards);
  return code;
}

function said(output: Output, card: CardView, what: string): void {
  if (output.json) output.value(card);
  else output.line(`${card.id} ${what}: ${oneLine(card.title)}`);
}

/** All of a card, for people. */
export function cardLines(card: CardView, now: number): string[] {
  const {claim} = card;
  const facts: [string, string][] = [
    ['status', `${card.status}${card.archived ? ', in the archive' : ''}`],
    ['session', card.session ?? '-'],
    ['claim', claim === null ? '-' : claimText(claim, now)],
    ['priority', String(card.priority)],
    ['tags', card.tags.join(', ')],
    ['project', card.project ?? ''],
    ['depends on', card.depends_on.join(', ')],
    ...card.links.map((link): [string, string] => ['link', link]),
    ['created', dateOf(card.created_at)],
    ['changed', `${dateOf(card.updated_at)}, etag ${card.etag}`],
  ];
  const history = card.history.map(({at, actor, change, reason}) => {
    return `  ${dateOf(at)}  ${actor}  ${change}${reason === '' ? '' : `: ${reason}`}`;
  });
  return [
    `${card.id}  ${card.title}`,
    ...facts.filter(([, value]) => value !== '').map(([name, value]) => `${name.padEnd(10)}  ${value}`),
    ...(card.desc === '' ? [] : ['', ...card.desc.split('\n')]),
    '',
    'history',
    ...history,
  ];
}

function claimText({holder, since, heartbeat, expires, expired, fence}: NonNullable<CardView['claim']>, now: number) {
  const ends = expired ? 'expired, free to be claimed' : `ends in ${duration(expires - now)}`;
  const held = `${holder} for ${duration(now - since)}, heard ${duration(now - heartbeat)} ago`;
  return `${held}, ${ends}, fence ${fence}`;
}

const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
