import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {budgetFaults, budgetForm, budgetInput} from '../../source/cockpit/budget-form.ts';
import {type Form, stepForm} from '../../source/cockpit/form.ts';
import {layoutOf, tokenAreas} from '../../source/cockpit/layout.ts';
import {tokenBars} from '../../source/cockpit/panes/token-bars.ts';
import {tokenBudgets} from '../../source/cockpit/panes/token-budgets.ts';
import {tokenChart} from '../../source/cockpit/panes/token-chart.ts';
import {tokenNotes} from '../../source/cockpit/panes/token-notes.ts';
import {tokenTable} from '../../source/cockpit/panes/token-table.ts';
import {tokenTitle} from '../../source/cockpit/panes/token-title.ts';
import {tokensLines} from '../../source/cockpit/screens/tokens.tsx';
import {firstState, reduce, type State} from '../../source/cockpit/state.ts';
import {
  heldBy,
  noTokens,
  pointsOf,
  queriesOf,
  silentSessions,
  sinceOf,
  spans,
  stepTokens,
  type TokensChoice,
  type TokensRead,
  tableRows,
  untilOf,
} from '../../source/cockpit/tokens.ts';
import {sessionOf} from './fake-fleet.ts';
import {loadTheme} from './palettes.ts';
import {comparePicture} from './picture.ts';
import {SCENE_NOW, sceneSessions} from './scene.ts';
import {sceneBudgets, sceneSpend, spendReport, spendRow} from './token-scene.ts';

const theme = loadTheme('dark', {LANG: 'C.UTF-8', COLORTERM: 'truecolor'});
const strip = (line: string): string => line.replace(/\x1b\[[\d;]*m/g, '');
const ago = (minutes: number): number => SCENE_NOW / 1000 - minutes * 60;

function readOf(choice: Partial<TokensChoice> = {}, change: Partial<TokensRead> = {}): TokensRead {
  const whole = {span: '24h', by: 'session', all: false, ...choice} as const;
  const since = sinceOf(whole.span, SCENE_NOW);
  const queries = queriesOf(whole, since);
  const [table, bars, series] = [sceneSpend(queries.table), sceneSpend(queries.bars), sceneSpend(queries.series)];
  const until = untilOf(whole.span, SCENE_NOW);
  return {...whole, since, until, table, bars, series, budgets: sceneBudgets, ...change};
}

function checkLines(
  lines: readonly string[],
  {columns, rows, what}: {columns: number; rows: number; what: string},
): void {
  assert.equal(lines.length, rows, `${what}: rows`);
  for (const line of lines) {
    assert.equal(stringWidth(line), columns, `${what}: ${JSON.stringify(strip(line))}`);
    assert.doesNotMatch(strip(line), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/, `${what}: a control character`);
  }
}

const nasty = '支付👨‍👩‍👧e\u0301\x1b[2Jx\u202e批量导入非常长的会话名称';
const hostile = readOf(
  {},
  {
    table: spendReport('session', [
      spendRow(nasty, {total: 987_654_321_012, cost: 123_456.78, unpriced: [nasty]}),
      ...Array.from({length: 60}, (_, i) => spendRow(`👍🏽 ❤️ ${i}`, {total: i})),
    ]),
    bars: spendReport(
      'model',
      Array.from({length: 40}, (_, i) => spendRow(`${nasty}${i}`, {total: 10 ** i})),
    ),
    budgets: [
      {
        id: 'a',
        of: 'tag',
        name: nasty,
        tokens: 1,
        usd: null,
        per: 'day',
        used: 1e15,
        percent: 9999,
        state: 'over',
        unpriced: [],
      },
      {
        id: 'b',
        of: 'session',
        name: nasty,
        tokens: null,
        usd: 1,
        per: 'total',
        used: null,
        percent: 0,
        state: 'ok',
        unpriced: [],
      },
      ...sceneBudgets,
    ],
  },
);

test('each part of the Tokens screen has exactly its size, with CJK, emoji, joined and hostile names', () => {
  for (const cols of [40, 41, 50, 63, 80, 100, 120, 199, 200, 250]) {
    for (const rows of [12, 20, 24, 40, 50]) {
      const {body} = layoutOf({cols, rows}, 'cards', false);
      for (const read of [readOf(), readOf({span: '1h', by: 'day'}), readOf({span: '30d', by: 'model'}), hostile]) {
        const what = `${cols}×${rows} ${read.by}`;
        const {chart, bars, budgets: count, notes} = tokenAreas(body, {budgets: read.budgets.length, isEmpty: false});
        if (chart !== null)
          checkLines(tokenChart({theme, size: chart, read}), {columns: chart.cols, rows: chart.rows, what});
        if (bars !== null)
          checkLines(tokenBars({theme, size: bars, read}), {columns: bars.cols, rows: bars.rows, what});
        const held = [{name: nasty, queue: 3}];
        const budgets = read.budgets.map(budget => ({budget, held}));
        checkLines(tokenBudgets({theme, columns: cols, rows: count, budgets}), {columns: cols, rows: count, what});
        const size = {cols, rows: 9};
        checkLines(tokenTable({theme, size, read, at: 3}), {columns: cols, rows: 9, what});
        const remarks = tokenNotes({theme, columns: cols, rows: notes, read, silent: [nasty]});
        checkLines(remarks, {columns: cols, rows: remarks.length, what});
        const view = {...noTokens, all: true, read};
        checkLines([tokenTitle({theme, columns: cols, view})], {columns: cols, rows: 1, what});
      }
    }
  }
});

test('in a narrow or low window the chart goes first, and the table stays', () => {
  const areas = (cols: number, rows: number) =>
    tokenAreas(layoutOf({cols, rows}, 'cards', false).body, {budgets: 3, isEmpty: false});
  assert.equal(areas(40, 20).chart, null);
  assert.equal(areas(120, 16).chart, null);
  assert.ok(areas(60, 30).chart !== null && areas(60, 30).bars === null, 'bars only beside a chart with room');
  for (const [cols, rows] of [
    [80, 24],
    [120, 40],
    [200, 50],
  ] as const) {
    const {chart, bars} = areas(cols, rows);
    assert.equal(chart!.cols + bars!.cols + 3, cols, 'the pane is filled');
    assert.equal(chart!.rows % 2, 0, 'so that a half stands in a row of its own');
  }
});

test('numbers stand right, and each cost says what it is', () => {
  const table = tokenTable({theme, size: {cols: 80, rows: 9}, read: readOf(), at: 1}).map(strip);
  assert.deepEqual(
    table.map(line => line.replace(/[▓░ ]+$/, '')),
    [
      ' session       input  output  cache read  cache write  total       cost',
      ' payments      49.6k   37.2k       1.02M         136k  1.24M    ~$3.10',
      ' api           34.4k   25.8k        705k        94.6k   860k     $2.15',
      ' infra         16.4k   12.3k        336k        45.1k   410k    ~$1.02',
      ' 批量导入      3.62k   2.71k       74.1k        9.94k  90.4k    ~$0.10*',
      ' docs            494     370       10.1k        1.36k  12.3k  no price',
      ' total          105k   78.4k       2.14M         287k  2.61M    ~$6.38*',
      '',
      '',
    ],
  );
  const notes = tokenNotes({theme, columns: 200, rows: 3, read: readOf(), silent: ['notes', 'search']}).map(strip);
  assert.equal(
    notes[0]!.trimEnd(),
    ' ~ estimated by prices of 2026-05-01, else reported  ·  * without mystery-1: no price  ·  no figures from notes, search',
  );
  const reported = readOf(
    {},
    {table: spendReport('session', [spendRow('api', {total: 9, estimated: null, reported: 1})])},
  );
  const remarks = tokenNotes({theme, columns: 60, rows: 1, read: reported, silent: []});
  assert.match(remarks.join(), /costs are as the agents report/);
});

test('a table that does not fit says which rows are shown, and pages so that the chosen one is among them', () => {
  const shown = (at: number) => tokenTable({theme, size: {cols: 80, rows: 12}, read: hostile, at}).map(strip);
  assert.match(shown(0)[0]!, /^ session 1-10\/61 /);
  assert.match(shown(25)[0]!, /^ session 21-30\/61 /);
  assert.match(shown(60)[0]!, /^ session 52-61\/61 /);
  assert.match(shown(60).at(-1)!, /^ total /);
});

test('budgets show how full they are, and an exhausted one whom it holds', () => {
  const lines = (columns: number, held: {name: string; queue: number}[]) =>
    tokenBudgets({theme, columns, rows: 5, budgets: sceneBudgets.map(budget => ({budget, held}))}).map(line =>
      strip(line).trimEnd(),
    );
  assert.deepEqual(
    lines(80, [
      {name: 'api', queue: 3},
      {name: 'web', queue: 0},
    ]),
    [
      ' api       ▓▓▓▓▓▓▓▓ 107%  860k of 800k a day  held: api 3',
      ' tag 批量  ▓▓▓▓▓▓░░  84%  $84.20 of $100',
      ' fleet     ▓▓▓░░░░░  32%  $6.53 of $20 a day',
    ],
  );
  assert.match(lines(80, [])[0]!, /queues are held$/);
  assert.match(lines(40, [])[0]!, /107% {2}held, 800k$/);
  const few = tokenBudgets({theme, columns: 80, rows: 2, budgets: sceneBudgets.map(budget => ({budget, held: []}))});
  assert.match(strip(few[1]!), /2 more: amux budget lists them/);
});

test('a budget holds the sessions that it is about and that say so', () => {
  const notice = 'held: 107% is used; amux budget set --session api raises the 800000 tokens per day of api';
  const sessions = [
    sessionOf({name: 'api', tags: ['shop'], notice}),
    sessionOf({name: 'web', tags: ['shop']}),
    sessionOf({name: 'docs', notice}),
  ];
  const names = (change: object) => heldBy({...sceneBudgets[1]!, ...change}, sessions).map(({name}) => name);
  assert.deepEqual(names({}), ['api']);
  assert.deepEqual(names({of: 'tag', name: 'shop'}), ['api']);
  assert.deepEqual(names({of: 'fleet', name: null}), ['api', 'docs']);
  assert.deepEqual(names({state: 'near'}), []);
  assert.deepEqual(silentSessions(sceneSessions()), ['search', 'notes', 'mobile']);
});

test('a chart has a point for each step until now, also where nothing was spent', () => {
  const rows = [
    spendRow('a', {at: ago(2), total: 7}),
    spendRow('b', {at: ago(59), total: 5}),
    spendRow('c', {at: ago(0), total: 1}),
  ];
  const at = (row: (typeof rows)[number]) => ({...row, at: Math.floor(row.at! / 60) * 60});
  const points = pointsOf(readOf({span: '1h'}, {series: spendReport('minute', rows.map(at))})).map(
    ({tokens}) => tokens,
  );
  assert.equal(points.length, 60);
  assert.deepEqual([points[0], points[57], points[59]], [5, 7, 1]);
  assert.equal(
    points.reduce((sum, tokens) => sum + tokens),
    13,
  );
  for (const {id} of spans) {
    const read = readOf({span: id}, {series: spendReport('hour', [])});
    const all = pointsOf(read);
    assert.equal(all[0]!.at, read.since);
    assert.ok(all.at(-1)!.at <= SCENE_NOW / 1000, `${id} ends now`);
  }
  assert.equal(pointsOf(readOf({span: '30d'}, {series: spendReport('day', [])})).length, 30);
});

test('days of a fleet in another time zone find the nearest day of the chart', () => {
  const read = readOf({span: '30d'}, {});
  const far = [
    spendRow('x', {at: read.since + 9 * 3600, total: 3}),
    spendRow('y', {at: read.until - 9 * 3600, total: 4}),
  ];
  const points = pointsOf({...read, series: spendReport('day', far)});
  assert.equal(points[0]!.tokens, 3);
  assert.equal(points.at(-1)!.tokens, 4);
});

test('keys change span, grouping and what is counted; the same answer is no news', () => {
  const wider = stepTokens(noTokens, {do: 'span', by: 1});
  assert.equal(wider.span, '7d');
  const widest = stepTokens(wider, {do: 'span', by: 1});
  assert.equal(stepTokens(widest, {do: 'span', by: 1}), widest);
  assert.equal(stepTokens(noTokens, {do: 'group', by: -1}).by, 'day');
  assert.equal(stepTokens(noTokens, {do: 'all'}).all, true);
  const read = stepTokens(noTokens, {do: 'read', read: readOf()});
  assert.equal(stepTokens(read, {do: 'read', read: readOf()}), read);
  const failed = stepTokens(read, {do: 'failed', why: 'it is closed'});
  assert.equal(failed.read, read.read, 'what was read stays');
  assert.equal(stepTokens(failed, {do: 'read', read: readOf()}).failed, '');
});

test('the choice of a row walks within the table, and follows its name', () => {
  let view = stepTokens(noTokens, {do: 'read', read: readOf()});
  view = stepTokens(view, {do: 'walk', by: 2});
  assert.equal(tableRows(view.read!)[view.at]!.key, 'infra');
  assert.equal(stepTokens(view, {do: 'walk', by: Number.POSITIVE_INFINITY}).at, 4);
  assert.equal(stepTokens(stepTokens(view, {do: 'walk', by: -9}), {do: 'walk', by: -1}).at, 0);
  const rows = [spendRow('infra', {total: 9e9}), ...readOf().table.rows.slice(0, 2)];
  const moved = stepTokens(view, {do: 'read', read: readOf({}, {table: spendReport('session', rows)})});
  assert.equal(moved.at, 0, 'infra is the first now');
  const gone = stepTokens(view, {do: 'read', read: readOf({}, {table: spendReport('session', [])})});
  assert.equal(gone.at, 0);
});

test('days stand from the newest', () => {
  assert.deepEqual(
    tableRows(readOf({by: 'day'})).map(({key}) => key),
    ['2026-05-04', '2026-05-03'],
  );
});

const at = (place: 'tokens'): State =>
  [
    {type: 'sessions', sessions: sceneSessions(), now: SCENE_NOW} as const,
    {type: 'place', place} as const,
    {type: 'tokens', step: {do: 'read', read: readOf()}} as const,
  ].reduce(reduce, firstState({size: {cols: 100, rows: 30}, now: SCENE_NOW, demo: false}));

const write = (form: Form, text: string): Form => {
  const amount = stepForm(form, {do: 'next'});
  const empty = stepForm(amount, {do: 'edit', edit: {do: 'erase-before'}});
  return stepForm(empty, {do: 'edit', edit: {do: 'insert', text}});
};

test('the budget form is about the chosen row, and knows what stands there', () => {
  const state = reduce(at('tokens'), {type: 'move', by: 1});
  const form = budgetForm(state);
  assert.equal(budgetInput(form).id, 'session:api-day');
  assert.deepEqual(budgetInput(form).input, {session: 'api', tokens: 800_000, per: 'day'});
  const fleet = budgetForm(reduce(state, {type: 'tokens', step: {do: 'group', by: 1}}));
  assert.deepEqual(budgetInput(fleet).input, {usd: 20, per: 'day'}, 'a model has no budget: the fleet');
});

test('an amount says whether it is money or tokens', () => {
  const form = budgetForm(at('tokens'));
  const amounts: [string, object | null][] = [
    ['$12.50', {usd: 12.5}],
    ['5M', {tokens: 5_000_000}],
    ['2.5k', {tokens: 2500}],
    ['0', null],
    ['$0', null],
  ];
  for (const [text, wanted] of amounts) {
    const {input} = budgetInput(write(form, text));
    assert.deepEqual(input, wanted === null ? null : {session: 'payments', ...wanted, per: 'day'}, text);
    assert.deepEqual(budgetFaults(write(form, text)), {}, text);
  }
  for (const text of ['', '10', 'ten', '-5k', '$5k', '1e9'])
    assert.notDeepEqual(budgetFaults(write(form, text)), {}, text);
});

for (const [cols, rows] of [
  [40, 20],
  [60, 30],
  [80, 24],
  [120, 40],
  [200, 50],
] as const) {
  test(`${cols}×${rows} is as in its picture`, () => {
    const {body} = layoutOf({cols, rows}, 'cards', false);
    const lines = tokensLines(at('tokens'), {theme: loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'}), body});
    checkLines(lines, {columns: cols, rows: body.rows, what: 'picture'});
    comparePicture(lines, {directory: 'tokens', name: `${cols}x${rows}`});
  });
}
