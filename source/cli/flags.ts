import {parseDuration} from '../domain/amounts.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Context} from './command.ts';

/** A flag as people write it: `asCommand` is `--as-command`. */
export function flagWord(name: string, negative = false): string {
  const word = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  return name.length === 1 ? `-${word}` : `--${negative ? 'no-' : ''}${word}`;
}

export function textFlag({flags}: Pick<Context, 'flags'>, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function listFlag({flags}: Pick<Context, 'flags'>, name: string): string[] {
  const value = flags[name];
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
}

export function boolFlag({flags}: Pick<Context, 'flags'>, name: string): boolean {
  return flags[name] === true;
}

/** A count of lines; undefined when it was not given. */
export function countFlag(context: Pick<Context, 'flags'>, name: string): number | undefined {
  const text = textFlag(context, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) {
    throw new AmuxError('input.invalid', {why: `--${name} takes a number, not "${text}"`, next: `e.g. --${name} 50`});
  }
  return Math.min(Number(text), 20_000);
}

/** A span of time, in ms; undefined when it was not given. */
export function durationFlag(context: Pick<Context, 'flags'>, name: string): number | undefined {
  const text = textFlag(context, name);
  if (text === undefined) return undefined;
  const span = parseDuration(text);
  if (span !== null) return span;
  throw new AmuxError('input.invalid', {
    why: `--${name} cannot be "${text.slice(0, 40)}"`,
    next: `e.g. --${name} 2h, 30m`,
  });
}

export function choiceFlag<T extends string>(
  context: Pick<Context, 'flags'>,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = textFlag(context, name);
  if (text === undefined) return undefined;
  const choice = choices.find(each => each === text);
  if (choice !== undefined) return choice;
  throw new AmuxError('input.invalid', {why: `--${name} cannot be "${text}"`, next: `use ${choices.join(', ')}`});
}
