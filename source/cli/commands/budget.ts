import {BUDGET_RANGE, type BudgetInput, type BudgetView, shareText} from '../../domain/budget.ts';
import {AmuxError} from '../../domain/errors.ts';
import {fewOf, tokenText} from '../../domain/spend-text.ts';
import type {Context, Run} from '../command.ts';
import {choiceFlag, textFlag} from '../flags.ts';

export const list: Run = async context => {
  const {output} = context;
  const budgets = await (await context.fleet('read')).budgets();
  if (output.json) {
    output.value(budgets);
    return 0;
  }
  await output.table(['ID', 'LIMIT', 'PER', 'USED', 'PERCENT', 'STATE'], budgets.map(row));
  const unpriced = [...new Set(budgets.flatMap(budget => budget.unpriced))].sort();
  if (unpriced.length > 0)
    output.notice(
      `amux: no price for ${fewOf(unpriced)}: what ${unpriced.length === 1 ? 'it costs' : 'they cost'} is in no budget in USD`,
    );
  return 0;
};

export const set: Run = async context => {
  const input: BudgetInput = {
    session: textFlag(context, 'session'),
    tag: textFlag(context, 'tag'),
    tokens: numberFlag(context, 'tokens'),
    usd: numberFlag(context, 'usd'),
    per: choiceFlag(context, 'per', ['day', 'total'] as const),
  };
  const budget = await (await context.fleet('write')).setBudget(input);
  if (context.output.json) context.output.value(budget);
  else context.output.line(`${budget.id}: ${limitText(budget)}, ${shareText(budget.percent)} used`);
  return 0;
};

export const remove: Run = async context => {
  const [id] = context.args as [string];
  await (await context.fleet('write')).removeBudget(id);
  if (context.output.json) context.output.value({removed: id});
  else context.output.line(`${id} removed`);
  return 0;
};

function row(budget: BudgetView): string[] {
  const {id, per, used, usd, percent, state} = budget;
  const spent = used === null ? 'no price' : usd === null ? tokenText(used) : `$${used.toFixed(2)}`;
  return [id, limitText(budget), per, spent, shareText(percent), state === 'over' ? 'over: queues are held' : state];
}

const limitText = ({tokens, usd}: BudgetView): string =>
  usd === null ? `${tokenText(tokens ?? 0)} tokens` : `$${usd}`;

/** `5M`, `500k`, `12.50`. Throws `input.invalid`. */
function numberFlag(context: Context, name: 'tokens' | 'usd'): number | undefined {
  const text = textFlag(context, name);
  if (text === undefined) return undefined;
  const [, digits, unit = ''] = /^\$?(\d+(?:\.\d+)?)([kMG]?)$/i.exec(text) ?? [];
  const value = Number(digits) * ({k: 1e3, m: 1e6, g: 1e9}[unit.toLowerCase()] ?? 1);
  const shown = `--${name} ${text.slice(0, 40)}`;
  if (digits === undefined || (name === 'tokens' && !Number.isInteger(value)))
    throw new AmuxError('input.invalid', {why: `${shown} is no amount`, next: 'as 5M, 500k or 12.50'});
  const [least, most] = BUDGET_RANGE[name];
  if (value >= least && value <= most) return value;
  throw new AmuxError('input.invalid', {
    why: `${shown} is ${value < least ? 'too little' : 'too much'}`,
    next: `a budget is from ${least} to ${most}${name === 'usd' ? ' USD' : ' tokens'}`,
  });
}
