import type {State} from '../state.ts';
import {spans, tableGroupings, tableRows} from '../tokens.ts';
import type {Binding} from './binding.ts';

const here = ['tokens'] as const;

const nextGrouping = ({tokens: {by}}: State): string =>
  tableGroupings[(tableGroupings.indexOf(by) + 1) % tableGroupings.length]!;

/** The session of the chosen row, while there is one of that name. */
export function chosenSession({tokens: {read, at}, sessions}: State): string | null {
  if (read === null || read.by !== 'session') return null;
  const key = tableRows(read)[at]?.key;
  return sessions?.find(({name}) => name === key)?.id ?? null;
}

/** What was spent, and budgets. */
export const tokenKeys: readonly Binding[] = [
  {
    id: 'tokens.group',
    keys: ['b', 'tab'],
    where: here,
    label: state => `by ${nextGrouping(state)}`,
    help: 'put together by session, model, agent, tag, day',
    footer: 1,
    run: deeds => deeds.dispatch({type: 'tokens', step: {do: 'group', by: 1}}),
  },
  {
    id: 'tokens.group-back',
    keys: ['B', 'shift+tab'],
    where: here,
    label: 'grouping before',
    help: 'put together by what came before',
    run: deeds => deeds.dispatch({type: 'tokens', step: {do: 'group', by: -1}}),
  },
  {
    id: 'tokens.longer',
    keys: ['l', 'right'],
    where: here,
    label: 'span',
    help: 'look further back: an hour, a day, a week, a month',
    footer: 2,
    footerKey: ({tokens}) => (tokens.span === spans[0].id ? '<tokens.longer>' : '<tokens.shorter> <tokens.longer>'),
    whyNot: ({tokens}) => (tokens.span === spans.at(-1)!.id ? 'no more is shown here: amux tokens does' : null),
    run: deeds => deeds.dispatch({type: 'tokens', step: {do: 'span', by: 1}}),
  },
  {
    id: 'tokens.shorter',
    keys: ['h', 'left'],
    where: here,
    label: 'span',
    help: 'look less far back',
    footer: 2,
    // While both are possible, one hint tells of both.
    footerKey: ({tokens}) => (tokens.span === spans.at(-1)!.id ? '<tokens.shorter>' : null),
    whyNot: ({tokens}) => (tokens.span === spans[0].id ? 'this is the last hour already' : null),
    run: deeds => deeds.dispatch({type: 'tokens', step: {do: 'span', by: -1}}),
  },
  {
    id: 'tokens.show',
    keys: ['enter'],
    where: here,
    label: 'show',
    help: 'to the chosen session on the Fleet screen',
    footer: 3,
    whyNot: state => (chosenSession(state) === null ? 'no session is chosen' : null),
    run: deeds => {
      const session = chosenSession(deeds.state());
      if (session !== null) deeds.goTo(session);
    },
  },
  {
    id: 'tokens.budget',
    keys: ['n'],
    where: here,
    label: 'budget',
    help: 'set, raise or take away a budget of the fleet, a session or a tag',
    footer: 4,
    run: deeds => deeds.openBudget(),
  },
  {
    id: 'tokens.all',
    keys: ['a'],
    where: here,
    label: ({tokens}) => (tokens.all ? 'this fleet' : 'whole machine'),
    help: 'count also what amux did not start, or only this fleet',
    footer: 5,
    run: deeds => deeds.dispatch({type: 'tokens', step: {do: 'all'}}),
  },
];
