import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, describe, it} from 'node:test';
import {claudeUsage} from '../../source/agents/claude-usage.ts';
import {costOf, PRICES, priceOf} from '../../source/domain/prices.ts';
import type {ConversationRecord, SpendQuery} from '../../source/domain/spending.ts';
import {Ledger} from '../../source/ledger/ledger.ts';
import {contextOf, ratesOf, report} from '../../source/ledger/report.ts';

const root = mkdtempSync(join(tmpdir(), 'amux-report-'));
after(() => rmSync(root, {recursive: true, force: true}));

const at = (time: string): number => Date.parse(`2026-11-20T${time}Z`);
const held = (id: string, ...holders: [session: string, time: string][]): [string, ConversationRecord] => [
  id,
  {id, holders: holders.map(([session, time]) => ({session: `session-${session}`, name: session, at: at(time)}))},
];
const conversations = new Map([
  held('c1', ['ada', '08:00:00']),
  // It changes hands in the middle of an hour.
  held('c2', ['bob', '08:00:00'], ['ada', '09:30:00']),
]);
const tags: Record<string, string[]> = {'session-ada': ['shop', 'night'], 'session-bob': []};
const holders = {conversations, tagsOf: (session: string) => tags[session] ?? []};

const ledger = await read([
  ['c1', 'a', '08:10:00', 'claude-opus-5-5', 1000],
  ['c2', 'b', '09:10:00', 'claude-opus-5-5', 200],
  ['c2', 'c', '09:40:00', 'mystery', 30],
  ['nobody', 'd', '10:00:00', 'claude-haiku-5-5', 4],
]);

describe('what was spent', () => {
  const rows = (query: SpendQuery) =>
    Object.fromEntries(report({ledger, holders, query}).rows.map(({key, total}) => [key, total]));

  it('counts for the session that held the conversation then', () => {
    assert.deepEqual(rows({}), {ada: 1030, bob: 200});
    assert.deepEqual(rows({all: true}), {ada: 1030, bob: 200, nobody: 4});
  });

  it('is put together by model, agent, tag, day and hour', () => {
    assert.deepEqual(rows({by: 'model'}), {'claude-opus-5-5': 1200, mystery: 30});
    assert.deepEqual(rows({by: 'agent', all: true}), {claude: 1234});
    assert.deepEqual(rows({by: 'tag'}), {shop: 1030, night: 1030, '(no tag)': 200});
    assert.deepEqual(Object.values(rows({by: 'hour', all: true})), [1000, 230, 4]);
    assert.equal(
      report({ledger, holders, query: {by: 'tag'}}).total.total,
      1230,
      'a session with two tags counts once',
    );
  });

  it('is put together by minute, each with its holder, and says when days, hours and minutes begin', () => {
    const seconds = (time: string): number => at(time) / 1000;
    const begins = (query: SpendQuery) =>
      report({ledger, holders, query}).rows.map(row => [row.key.slice(11), row.at, row.total]);
    assert.deepEqual(begins({by: 'minute', since: seconds('08:10:00')}), [
      [localMinute('08:10:00'), seconds('08:10:00'), 1000],
      [localMinute('09:10:00'), seconds('09:10:00'), 200],
      [localMinute('09:40:00'), seconds('09:40:00'), 30],
    ]);
    assert.deepEqual(
      begins({by: 'hour'}).map(([, from]) => from),
      [seconds('08:00:00'), seconds('09:00:00')],
    );
    const [day] = report({ledger, holders, query: {by: 'day'}}).rows;
    assert.equal(day!.at, new Date(at('08:10:00')).setHours(0, 0, 0, 0) / 1000);
    assert.equal(report({ledger, holders, query: {by: 'model'}}).rows[0]!.at, null);
  });

  it('is cut at the second where a span begins and ends', () => {
    const seconds = (time: string): number => at(time) / 1000;
    assert.deepEqual(rows({since: seconds('08:10:01')}), {bob: 200, ada: 30});
    assert.deepEqual(rows({since: seconds('08:10:00'), until: seconds('09:40:00')}), {ada: 1000, bob: 200});
  });

  it('is estimated where a price is known, and says of which model none is', () => {
    const {total, unpriced, rows: all} = report({ledger, holders, query: {by: 'model'}});
    assert.equal(total.cost, 0.024, '1200 tokens of output at 20 USD a million');
    assert.deepEqual(unpriced, ['mystery']);
    assert.equal(all.find(({key}) => key === 'mystery')?.cost, null);
  });
});

describe('what was spent, in local time', () => {
  const rowsIn = async (zone: string, by: 'day' | 'hour', times: string[]) => {
    const own = await read(
      times.map((time, i): Said => ['c', `${zone} ${i}`, time, 'm', 10 ** i]),
      `${zone} ${by}`,
    );
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    try {
      const {rows} = report({ledger: own, holders, query: {by, all: true}});
      return rows.map(({key, total, at: begin}) => [
        key,
        total,
        begin === null ? null : new Date(begin * 1000).toJSON(),
      ]);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  };

  it('belongs to its day and hour where zones are no whole hours', async () => {
    const times = ['2026-11-19T18:20:00Z', '2026-11-19T18:40:00Z', '2026-11-19T19:20:00Z'];
    assert.deepEqual(await rowsIn('Asia/Kolkata', 'day', times), [
      ['2026-11-19', 1, '2026-11-18T18:30:00.000Z'],
      ['2026-11-20', 110, '2026-11-19T18:30:00.000Z'],
    ]);
    assert.deepEqual(await rowsIn('Asia/Kathmandu', 'hour', times), [
      ['2026-11-20T00', 11, '2026-11-19T18:15:00.000Z'],
      ['2026-11-20T01', 100, '2026-11-19T19:15:00.000Z'],
    ]);
  });

  it('tells two hours of one name apart when clocks are set back', async () => {
    const times = ['2026-10-25T00:10:00Z', '2026-10-25T01:10:00Z', '2026-10-25T02:10:00Z'];
    assert.deepEqual(await rowsIn('Europe/Berlin', 'hour', times), [
      ['2026-10-25T02', 1, '2026-10-25T00:00:00.000Z'],
      ['2026-10-25T02+01:00', 10, '2026-10-25T01:00:00.000Z'],
      ['2026-10-25T03', 100, '2026-10-25T02:00:00.000Z'],
    ]);
  });

  it('has no day when none was said, or one in which nobody could have answered', async () => {
    const rows = await rowsIn('UTC', 'day', [
      '1970-01-02T00:00:00Z',
      '9999-01-01T00:00:00Z',
      'abcd-ef-ghTij:kl:mn.opqZ',
    ]);
    assert.deepEqual(rows, [['(no time)', 111, null]]);
  });
});

describe('prices', () => {
  const none = {input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0};
  const cost = (model: string, counts: Partial<typeof none>, time = at('08:00:00')) => {
    const price = priceOf(PRICES, model, time);
    return price === null ? null : costOf(price, {...none, ...counts});
  };

  it('of a model count for its dated, prefixed and widened names, and for no other', () => {
    const names = ['claude-opus-4-5', 'claude-opus-4-5-20251101', 'anthropic/claude-opus-4-5', 'Claude-Opus-4-5[1m]'];
    for (const name of names) assert.equal(cost(name, {input: 1_000_000}), 5_000_000, name);
    assert.equal(cost('claude-opus-4-50', {input: 1}), null);
    assert.equal(cost('constructor', {input: 1}), null);
  });

  it('differ for what is written to a cache for five minutes and for an hour, and for what is read', () => {
    const each = {cacheRead: 1_000_000, cacheWrite: 1_000_000, cacheWriteHour: 1_000_000};
    assert.equal(cost('claude-sonnet-4-5', each), 300_000 + 3_750_000 + 6_000_000);
  });

  it('are those of the day, and of the length of what was asked', () => {
    assert.equal(cost('claude-sonnet-5-5', {cacheRead: 1_000_000}, Date.parse('2026-10-01')), 200_000);
    assert.equal(cost('claude-sonnet-5-5', {cacheRead: 1_000_000}), 100_000);
    assert.equal(cost('claude-haiku-5-5', {input: 100_000}), 10_000);
    assert.equal(cost('claude-haiku-5-5', {input: 100_000, cacheRead: 1}), 50_000.05);
  });
});

describe('a conversation', () => {
  it('says how full its context is, by the size that its model has', () => {
    const context = contextOf(ledger, {agent: 'claude', conversation: 'c1', prices: PRICES})?.view;
    assert.deepEqual(context, {used: 1000, limit: 1_000_000, percent: 0});
    assert.deepEqual(contextOf(ledger, {agent: 'claude', conversation: 'c2', prices: PRICES})?.view.percent, null);
    assert.equal(contextOf(ledger, {agent: 'claude', conversation: 'never', prices: PRICES}), null);
  });

  it('says its tokens of the last minutes', () => {
    const now = at('10:01:30') / 1000;
    const rates = (conversation: string) => ratesOf(ledger, {agent: 'claude', conversation, minutes: 3, now});
    assert.deepEqual(rates('nobody'), [0, 4, 0]);
    assert.deepEqual(rates('c1'), [0, 0, 0]);
  });
});

type Said = [conversation: string, id: string, time: string, model: string, output: number];

/** `time`: of the day, or a whole one. */
async function read(said: Said[], name = 'a'): Promise<Ledger> {
  const directory = join(root, name.replaceAll('/', '-'));
  const file = join(directory, 'p', 'a.jsonl');
  mkdirSync(dirname(file), {recursive: true});
  const lines = said.map(([sessionId, id, time, model, output]) => {
    const message = {id, role: 'assistant', model, content: [], usage: {input_tokens: 0, output_tokens: output}};
    const timestamp = time.includes('T') ? time : new Date(at(time)).toISOString();
    return JSON.stringify({type: 'assistant', sessionId, timestamp, message});
  });
  writeFileSync(file, `${lines.join('\n')}\n`);
  const read = new Ledger({
    sources: [{agent: 'claude', roots: [directory], isHistory: () => true, reader: claudeUsage}],
    log: null,
    writes: false,
    pricing: usage => {
      const price = priceOf(PRICES, usage.model, usage.at);
      return price === null ? null : costOf(price, usage);
    },
  });
  await read.scan();
  return read;
}

const localMinute = (time: string): string => new Date(at(time)).toTimeString().slice(0, 5);
