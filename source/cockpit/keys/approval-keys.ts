import type {ApprovalView} from '../../domain/fleet.ts';
import type {Deeds} from '../deeds.ts';
import {requestInHand} from '../requests.ts';
import type {State} from '../state.ts';
import type {Binding} from './binding.ts';

/** Answers that have a key: 1 to 9. */
const NUMBER_KEYS = 9;

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

/** Null: words can be an answer. Where only keys reach a dialog, they choose one of its lines. */
const takesNoWords = (state: State): string | null => {
  const request = requestInHand(state);
  const byNumber = request !== null && request.via === 'screen' && request.choices.length <= NUMBER_KEYS;
  return unknownDialog(state) ?? (byNumber ? 'its dialog takes no text: choose an answer by its number' : null);
};

/** A question has no yes: one of its answers is chosen. */
const isQuestion = ({kind}: ApprovalView): boolean => kind === 'question';

/** Answering what sessions ask. */
export const approvalKeys: readonly Binding[] = [
  {
    id: 'allow',
    answers: true,
    keys: ['y'],
    where: ['fleet', 'approvals', 'answer'],
    label: 'allow',
    help: 'allow what is asked',
    footer: 0.1,
    when: offers(request => !isQuestion(request)),
    whyNot: unknownDialog,
    run: deeds => deeds.decide({behaviour: 'allow'}),
  },
  {
    id: 'always',
    answers: true,
    keys: ['a'],
    where: ['approvals', 'answer'],
    label: 'always',
    help: 'allow it from now on, by the rule that it suggests',
    footer: 0.2,
    when: offers(({suggestions, choices}) => suggestions.length > 0 || choices.some(({means}) => means === 'always')),
    run: deeds => deeds.decide({behaviour: 'always'}),
  },
  {
    id: 'deny',
    answers: true,
    keys: ['n'],
    where: ['approvals', 'answer'],
    label: 'deny',
    help: 'deny it, with a message if you like',
    footer: 0.3,
    when: asks,
    whyNot: unknownDialog,
    run: deeds => deeds.openReply('deny'),
  },
  {
    id: 'deny-now',
    answers: true,
    keys: ['N'],
    where: ['fleet'],
    label: 'deny',
    help: 'deny what is asked',
    footer: 0.3,
    when: asks,
    whyNot: unknownDialog,
    run: deeds => deeds.decide({behaviour: 'deny'}),
  },
  ...Array.from({length: NUMBER_KEYS}, (_, i): Binding => {
    const n = i + 1;
    return {
      id: `choose.${n}`,
      answers: true,
      keys: [String(n)],
      where: ['approvals', 'answer'],
      label: state => requestInHand(state)?.choices[i]?.label ?? '',
      help: 'choose the answer with this number',
      when: offers(({choices}) => choices.length >= n),
      run: deeds => deeds.decide({behaviour: 'allow', answer: String(n)}),
    };
  }),
  {
    id: 'answer',
    keys: ['space'],
    where: ['approvals', 'answer'],
    label: 'answer',
    help: 'answer a question in your own words',
    footer: 0.4,
    when: offers(isQuestion),
    whyNot: takesNoWords,
    run: deeds => deeds.openReply('answer'),
  },
  {
    id: 'to-session',
    keys: ['enter'],
    where: ['approvals', 'answer'],
    label: 'session',
    help: 'go to the session that asks',
    footer: 0.5,
    when: asks,
    run: deeds => deeds.showAsking(),
  },
  {
    id: 'scroll-down',
    keys: ['pagedown', 'ctrl+d'],
    where: ['approvals', 'answer'],
    label: 'scroll',
    help: 'scroll what is asked down',
    when: asks,
    run: deeds => deeds.scrollRequest(SCROLL_ROWS),
  },
  {
    id: 'scroll-up',
    keys: ['pageup', 'ctrl+u'],
    where: ['approvals', 'answer'],
    label: 'scroll up',
    help: 'scroll what is asked up',
    when: asks,
    run: deeds => deeds.scrollRequest(-SCROLL_ROWS),
  },
  {
    id: 'answer-any',
    keys: ['A'],
    where: ['fleet', 'board', 'tokens', 'events', 'diff', 'scrollback'],
    label: state => `answer ${state.requests.open.length}`,
    help: 'answer what waits for somebody, the newest first',
    footer: 1.5,
    when: ({requests}) => requests.open.length > 0,
    run: ({dispatch}) => {
      dispatch({type: 'dialog', dialog: {kind: 'answer'}});
      dispatch({type: 'edge', to: 'last'});
    },
  },
  {
    id: 'answer.next',
    keys: ['tab', 'j', 'down'],
    where: ['answer'],
    label: 'next',
    help: 'the one that waits for longer',
    footer: 1.5,
    whyNot: ({requests}) => (requests.open.length > 1 ? null : 'it is the only one'),
    run: deeds => step(deeds, -1),
  },
  {
    id: 'answer.previous',
    keys: ['shift+tab', 'k', 'up'],
    where: ['answer'],
    label: 'previous',
    help: 'the one that came after it',
    run: deeds => step(deeds, 1),
  },
  {
    id: 'answer.close',
    keys: ['esc', 'A', 'q', 'ctrl+c'],
    where: ['answer'],
    label: 'close',
    help: 'close it; what waits goes on waiting',
    footer: 9,
    run: deeds => deeds.dispatch({type: 'dialog', dialog: {kind: 'none'}}),
  },
];

const SCROLL_ROWS = 8;

/** Round, so that all are seen by one key. */
function step({state, dispatch}: Deeds, by: 1 | -1): void {
  const {open, chosen} = state().requests;
  const at = open.findIndex(({id}) => id === chosen) + by;
  if (at < 0 || at >= open.length) dispatch({type: 'edge', to: by < 0 ? 'last' : 'first'});
  else dispatch({type: 'move', by});
}
