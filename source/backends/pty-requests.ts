import {AmuxError} from '../domain/errors.ts';
import type {Mark} from '../domain/steering.ts';
import type {Launch} from './backend.ts';
import {isRecord, type Size} from './pty-protocol.ts';

/** What came with a request, checked where it is used. */
export type Params = Record<string, unknown>;

export function textOf(params: Params, key: string): string {
  const value = params[key];
  if (typeof value !== 'string') throw wrong(key, 'a text');
  return value;
}

export function numberOf(params: Params, key: string): number {
  const value = params[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(key, 'a number');
  return value;
}

export function sizeOf(value: unknown): Size {
  if (!isRecord(value)) throw wrong('size', 'a size');
  return {cols: numberOf(value, 'cols'), rows: numberOf(value, 'rows')};
}

export function markOf(params: Params): Mark {
  const {mark} = params;
  if (!isRecord(mark)) throw wrong('mark', 'a mark');
  const step = textOf(mark, 'step');
  if (step !== 'pasted' && step !== 'entered') throw wrong('step', '"pasted" or "entered"');
  return {message: textOf(mark, 'message'), step};
}

export function launchOf(value: unknown): Launch {
  if (!isRecord(value)) throw wrong('launch', 'a launch');
  const {argv, env} = value;
  if (!Array.isArray(argv) || !argv.every(word => typeof word === 'string')) throw wrong('argv', 'a list of texts');
  if (!isRecord(env) || !Object.values(env).every(word => typeof word === 'string')) throw wrong('env', 'variables');
  return {
    terminal: textOf(value, 'terminal'),
    run: textOf(value, 'run'),
    name: textOf(value, 'name'),
    cwd: textOf(value, 'cwd'),
    argv,
    env: env as Record<string, string>,
    ...sizeOf(value),
    // The host answers whoever asks.
    asksForStatus: value['asksForStatus'] === true,
  };
}

const wrong = (key: string, expected: string): AmuxError =>
  new AmuxError('input.invalid', {why: `"${key}" must be ${expected}`, next: 'this is how the terminal host is asked'});
