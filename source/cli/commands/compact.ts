import {AmuxError} from '../../domain/errors.ts';
import type {Selection} from '../../domain/fleet.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, textFlag} from '../flags.ts';

export const compact: Run = async context => {
  const {args, output} = context;
  const of = selectionOf(context, args);
  const outcomes = await (await context.fleet('write')).compact(of);
  if (output.json) output.value(outcomes);
  else {
    if (outcomes.length === 0) output.notice('amux: no session runs that is meant');
    for (const {name, error} of outcomes) {
      if (error === null) output.line(`${name} is compacted at its next turn boundary`);
      else output.notice(`amux: ${error.message} · ${error.hint}`);
    }
  }
  return outcomes.some(({ok}) => !ok) ? 1 : 0;
};

function selectionOf(context: Context, names: string[]): Selection {
  const tag = textFlag(context, 'tag');
  const all = boolFlag(context, 'all');
  const given = [names.length > 0, tag !== undefined, all].filter(Boolean).length;
  if (given !== 1) {
    const why = given === 0 ? 'which sessions?' : 'names, --tag and --all exclude each other';
    throw new AmuxError('input.invalid', {why, next: 'amux compact NAME…, or --tag T, or --all'});
  }
  if (tag !== undefined) return {tag};
  return all ? {all: true} : {names};
}
