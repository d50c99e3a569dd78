import type {ApprovalView} from '../../domain/fleet.ts';
import {requestInHand} from '../requests.ts';
import type {State} from '../state.ts';
import type {Binding} from './binding.ts';

const asks = (state: State): boolean => requestInHand(state) !== null;
const offers =
  (holds: (request: ApprovalView) => boolean) =>
  (state: State): boolean => {
    const request = requestInHand(state);
    return request !== null && holds(request);
  };

/** Null: keys or a door can answer it. */
const unknownDialog = (state: State): string | null => {
  const request = requestInHand(state);
  const known = request === null || request.via !== 'screen' || request.choices.length > 0;
  return known ? null : 'amux does not know this dialog: answer it in its terminal (attach, or <type> to type)';
};

/** A question has no yes: one of its answers is chosen. */
const isQuestion = ({kind}: ApprovalView): boolean => kind === 'question';

/** Answering what sessions ask. */
export const approvalKeys: readonly Binding[] = [
  {
    id: 'allow',
    keys: ['y'],
    where: ['fleet', 'approvals'],
    label: 'allow',
    help: 'allow what is asked',
    footer: 0.1,
    when: offers(request => !isQuestion(request)),
    whyNot: unknownDialog,
    run: deeds => deeds.decide({behaviour: 'allow'}),
  },
  {
    id: 'always',
    keys: ['a'],
    where: ['approvals'],
    label: 'always',
    help: 'allow it from now on, by the rule that it suggests',
    footer: 0.2,
    when: offers(({suggestions, choices}) => suggestions.length > 0 || choices.some(({means}) => means === 'always')),
    run: deeds => deeds.decide({behaviour: 'always'}),
  },
  {
    id: 'deny',
    keys: ['n'],
    where: ['approvals'],
    label: 'deny',
    help: 'deny it, with a message if you like',
    footer: 0.3,
    when: asks,
    whyNot: unknownDialog,
    run: deeds => deeds.openReply('deny'),
  },
  {
    id: 'deny-now',
    keys: ['N'],
    where: ['fleet'],
    label: 'deny',
    help: 'deny what is asked',
    footer: 0.3,
    when: asks,
    whyNot: unknownDialog,
    run: deeds => deeds.decide({behaviour: 'deny'}),
  },
  ...Array.from({length: 9}, (_, i): Binding => {
    const n = i + 1;
    return {
      id: `choose.${n}`,
      keys: [String(n)],
      where: ['approvals'],
      label: state => requestInHand(state)?.choices[i]?.label ?? '',
      help: 'choose the answer with this number',
      when: offers(({choices}) => choices.length >= n),
      run: deeds => deeds.decide({behaviour: 'allow', answer: String(n)}),
    };
  }),
  {
    id: 'answer',
    keys: ['space'],
    where: ['approvals'],
    label: 'answer',
    help: 'answer a question in your own words',
    footer: 0.4,
    when: offers(isQuestion),
    run: deeds => deeds.openReply('answer'),
  },
  {
    id: 'to-session',
    keys: ['enter'],
    where: ['approvals'],
    label: 'session',
    help: 'go to the session that asks',
    footer: 0.5,
    when: asks,
    run: deeds => deeds.showAsking(),
  },
  {
    id: 'scroll-down',
    keys: ['pagedown', 'ctrl+d'],
    where: ['approvals'],
    label: 'scroll',
    help: 'scroll what is asked down',
    when: asks,
    run: deeds => deeds.dispatch({type: 'scroll', by: SCROLL_ROWS}),
  },
  {
    id: 'scroll-up',
    keys: ['pageup', 'ctrl+u'],
    where: ['approvals'],
    label: 'scroll up',
    help: 'scroll what is asked up',
    when: asks,
    run: deeds => deeds.dispatch({type: 'scroll', by: -SCROLL_ROWS}),
  },
];

const SCROLL_ROWS = 8;
