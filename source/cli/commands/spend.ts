import {setTimeout as pause} from 'node:timers/promises';
import {parseDuration} from '../../domain/amounts.ts';
import {AmuxError} from '../../domain/errors.ts';
import {costText, fewOf, readPercent, tokenText} from '../../domain/spend-text.ts';
import {groupings, type SpendQuery, type SpendReport} from '../../domain/spending.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, choiceFlag, textFlag} from '../flags.ts';
import type {Output} from '../output.ts';

const BAR = 20;
/** A first reading of gigabytes is waited for so long, and asked for so often, in ms. */
const PATIENCE_MS = 120_000;
const ASK_AGAIN_MS = 250;
const TITLES = {
  session: 'SESSION',
  model: 'MODEL',
  agent: 'AGENT',
  day: 'DAY',
  hour: 'HOUR',
  minute: 'MINUTE',
  tag: 'TAG',
} as const;

export const tokens: Run = async context => {
  const {output} = context;
  const fleet = await context.fleet('read');
  const query: SpendQuery = {
    by: choiceFlag(context, 'by', groupings),
    since: momentOf(context, 'since'),
    until: momentOf(context, 'until'),
  };
  const isEmpty = (await fleet.health()).sessions === 0;
  // Without a fleet, what the user of this machine spent is all there is to say.
  const all = isEmpty || boolFlag(context, 'all') === true;
  const report = await whole(output, () => fleet.spend({...query, all}));
  if (output.json) output.value(report);
  else await show(output, report, {all});
  return 0;
};

/** Histories that are being read for the first time are waited for, with the progress told on a terminal. */
async function whole(output: Output, ask: () => Promise<SpendReport>): Promise<SpendReport> {
  for (const until = performance.now() + PATIENCE_MS; ; ) {
    const report = await ask();
    const {reading} = report;
    if (reading === null || performance.now() > until) return report;
    output.progress(`reading histories ${readPercent(reading)}%`);
    await pause(ASK_AGAIN_MS);
  }
}

async function show(output: Output, report: SpendReport, {all}: {all: boolean}): Promise<void> {
  const {by, rows, total, unpriced, reading, unread} = report;
  const most = Math.max(...rows.map(row => row.total), 1);
  const cells = (key: string, row: SpendReport['total']): string[] => [
    key,
    ...[row.input, row.output, row.cacheRead, row.cacheWrite, row.total].map(tokenText),
    costText(row.cost),
  ];
  const differ = rows.some(({reported, estimated}) => areOther(reported, estimated));
  const costs = (of: Partial<SpendReport['rows'][number]>): string[] =>
    differ ? [of.reported, of.estimated].map(cost => (cost == null ? '-' : costText(cost))) : [];
  const sums = {reported: sumOf(rows, 'reported'), estimated: sumOf(rows, 'estimated')};
  // Sessions with several tags are in several rows.
  const lines = rows.map(row => [...cells(row.key, row), ...costs(row), barOf(row.total / most)]);
  const table = [...lines, [...cells('total', total), ...costs(by === 'tag' ? {} : sums), '']];
  const header = [TITLES[by], ...HEADER, ...(differ ? ['REPORTED', 'ESTIMATED'] : []), ''];
  const widths = header.map((_, i) => Math.max(...[...table, header].map(row => row[i]!.length)));
  const right = (row: string[]): string[] =>
    row.map((cell, i) => (i === 0 || i === row.length - 1 ? cell : cell.padStart(widths[i]!)));
  await output.table(right(header), table.map(right));
  if (unpriced.length > 0)
    output.notice(
      `amux: no price for ${fewOf(unpriced)}: the cost is without ${unpriced.length === 1 ? 'it' : 'them'}`,
    );
  const source = sourceText(report);
  if (source !== null) output.notice(`amux: ${source}`);
  if (reading !== null) {
    output.notice(`amux: histories are still being read (${readPercent(reading)}%): sums are not complete`);
  }
  if (unread.length > 0) output.notice(`amux: not counted: ${fewOf(unread)}`);
  if (rows.length === 0 && !all) output.notice('amux: nothing was spent · --all counts what amux did not start');
}

const HEADER = ['INPUT', 'OUTPUT', 'CACHE READ', 'CACHE WRITE', 'TOTAL', 'COST'];

/** In what is shown. */
const areOther = (reported: number | null, estimated: number | null): boolean =>
  reported !== null && estimated !== null && costText(reported) !== costText(estimated);

function sumOf(rows: SpendReport['rows'], kind: 'reported' | 'estimated'): number | null {
  const known = rows.flatMap(row => row[kind] ?? []);
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
}

/** Where the costs are from; null: there are none. */
function sourceText({rows, prices}: SpendReport): string | null {
  const reported = rows.some(row => row.reported !== null);
  const guessed = rows.some(row => row.estimated !== null && row.cost !== row.reported);
  if (!reported) return guessed ? `costs are estimated, by prices of ${prices}` : null;
  return `costs are as the agents report them${guessed ? `, else estimated, by prices of ${prices}` : ''}`;
}

function barOf(share: number): string {
  const eighths = Math.round(share * BAR * 8);
  const rest = eighths % 8;
  return '█'.repeat(Math.floor(eighths / 8)) + (rest === 0 ? '' : '▏▎▍▌▋▊▉'[rest - 1]!);
}

/** Unix seconds. Throws `input.invalid`. */
function momentOf(context: Context, flag: 'since' | 'until'): number | undefined {
  const text = textFlag(context, flag);
  if (text === undefined) return undefined;
  if (/^\d{9,11}$/.test(text)) return Number(text);
  const ago = /^\d+(\.\d+)?(s|m|h|d)$/.test(text) ? parseDuration(text) : null;
  if (ago !== null) return Math.floor((Date.now() - ago) / 1000);
  const [, day] = /^(\d{4}-\d{2}-\d{2})(?:T|$)/.exec(text) ?? [];
  // A date alone means its beginning here, not in UTC.
  const at = Date.parse(text === day ? `${text}T00:00` : text);
  if (!Number.isNaN(at) && day !== undefined && isDay(day)) return Math.floor(at / 1000);
  throw new AmuxError('input.invalid', {
    why: `--${flag} ${text.slice(0, 40)} is no moment`,
    next: 'as 2026-11-20, 2026-11-20T14:00, 7d (ago) or unix seconds',
  });
}

/** JavaScript takes the 31st of a shorter month for the first of the next. */
const isDay = (day: string): boolean => new Date(`${day}T00:00Z`).toJSON()?.startsWith(day) === true;
