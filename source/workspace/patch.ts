import {isUtf8} from 'node:buffer';
import type {DiffChange, DiffKind, FileDiff, Hunk} from '../domain/diff.ts';

/** What git prints for `diff --raw -z --numstat [-p]`, as values. Pure: no git is run here. */

const SUBMODULE = '160000';
const LINK = '120000';

/** `blob`: what it was, where that is a file. */
export type ParsedFile = FileDiff & {blob: string | null};

/** `whole`: false when git's output was cut off. */
export function parseDiff(bytes: Buffer, {whole, patch: wanted}: {whole: boolean; patch: boolean}): ParsedFile[] {
  const {records, counts, patch} = splitParts(bytes.toString('latin1'));
  const sections = sectionsOf(patch, whole);
  const files: ParsedFile[] = [];
  for (const [i, record] of records.entries()) {
    const count = counts[i] ?? {added: null, removed: null, binary: false};
    // A file that became a link, or the other way round, is one that went and one that came.
    for (const part of record.status === 'T' ? [removal(record), addition(record)] : [record]) {
      const file = fileOf(part, count);
      const section = sections[0];
      if (section !== undefined) {
        files.push({...file, ...contentOf(section)});
        sections.shift();
      } else files.push(whole || !wanted ? file : {...file, cut: 'all of it'});
    }
  }
  const last = whole ? undefined : files.findLast(({header}) => header.length > 0);
  if (last !== undefined) last.cut = 'the rest of it';
  return files;
}

type RawRecord = {
  from: string | null;
  to: string | null;
  blob: string | null;
  status: string;
  path: string;
  before: string | null;
};
type Count = {added: number | null; removed: number | null; binary: boolean};

/** Records first, then as many counts, then an empty field and the patch. */
function splitParts(text: string): {records: RawRecord[]; counts: Count[]; patch: string} {
  const records: RawRecord[] = [];
  const counts: Count[] = [];
  let at = 0;
  const field = (): string => {
    const end = text.indexOf('\0', at);
    const found = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    return found;
  };
  while (text[at] === ':') {
    const [from = '', to = '', blob = '', , status = ''] = field().slice(1).split(' ');
    const first = decoded(field()).text;
    const second = status[0] === 'R' ? decoded(field()).text : null;
    records.push({
      from: modeOf(from),
      to: modeOf(to),
      blob: /^0*$/.test(blob) ? null : blob,
      status: status[0] ?? 'M',
      path: second ?? first,
      before: second === null ? null : first,
    });
  }
  while (at < text.length && text[at] !== '\0') {
    const match = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/.exec(field());
    if (match === null) break;
    const [, added = '', removed = '', path = ''] = match;
    if (path === '') {
      field(); // Both paths of a renamed file.
      field();
    }
    counts.push({added: numberOf(added), removed: numberOf(removed), binary: added === '-'});
  }
  return {records, counts, patch: text.slice(at + 1)};
}

const numberOf = (text: string): number | null => (text === '-' ? null : Number(text));
const modeOf = (text: string): string | null => (/^0*$/.test(text) ? null : text);

const removal = (record: RawRecord): RawRecord => ({...record, to: null, status: 'D'});
const addition = (record: RawRecord): RawRecord => ({...record, from: null, blob: null, status: 'A'});

const CHANGES: {[status: string]: DiffChange} = {A: 'added', D: 'removed', R: 'renamed'};

function fileOf({from, to, blob, status, path, before}: RawRecord, {added, removed, binary}: Count): ParsedFile {
  const mode = to ?? from;
  const kind: DiffKind = mode === SUBMODULE ? 'submodule' : mode === LINK ? 'link' : binary ? 'binary' : 'text';
  return {
    path,
    before,
    change: CHANGES[status] ?? 'changed',
    kind,
    modes: {from, to},
    added: status === 'D' && !binary ? 0 : added,
    removed: status === 'A' && !binary ? 0 : removed,
    bytes: null,
    header: [],
    hunks: [],
    encoding: 'utf8',
    cut: null,
    blob: kind === 'submodule' ? null : blob,
  };
}

/** Lines of files begin with a blank, `+`, `-` or `\`: nothing in them looks like the head of a section. */
function sectionsOf(patch: string, whole: boolean): string[] {
  const starts = [...patch.matchAll(/^diff --git /gm)].map(({index}) => index);
  const end = whole ? patch.length : patch.lastIndexOf('\n', patch.length - 2) + 1;
  return starts.filter(start => start < end).map((start, i) => patch.slice(start, Math.min(starts[i + 1] ?? end, end)));
}

function contentOf(bytes: string): Pick<FileDiff, 'header' | 'hunks' | 'encoding'> {
  const {text, encoding} = decoded(bytes);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const start = lines.findIndex(line => line.startsWith('@@ '));
  const hunks: Hunk[] = [];
  for (const line of start < 0 ? [] : lines.slice(start)) {
    const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?([\s\S]*)$/.exec(line);
    if (match === null) hunks.at(-1)?.lines.push(line);
    else
      hunks.push({
        heading: match[5] ?? '',
        from: rangeOf(match[1], match[2]),
        to: rangeOf(match[3], match[4]),
        lines: [],
      });
  }
  return {header: start < 0 ? lines : lines.slice(0, start), hunks, encoding};
}

const rangeOf = (start = '0', lines = '1'): [number, number] => [Number(start), Number(lines)];

function decoded(bytes: string): {text: string; encoding: FileDiff['encoding']} {
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? {text: buffer.toString('utf8'), encoding: 'utf8'} : {text: bytes, encoding: 'latin1'};
}
