import {type BudgetInput, type BudgetView, budgetId} from '../domain/budget.ts';
import {entryOf, type Faults, type Form, formOf, type Option} from './form.ts';
import type {State} from './state.ts';
import {fieldOf} from './text-field.ts';
import {tableRows} from './tokens.ts';

/** The dialog that sets, raises or takes away a budget; about the chosen row of the table where it can be. */
export function budgetForm({tokens, sessions}: Pick<State, 'tokens' | 'sessions'>): Form {
  const names = (sessions ?? []).map(({name}) => name);
  const tags = [...new Set((sessions ?? []).flatMap(each => each.tags))];
  const options: Option[] = [
    {value: 'fleet', text: 'the fleet', about: ''},
    ...names.map(name => ({value: `session ${name}`, text: name, about: 'session'})),
    ...tags.map(name => ({value: `tag ${name}`, text: name, about: 'tag'})),
  ];
  const row = tokens.read === null ? undefined : tableRows(tokens.read)[tokens.at];
  const meant = `${tokens.by} ${row?.key}`;
  const at = Math.max(
    0,
    options.findIndex(({value}) => value === meant),
  );
  const known = tokens.read?.budgets.find(budget => targetText(budget) === options[at]!.value);
  return formOf('Budget', [
    {id: 'of', title: 'of', about: 'left and right choose another one', kind: 'choice', options, at, none: ''},
    {
      id: 'amount',
      title: 'amount',
      about: '$10, or 5M for tokens; 0 takes it away',
      kind: 'text',
      field: fieldOf(known === undefined ? '' : amountText(known)),
      placeholder: '$10 or 5M',
    },
    {
      id: 'per',
      title: 'for',
      about: 'left and right choose',
      kind: 'choice',
      options: [
        {value: 'day', text: 'each day', about: ''},
        {value: 'total', text: 'all time', about: ''},
      ],
      at: known?.per === 'total' ? 1 : 0,
      none: '',
    },
  ]);
}

export function budgetFaults(form: Form): Faults {
  const text = entryOf(form, 'amount').trim();
  if (text === '') return {amount: 'an amount is needed'};
  return amountOf(text) === null ? {amount: 'write $10 for money, 500k or 5M for tokens'} : {};
}

/** What the form asks for; null: that the budget is taken away. */
export function budgetInput(form: Form): {input: BudgetInput | null; id: string} {
  const [of = '', ...words] = entryOf(form, 'of').split(' ');
  const name = words.join(' ');
  const per = entryOf(form, 'per') === 'total' ? 'total' : 'day';
  const amount = amountOf(entryOf(form, 'amount').trim());
  const id = budgetId(of === 'session' || of === 'tag' ? {of, name} : {of: 'fleet', name: null}, per);
  if (amount === null || amount === 'none') return {input: null, id};
  return {input: {...(of === 'fleet' ? {} : {[of]: name}), ...amount, per}, id};
}

/** `$12.50`, `5M`, `500k`; a number alone may mean either, but for 0. */
function amountOf(text: string): {usd: number} | {tokens: number} | 'none' | null {
  if (/^\$?0+$/.test(text)) return 'none';
  const [, dollar, digits, unit = ''] = /^(\$?)(\d+(?:\.\d+)?)([kMG]?)$/i.exec(text) ?? [];
  if (digits === undefined || (dollar === '') === (unit === '')) return null;
  const value = Number(digits) * ({k: 1e3, m: 1e6, g: 1e9}[unit.toLowerCase()] ?? 1);
  if (!(value > 0)) return null;
  return dollar === '' ? {tokens: Math.round(value)} : {usd: value};
}

const amountText = ({usd, tokens}: BudgetView): string => (usd === null ? exact(tokens ?? 0) : `$${usd}`);

const exact = (tokens: number): string => (tokens % 1e6 === 0 ? `${tokens / 1e6}M` : `${tokens / 1e3}k`);

const targetText = ({of, name}: BudgetView): string => (of === 'fleet' ? 'fleet' : `${of} ${name}`);
