import type {ProgramState} from '../domain/evidence.ts';
import {printable} from '../domain/screen.ts';

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
