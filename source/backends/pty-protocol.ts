import {AmuxError, type Facts, isErrorCode} from '../domain/errors.ts';
import type {Row, Screen} from '../domain/screen.ts';
import type {Mark} from '../domain/steering.ts';
import type {BackendEvent, Launch, TerminalInfo} from './backend.ts';

/**
 * The language between the terminal host and everybody else: lines of JSON over a unix socket.
 * `hello` never changes, so that any two versions can find out whether they understand each other:
 * the client says which versions it speaks, the host answers with the one that both will use.
 */
export type Versions = {min: number; max: number};
export const PROTOCOL: Versions = {min: 1, max: 1};

/** Longest line either side accepts, in characters. */
export const LINE_MAX = 16 * 1024 * 1024;

export type Size = {cols: number; rows: number};
export type Reason = {code: string; facts: Facts};

/** Requests and their answers. */
export type Methods = {
  /** From now on events are sent on this connection. */
  subscribe: {params: object; result: null};
  list: {params: object; result: TerminalInfo[]};
  launch: {params: {launch: Launch}; result: number};
  capture: {params: {terminal: string}; result: Screen};
  history: {params: {terminal: string; lines: number}; result: string[]};
  rows: {params: {terminal: string; lines: number}; result: Row[]};
  write: {params: {terminal: string; bytes: string}; result: null};
  paste: {params: {terminal: string; text: string; mark: Mark}; result: null};
  enter: {params: {terminal: string; mark: Mark}; result: null};
  environment: {params: {terminal: string}; result: Record<string, string>};
  resize: {params: {terminal: string; size: Size}; result: null};
  close: {params: {terminal: string}; result: null};
  /** True when the host will leave. */
  end: {params: object; result: boolean};
  /** Turns the connection into a person's terminal: frames come, `input` and `size` go. */
  attach: {params: {terminal: string; size: Size}; result: null};
};
export type Method = keyof Methods;

export type ToHost =
  | {hello: Versions}
  | {id: number; method: string; params: Record<string, unknown>}
  /** Typed bytes, one character per byte. */
  | {input: string}
  | {size: Size};

export type FromHost =
  | {hello: Versions & {version: number; pid: number}}
  | {refused: Versions}
  | {id: number; result: unknown}
  | {id: number; error: Reason}
  | {event: BackendEvent}
  | {frame: string}
  | {ended: true}
  /** The host leaves on purpose. What was asked and not answered was not done. */
  | {bye: true};

/** The highest version that both speak; null: none. */
export function negotiate(mine: Versions, theirs: Versions): number | null {
  const version = Math.min(mine.max, theirs.max);
  return version >= mine.min && version >= theirs.min ? version : null;
}

export const encodeLine = (message: ToHost | FromHost): string => `${JSON.stringify(message)}\n`;

export type LineReader = {
  /** The messages that ended within this chunk. Throws when a line is too long or is not JSON. */
  push(chunk: string): Record<string, unknown>[];
};

export function createLineReader(max = LINE_MAX): LineReader {
  let parts: string[] = [];
  let length = 0;
  return {
    push(chunk) {
      const messages: Record<string, unknown>[] = [];
      let start = 0;
      for (;;) {
        const end = chunk.indexOf('\n', start);
        const piece = chunk.slice(start, end < 0 ? undefined : end);
        length += piece.length;
        if (length > max) throw new AmuxError('backend.failed', {backend: 'pty', why: 'a message was too long'});
        parts.push(piece);
        if (end < 0) return messages;
        messages.push(parseLine(parts.join('')));
        parts = [];
        length = 0;
        start = end + 1;
      }
    },
  };
}

export function toReason(error: AmuxError): Reason {
  return {code: error.code, facts: error.facts};
}

/** The host's error on this side; codes of a newer host become a plain failure. */
export function fromReason({code, facts}: Reason): AmuxError {
  return isErrorCode(code) ? new AmuxError(code, facts) : new AmuxError('backend.failed', {backend: 'pty', why: code});
}

function parseLine(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  if (!isRecord(value)) throw new AmuxError('backend.failed', {backend: 'pty', why: 'a message was not an object'});
  return value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
