import {setTimeout as delay} from 'node:timers/promises';
import type {CardFilter, CardView, Column} from '../../domain/board.ts';
import type {EventView, Fleet} from '../../domain/fleet.ts';
import {oneLine} from '../../domain/names.ts';
import type {Context, Run} from '../command.ts';
import type {GivesWay} from '../fit-columns.ts';
import {boolFlag, durationFlag, textFlag} from '../flags.ts';
import {duration, momentText, type Output} from '../output.ts';

/** What comes within this time of a change is drawn with it, in ms. */
const TOGETHER_MS = 50;
/** How often ages are drawn anew when nothing happens, in ms. */
const TICK_MS = 30_000;

const HEADER = ['ID', 'STATUS', 'PRI', 'SESSION', 'LEASE', 'TAGS', 'PROJECT', 'TITLE'];
/** On a terminal the title comes last, because lines are cut there. */
const SHOWN_HEADER = ['ID', 'PRI', 'SESSION', 'LEASE', 'TAGS', 'TITLE'];
/** One card with many tags leaves the titles of all others in sight. The first two columns head the sections, too. */
const GIVES_WAY: readonly GivesWay[] = [
  {column: 'TITLE', least: 24},
  {column: 'TAGS', least: 8},
  {column: 'SESSION', least: 10},
  {column: 'TAGS', least: 0},
  {column: 'LEASE', least: 0},
  {column: 'TITLE', least: 12},
  {column: 'SESSION', least: 0},
];

/** The cards by column: in sections on a terminal, one line each in a pipe. */
export const list: Run = async context => {
  const filter = filterOf(context);
  const fleet = await context.fleet('read');
  if (boolFlag(context, 'watch')) return watch(context, {fleet, filter});
  await print(context.output, await look(fleet, filter));
  return 0;
};

/** `older`: not changed for so many ms. */
type Filter = CardFilter & {older?: number};

function filterOf(context: Context): Filter {
  const project = textFlag(context, 'project');
  const session = textFlag(context, 'session');
  const tag = textFlag(context, 'tag');
  const q = textFlag(context, 'query');
  const status = textFlag(context, 'status');
  const older = durationFlag(context, 'older');
  return {
    ...(status === undefined ? {} : {status}),
    ...(session === undefined ? {} : {session}),
    ...(project === undefined ? {} : {project}),
    ...(tag === undefined ? {} : {tag}),
    ...(q === undefined ? {} : {q}),
    ...(older === undefined ? {} : {older}),
    ...(boolFlag(context, 'archived') ? {archived: true} : {}),
  };
}

type Look = {cards: CardView[]; columns: Column[]};

async function look(fleet: Fleet, {older, ...filter}: Filter): Promise<Look> {
  const [cards, columns] = await Promise.all([fleet.cards(filter), fleet.columns()]);
  const before = Date.now() - (older ?? 0);
  return {cards: older === undefined ? cards : cards.filter(card => card.updated_at * 1000 <= before), columns};
}

async function print(output: Output, {cards, columns}: Look, room = Infinity): Promise<void> {
  if (output.json) {
    output.value(cards);
    return;
  }
  const now = Date.now() / 1000;
  if (!output.terminal) {
    const rows = cards.map(card => [
      card.id,
      statusOf(card),
      String(card.priority),
      card.session ?? '-',
      leaseOf(card, now),
      card.tags.map(oneLine).join(',') || '-',
      card.project ?? '-',
      card.title,
    ]);
    await output.table(HEADER, rows);
    return;
  }
  if (cards.length === 0) {
    output.line('no cards · amux board add TITLE makes one');
    return;
  }
  const rows = columns.flatMap(column => {
    const own = cards.filter(({status}) => status === column);
    return own.length === 0 ? [] : [[], [column.toUpperCase(), String(own.length)], ...own.map(each => row(each, now))];
  });
  // Header, what is left out, and the line of the cursor.
  const shown = rows.length + 2 <= room ? rows : rows.slice(0, Math.max(0, room - 3));
  await output.table(SHOWN_HEADER, shown, GIVES_WAY);
  if (shown.length < rows.length) output.line(`… ${rows.length - shown.length} more lines: amux board`);
}

const row = (card: CardView, now: number): string[] => [
  card.id,
  String(card.priority),
  card.session ?? '-',
  leaseOf(card, now),
  card.tags.join(',') || '-',
  `${card.archived ? '(archived) ' : ''}${card.title}`,
];

const statusOf = ({status, archived}: CardView): string => (archived ? `${status},archived` : status);

/** How long it is held, and whether another session may take it. */
export function leaseOf({claim}: Pick<CardView, 'claim'>, now: number): string {
  if (claim === null) return '-';
  return `${duration(now - claim.since)}${claim.expired ? ',expired' : ''}`;
}

/** Draws the board again after each change; in a pipe the changes are lines. */
async function watch(context: Context, {fleet, filter}: {fleet: Fleet; filter: Filter}): Promise<number> {
  const {output, signal} = context;
  const drawn = output.terminal && !output.json;
  // From before the first look: what changes meanwhile is told then.
  const {cursor: since} = await fleet.health();
  const events = fleet.events({since, signal})[Symbol.asyncIterator]();
  const take = () => {
    const step = events.next();
    step.catch(() => {}); // It is awaited, but not at once.
    return step;
  };
  let next = take();
  let seen = await look(fleet, filter);
  if (drawn) await draw(output, seen);
  for (;;) {
    const step = await (drawn ? orTick(next, signal) : next);
    if (step === 'tick') {
      await draw(output, await look(fleet, filter));
      continue;
    }
    if (step.done === true) return 0;
    next = take();
    if (step.value.cards.length === 0) continue;
    if (drawn) {
      const together = delay(TOGETHER_MS, 'over' as const);
      for (;;) {
        const more = await Promise.race([next, together]);
        if (more === 'over') break;
        if (more.done === true) return 0;
        next = take();
      }
      seen = await look(fleet, filter);
      await draw(output, seen);
      continue;
    }
    // What leaves the filter is told as well.
    const before = seen.cards;
    if (Object.keys(filter).length > 0) seen = await look(fleet, filter);
    const shown = [...before, ...seen.cards].some(({id}) => step.value.cards.includes(id));
    const meant = Object.keys(filter).length === 0 || shown;
    if (meant) tell(output, step.value);
  }
}

async function draw(output: Output, seen: Look): Promise<void> {
  output.raw('\u001b[H\u001b[2J');
  await print(output, seen, output.rows ?? undefined);
}

/** Leases grow older while nothing happens. */
async function orTick<T>(next: Promise<T>, signal: AbortSignal): Promise<T | 'tick'> {
  const {promise, resolve} = Promise.withResolvers<'tick'>();
  const timer = setTimeout(resolve, TICK_MS, 'tick' as const);
  const stop = () => clearTimeout(timer);
  signal.addEventListener('abort', stop, {once: true});
  try {
    return await Promise.race([next, promise]);
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
  }
}

function tell(output: Output, event: EventView): void {
  // That a lease goes on changes no card.
  if (event.type === 'card.renewed') return;
  if (output.json) {
    output.raw(`${JSON.stringify(event)}\n`);
    return;
  }
  const time = momentText(event.at * 1000, Date.now());
  output.line(`${time}  ${event.actor}  ${oneLine(event.reason)}`);
}
