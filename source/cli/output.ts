import type {AmuxError} from '../domain/errors.ts';
import {printable} from '../domain/screen.ts';
import {fitColumns, GAP, type GivesWay} from './fit-columns.ts';

export type Output = {
  /** `--json` was asked for. */
  json: boolean;
  /** stdout is a terminal: tables may be cut to its width. */
  terminal: boolean;
  /** Of that terminal, in rows; null: not known. */
  rows: number | null;
  colour: boolean;
  line: (text?: string) => void;
  /** Text or bytes as they are, without a line end. */
  raw: (text: string | Uint8Array) => void;
  /** On stderr: what is no result. */
  notice: (text: string) => void;
  /** On stderr, where that is a terminal: written over by what comes next. */
  progress: (text: string) => void;
  value: (value: unknown) => void;
  /** Columns with a header; on a terminal some give way, and lines are cut at its edge, piped nothing is. */
  table: (header: string[], rows: string[][], givesWay?: readonly GivesWay[]) => Promise<void>;
  error: (error: AmuxError) => void;
};

type Options = {stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream; json: boolean; colour: boolean};

export function createOutput({stdout, stderr, json, colour}: Options): Output {
  const line = (text = '') => void stdout.write(`${text}\n`);
  const terminal = stdout.isTTY === true;
  return {
    json,
    terminal,
    get rows() {
      return stdout.rows ?? null;
    },
    colour: colour && terminal,
    line,
    raw: text => void stdout.write(text),
    notice: text => void stderr.write(`${text}\n`),
    progress: text => void (stderr.isTTY === true && stderr.write(`\r\x1b[K${text}\r`)),
    value: value => line(JSON.stringify(value, null, 2)),
    async table(header, rows, givesWay = []) {
      const clean = [header, ...rows.map(row => row.map(printable))];
      const width = await measureFor(clean.flat());
      const full = header.map((_, i) => Math.max(...clean.map(row => width(row[i] ?? ''))));
      const columns = terminal ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
      const widths = fitColumns(header, {widths: full, columns, givesWay});
      for (const row of clean) {
        const cells = row.map((cell, i) => padTo(cell, {columns: widths[i]!, width}));
        const text = cells.filter((_, i) => widths[i]! > 0 || full[i] === 0).join(GAP);
        line(cutTo(text.trimEnd(), {columns, width}));
      }
    },
    error(error) {
      const {code, message, hint} = error;
      if (json) stderr.write(`${JSON.stringify({error: {code, message, hint}})}\n`);
      else stderr.write(`amux: ${message}${hint === '' ? '' : ` · ${hint}`}\n`);
    },
  };
}

type Width = (text: string) => number;

/** What counts columns. Only texts beyond ASCII load the library: its tables cost 17 ms of each short command. */
async function measureFor(cells: string[]): Promise<Width> {
  if (cells.every(cell => /^[ -~]*$/.test(cell))) return text => text.length;
  return (await import('string-width')).default;
}

function padTo(text: string, {columns, width}: {columns: number; width: Width}): string {
  const cut = cutTo(text, {columns, width});
  return cut + ' '.repeat(Math.max(0, columns - width(cut)));
}

function cutTo(text: string, {columns, width}: {columns: number; width: Width}): string {
  if (width(text) <= columns) return text;
  let cut = '';
  for (const character of text) {
    if (width(cut + character) > columns - 1) break; // The ellipsis takes one.
    cut += character;
  }
  return `${cut}…`;
}

/** Seconds as `40s`, `5m30s`, `2h10m`, `3d4h`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m${s % 60}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h${Math.floor((s % 3600) / 60)}m`;
  return `${Math.floor(s / 86_400)}d${Math.floor((s % 86_400) / 3600)}h`;
}

/** `12:03:04` of today, else `05-04 12:03:04`, where it is read. Both in ms since the epoch. */
export function momentText(at: number, now: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
