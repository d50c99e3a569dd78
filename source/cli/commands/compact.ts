import type {Run} from '../command.ts';
import {checkFound, exitOf, selectionOf} from './selection.ts';

export const compact: Run = async context => {
  const {args, output} = context;
  const of = selectionOf(context, {names: args, next: 'amux compact NAME…, or --tag T, or --all'});
  const outcomes = await (await context.fleet('write')).compact(of);
  checkFound(of, outcomes);
  if (output.json) output.value(outcomes);
  else {
    if (outcomes.length === 0) output.notice('amux: no session runs that is meant');
    for (const {name, error} of outcomes) {
      if (error === null) output.line(`${name} is compacted at its next turn boundary`);
      else output.notice(`amux: ${error.message} · ${error.hint}`);
    }
  }
  return exitOf(outcomes);
};
