import {printable} from '../domain/screen.ts';
import type {ProgramState} from '../domain/session.ts';

/** A report of OSC 7501 (Program Status Protocol). */
export type ProgramStatus = {
  state: ProgramState | 'clear';
  /** Child record (a subagent); '' for the program itself. Only the root's reports are the session's state. */
  id: string;
  /** What a blocked program waits for: permission, question, auth. */
  kind: string;
  message: string;
  /** Percent, 0–100; null when not reported. */
  progress: number | null;
};

/** What a program writes to learn whether reports are wanted, and what the terminal answers (before DA1). */
export const STATUS_QUERY = '?';
export const STATUS_ANSWER = '\u001b]7501;?\u001b\\';

/** Longest unfinished sequence that the scanner carries to the next chunk, in characters. */
const CARRY_MAX = 4096;
/** Longest message and kind that are kept, in characters. */
const MESSAGE_MAX = 1000;
const FIELD_MAX = 100;

const STATES: ReadonlySet<string> = new Set(['idle', 'working', 'blocked', 'done', 'error', 'clear']);

/** Reads what stands behind `7501;`. Null for queries and for what is not a report. Unknown keys are skipped. */
export function parseProgramStatus(payload: string): ProgramStatus | null {
  const fields = new Map<string, string>();
  for (const pair of payload.split(':')) {
    const cut = pair.indexOf('=');
    if (cut < 1) return null;
    fields.set(pair.slice(0, cut), pair.slice(cut + 1));
  }
  const state = fields.get('state');
  if (state === undefined || !isState(state)) return null;
  const progress = fields.get('progress');
  return {
    state,
    id: short(fields.get('id')),
    kind: short(fields.get('kind')),
    message: decode(fields.get('msg') ?? ''),
    progress: progress !== undefined && /^\d{1,3}$/.test(progress) ? Math.min(100, Number(progress)) : null,
  };
}

export type StatusScanner = {
  /** Reports that ended within this chunk, in order. A sequence may be split over chunks anywhere. */
  push(chunk: string): ProgramStatus[];
};

/** Finds reports in raw output without parsing the rest of it. */
export function createStatusScanner(): StatusScanner {
  const start = '\u001b]7501;';
  let carry = '';
  return {
    push(chunk) {
      if (carry === '' && !chunk.includes('\u001b')) return [];
      const text = carry + chunk;
      const found: ProgramStatus[] = [];
      let at = 0;
      carry = '';
      for (;;) {
        const open = text.indexOf(start, at);
        if (open < 0) {
          carry = possibleStart(text.slice(at), start);
          return found;
        }
        const body = open + start.length;
        const end = endOf(text, body);
        if (end === null) {
          // Longer than any report: the terminator was lost. Skipped, so that it cannot swallow the next one.
          if (text.length - open <= CARRY_MAX) carry = text.slice(open);
          return found;
        }
        if (end.complete) {
          const status = parseProgramStatus(text.slice(body, end.at));
          if (status !== null) found.push(status);
        }
        at = end.at;
      }
    },
  };
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

/** The longest end of the text that may become the start of a sequence. */
function possibleStart(text: string, start: string): string {
  for (let length = Math.min(start.length - 1, text.length); length > 0; length--) {
    if (start.startsWith(text.slice(-length))) return text.slice(-length);
  }
  return '';
}

function isState(text: string): text is ProgramStatus['state'] {
  return STATES.has(text);
}

function short(text: string | undefined): string {
  return printable(text ?? '').slice(0, FIELD_MAX);
}

/** Base64 of UTF-8. What cannot be read costs the message, not the state. */
function decode(base64: string): string {
  if (!/^[\w+/-]*={0,2}$/.test(base64)) return '';
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(Buffer.from(base64, 'base64'));
    return printable(text.replace(/\s+/g, ' ')).trim().slice(0, MESSAGE_MAX);
  } catch {
    return '';
  }
}
