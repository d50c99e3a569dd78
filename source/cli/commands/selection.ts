import {AmuxError, isErrorCode} from '../../domain/errors.ts';
import type {Outcome, Selection} from '../../domain/fleet.ts';
import type {Context} from '../command.ts';
import {boolFlag, textFlag} from '../flags.ts';

/** Sessions by name, `--tag` or `--all`; `next`: how that is written. */
export function selectionOf(context: Context, {names, next}: {names: string[]; next: string}): Selection {
  const tag = textFlag(context, 'tag');
  const all = boolFlag(context, 'all');
  const given = [names.length > 0, tag !== undefined, all].filter(Boolean).length;
  if (given !== 1) {
    const why = given === 0 ? 'which sessions?' : 'names, --tag and --all exclude each other';
    throw new AmuxError('input.invalid', {why, next});
  }
  if (tag !== undefined) return {tag};
  return all ? {all: true} : {names};
}

/** Who was meant was there, as far as that can be said: a tag that nobody has is a mistake, an empty fleet is none. */
export function checkFound(of: Selection, outcomes: readonly Outcome[]): void {
  if (outcomes.length === 0 && 'tag' in of && of.tag !== undefined) throw new AmuxError('tag.unknown', {tag: of.tag});
}

/** The exit code: that of the first that failed, so that one name ends as it does elsewhere. */
export function exitOf(outcomes: readonly Outcome[]): number {
  const error = outcomes.find(({ok}) => !ok)?.error;
  if (error === undefined || error === null) return 0;
  return isErrorCode(error.code) ? new AmuxError(error.code).exit : 1;
}
