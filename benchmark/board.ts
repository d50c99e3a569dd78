import {Client} from '../source/api/client.ts';
import {noBoard} from '../source/cockpit/board.ts';
import {layoutOf} from '../source/cockpit/layout.ts';
import {boardLines} from '../source/cockpit/panes/board.ts';
import {type Action, firstState, reduce} from '../source/cockpit/state.ts';
import {themeOf} from '../source/cockpit/theme.ts';
import type {CardView} from '../source/domain/board.ts';
import {asAmuxError} from '../source/domain/errors.ts';
import {type Access, accessTo, call} from './access.ts';
import {CockpitTerminal} from './cockpit-terminal.ts';
import {type Figure, percentile} from './figures.ts';
import {BenchFleet} from './fleet.ts';
import {cpuSeconds, pause} from './processes.ts';

const CARDS = 500;
const CLAIMED = 400;
/** Half of them over HTTPS, half over the socket. */
const CLAIMANTS = 32;
const PRESSES = 200;
/** As in `keys.ts`. */
const BETWEEN_MS = 87;

/** Claims under contention, and a board of 500 cards under a person's keys. */
export async function board(): Promise<Figure[]> {
  const figures: Figure[] = [];
  {
    await using fleet = new BenchFleet('pty');
    const supervisor = await fleet.serve();
    figures.push(...(await claims(fleet)));
    await supervisor.end();
  }
  await using fleet = new BenchFleet('pty');
  const supervisor = await fleet.serve();
  await using client = new Client({socket: fleet.paths.socket, actor: 'cli'});
  await client.register({name: 'ada', dir: fleet.root, agent: 'generic', command: 'cat'});
  for (let i = 0; i < CARDS; i++) {
    const status = ['backlog', 'todo', 'review', 'done'][i % 4]!;
    await client.addCard({
      title: `Card ${i} with a title of the usual length`,
      status,
      desc: 'x'.repeat(200),
      tags: ['a', 'b'],
    });
  }
  figures.push(...frames(await client.cards()));
  for (const size of [
    {cols: 120, rows: 40},
    {cols: 200, rows: 50},
  ]) {
    figures.push(...(await underKeys(fleet, size)));
  }
  await supervisor.end();
  return figures;
}

/** Everybody claims the best card, finishes it and claims the next, until there is none. */
async function claims(fleet: BenchFleet): Promise<Figure[]> {
  const api = await accessTo(fleet, CLAIMANTS);
  await using client = new Client({socket: fleet.paths.socket, actor: 'cli'});
  for (let i = 0; i < CLAIMANTS; i++) {
    await client.register({name: `s${i}`, dir: fleet.root, agent: 'generic', command: 'cat'});
  }
  for (let i = 0; i < CLAIMED; i++) await client.addCard({title: `card ${i}`});
  const taken: string[] = [];
  const times: number[] = [];
  const work = async (claim: () => Promise<string | null>, finish: (id: string) => Promise<unknown>) => {
    for (;;) {
      const begun = performance.now();
      const id = await claim();
      if (id === null) return;
      times.push(performance.now() - begun);
      taken.push(id);
      await finish(id);
    }
  };
  const start = performance.now();
  await Promise.all(
    Array.from({length: CLAIMANTS}, (_, i) =>
      i % 2 === 0
        ? work(
            () => nextOver(api, `s${i}`),
            id => call(api, `/api/board/${id}`, {status: 'done'}, 'PATCH'),
          )
        : work(
            () => nextOf(client, `s${i}`),
            id => client.updateCard(id, {status: 'done'}),
          ),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  const twice = taken.length - new Set(taken).size;
  return [
    {name: `claims of ${CLAIMANTS} clients, each followed by its end`, value: taken.length / seconds, unit: 'claims/s'},
    {name: 'a claim among them, p50', value: percentile(times, 0.5), unit: 'ms'},
    {name: 'a claim among them, p95', value: percentile(times, 0.95), unit: 'ms'},
    {name: `cards that two got, of ${taken.length}`, value: twice, unit: '', aim: 0},
  ];
}

async function nextOver(api: Access, session: string): Promise<string | null> {
  try {
    return (JSON.parse((await call(api, '/api/board/next', {session})).text) as CardView).id;
  } catch (error) {
    if (String(error).includes('card.none')) return null;
    throw error;
  }
}

async function nextOf(client: Client, session: string): Promise<string | null> {
  try {
    return (await client.nextCard({session})).id;
  } catch (error) {
    if (asAmuxError(error).code === 'card.none') return null;
    throw error;
  }
}

/** What one key costs the cockpit before Ink has it: the new state, and the lines of the board. */
function frames(cards: readonly CardView[]): Figure[] {
  const theme = themeOf({name: 'plain', tokens: {}}, {LANG: 'C.UTF-8'});
  const size = {cols: 200, rows: 50};
  const now = Date.now();
  const {body} = layoutOf(size, 'cards', false);
  let state = firstState({size, now, demo: false});
  state = reduce(state, {type: 'board', step: {do: 'read', cards, columns: noBoard.columns}});
  state = reduce(state, {type: 'place', place: 'board'});
  const timed = (actions: readonly Action[]): number[] => {
    const times: number[] = [];
    for (let i = 0; i < 600; i++) {
      const begun = performance.now();
      state = reduce(state, actions[i % actions.length]!);
      boardLines({theme, body, board: state.board, now});
      times.push(performance.now() - begun);
    }
    return times.slice(100);
  };
  const walk = timed([
    ...Array<Action>(60).fill({type: 'move', by: 1}),
    ...Array<Action>(60).fill({type: 'move', by: -1}),
  ]);
  const chosen = state.board.chosen!;
  const move = (status: string, id: number): Action => ({
    type: 'board',
    step: {do: 'move', move: {id, card: chosen, status, position: 1}},
  });
  const back: Action = {type: 'board', step: {do: 'take-back', card: chosen}};
  const moved = timed([move('doing', 1), back]);
  return [
    {name: `state and lines, ${CARDS} cards at 200×50, a step, p95`, value: percentile(walk, 0.95), unit: 'ms'},
    {name: `state and lines, ${CARDS} cards at 200×50, a move, p95`, value: percentile(moved, 0.95), unit: 'ms'},
  ];
}

/** From a key to the cells that it changes, in a cockpit beside its supervisor. */
async function underKeys(fleet: BenchFleet, size: {cols: number; rows: number}): Promise<Figure[]> {
  const cockpit = new CockpitTerminal(fleet, size);
  const what = `${CARDS} cards at ${size.cols}×${size.rows}`;
  try {
    await cockpit.until(rows => rows.some(row => row.includes('[1 Fleet]')), 'the cockpit');
    cockpit.press('2');
    await cockpit.until(rows => heads(rows) !== null, 'the board');
    await pause(2000);
    const steps: number[] = [];
    const spent: number[] = [cpuSeconds(cockpit.pid)];
    for (let i = 0; i < PRESSES; i++) {
      await pause(BETWEEN_MS);
      const before = chosenId(cockpit.rows());
      cockpit.press(i % 100 < 50 ? 'j' : 'k');
      steps.push(await cockpit.until(rows => ![before, null].includes(chosenId(rows)), 'another card'));
    }
    spent.push(cpuSeconds(cockpit.pid));
    const moves: number[] = [];
    for (let i = 0; i < PRESSES; i++) {
      await pause(BETWEEN_MS);
      const before = heads(cockpit.rows());
      cockpit.press(i % 2 === 0 ? 'L' : 'H');
      moves.push(await cockpit.until(rows => ![before, null].includes(heads(rows)), 'the move'));
    }
    spent.push(cpuSeconds(cockpit.pid));
    const each = (from: number): number => ((spent[from + 1]! - spent[from]!) / PRESSES) * 1000;
    return [
      ...percentiles(`j or k, ${what}`, steps),
      {name: `j or k, ${what}, processor time of the cockpit`, value: each(0), unit: 'ms'},
      ...percentiles(`H or L, ${what}`, moves),
      {name: `H or L, ${what}, processor time of the cockpit`, value: each(1), unit: 'ms'},
    ];
  } finally {
    await cockpit.end();
  }
}

/** Names and counts of the columns. */
const heads = (rows: string[]): string | null => rows.find(row => /backlog \d+.*done \d+/i.test(row)) ?? null;

const chosenId = (rows: string[]): string | null => {
  for (const row of rows) {
    const found = /▌(AMX-\d+)/.exec(row);
    if (found !== null) return found[1]!;
  }
  return null;
};

function percentiles(name: string, times: number[]): Figure[] {
  return [
    {name: `${name}, p50`, value: percentile(times, 0.5), unit: 'ms'},
    {name: `${name}, p95`, value: percentile(times, 0.95), unit: 'ms', aim: 33},
  ];
}
