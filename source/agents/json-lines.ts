import type {ContextSaid, Usage, UsageReader} from '../domain/ledger.ts';

type Line<Carry> = {usages?: Usage[]; context?: ContextSaid | null; carry: Carry};

type Options<Carry> = {
  /** A line without any of these says nothing of tokens, and is not parsed. As a key or string stands in JSON, quotes included. */
  words: readonly string[];
  begin: (name: string) => Carry;
  /** Throws what is damaged. */
  line: (line: unknown, carry: Carry) => Line<Carry>;
};

const NEWLINE = 10;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const RETURN = 0x0d;

/** A reader of histories of which few lines count. */
export function jsonLines<Carry>({words, begin, line}: Options<Carry>): UsageReader<Carry> {
  const needles = words.map(word => Buffer.from(word));
  return {
    begin,
    read(chunk, before) {
      const usages: Usage[] = [];
      const contexts: ContextSaid[] = [];
      let carry = before;
      let skipped = 0;
      let from = 0;
      const next = needles.map(needle => chunk.indexOf(needle));
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
        if (isDamaged(chunk, {from, end})) skipped++;
        else if (hasWord(chunk, {needles, next, from, end})) {
          try {
            const found = line(JSON.parse(chunk.toString('utf8', from, end)), carry);
            usages.push(...(found.usages ?? []));
            if (found.context != null) contexts.push(found.context);
            carry = found.carry;
          } catch {
            skipped++;
          }
        }
        from = end + 1;
      }
      return {usages, contexts, carry, used: from, skipped};
    },
  };
}

type Range = {from: number; end: number};

/** An empty line is none. */
function isDamaged(chunk: Buffer, {from, end}: Range): boolean {
  const last = chunk[end - 1] === RETURN ? end - 1 : end;
  return last > from && (chunk[from] !== OPEN || chunk[last - 1] !== CLOSE);
}

function hasWord(
  chunk: Buffer,
  {needles, next, from, end}: Range & {needles: readonly Buffer[]; next: number[]},
): boolean {
  let found = false;
  for (const [i, needle] of needles.entries()) {
    let at = next[i]!;
    if (at !== -1 && at < from) at = next[i] = chunk.indexOf(needle, from);
    found ||= at !== -1 && at < end;
  }
  return found;
}
