import {printable} from '../domain/screen.ts';
import {type ProgramStatus, parseProgramStatus} from './program-status.ts';

/** Longest unfinished sequence that the scanner carries to the next chunk, in characters. */
const CARRY_MAX = 4096;
const TITLE_MAX = 200;
/** OSC 0 and 2 set the title, 7501 is the Program Status Protocol. */
const WANTED = /\u001b\](0|2|7501);/g;
/** An end of a chunk that may become the start of one. */
const BEGUN = /\u001b(?:\](?:[02]|7(?:5(?:0(?:1)?)?)?)?)?$/;

export type Heard = {
  /** Reports that ended within this chunk, in order. */
  reports: ProgramStatus[];
  /** The last title that it set; null: none. */
  title: string | null;
};

/** Finds status reports and titles in raw output without parsing the rest of it. A sequence may be split anywhere. */
export function createOscScanner(): (chunk: string) => Heard {
  let carry = '';
  return chunk => {
    const heard: Heard = {reports: [], title: null};
    if (carry === '' && !chunk.includes('\u001b')) return heard;
    const text = carry + chunk;
    carry = '';
    let at = 0;
    for (;;) {
      WANTED.lastIndex = at;
      const open = WANTED.exec(text);
      if (open === null) {
        carry = BEGUN.exec(text.slice(at))?.[0] ?? '';
        return heard;
      }
      const body = open.index + open[0].length;
      const end = endOf(text, body);
      if (end === null) {
        // Longer than any report: the terminator was lost. Skipped, so that it cannot swallow the next one.
        if (text.length - open.index <= CARRY_MAX) carry = text.slice(open.index);
        return heard;
      }
      if (end.complete) take(heard, open[1]!, text.slice(body, end.at));
      at = end.at;
    }
  };
}

function take(heard: Heard, id: string, payload: string): void {
  if (id !== '7501') {
    heard.title = printable(payload).slice(0, TITLE_MAX);
    return;
  }
  const status = parseProgramStatus(payload);
  if (status !== null) heard.reports.push(status);
}

/**
 * Where the payload ends: BEL, ST (`ESC \` or C1), or a control character that aborts it (another ESC
 * sequence, CAN, SUB, a line end). Null while it is open.
 */
function endOf(text: string, from: number): {at: number; complete: boolean} | null {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x07 || code === 0x9c) return {at: i, complete: true};
    if (code === 0x1b) {
      if (i + 1 === text.length) return null;
      return {at: i, complete: text[i + 1] === '\\'};
    }
    if (code < 0x20) return {at: i, complete: false};
  }
  return null;
}
