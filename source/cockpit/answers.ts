import type {Decision} from '../domain/approvals.ts';
import type {ApprovalView, Fleet} from '../domain/fleet.ts';
import {answerKeys, type Keymap} from './keymap.ts';
import {answerArea, approvalAreas} from './layout.ts';
import {currentLayout} from './listing.ts';
import {requestEnd} from './panes/request.ts';
import {requestInHand} from './requests.ts';
import type {Store} from './store.ts';
import {fieldOf} from './text-field.ts';

/** A request that came up less than this after an answer is not answered by the same stroke, in ms. */
const LOOK_FIRST_MS = 600;

export type Answers = {
  /** Answers the request at hand. */
  decide: (decision: Decision) => void;
  /** Asks for the text that goes with the answer. */
  openReply: (says: 'deny' | 'answer') => void;
  sendReply: () => void;
  /** Moves the text of the request at hand, as far as there is more of it. */
  scrollRequest: (by: number) => void;
  /** The Fleet screen, on the session that asks. */
  showAsking: () => void;
};

type Options = {
  fleet: Fleet;
  store: Store;
  clock: () => number;
  say: (message: string, hint?: string) => void;
  attempt: (work: () => Promise<unknown>) => void;
  isLost: () => boolean;
  goTo: (session: string) => void;
  keymap: Keymap;
  /** A text that did not reach its request: the prompt bar has it among those that were sent. */
  keepText: (text: string) => void;
};

/** What keys do with requests. */
export function answers({fleet, store, clock, say, attempt, isLost, goTo, keymap, keepText}: Options): Answers {
  const {dispatch, state} = store;
  let last: {id: string; at: number} | null = null;
  const underWay = new Set<string>();
  /** By request: what was written for it and is not known to have been taken. */
  const written = new Map<string, string>();
  const keep = (id: string, text: string): void => {
    const {open} = state().requests;
    for (const each of written.keys()) if (!open.some(request => request.id === each)) written.delete(each);
    written.set(id, text);
  };

  const answer = ({id, session, title}: ApprovalView, decision: Decision): void => {
    if (isLost()) return;
    if (underWay.has(id)) {
      say(`${session}: ${title}: being answered`);
      return;
    }
    if (last !== null && last.id !== id && clock() - last.at < LOOK_FIRST_MS) {
      say('this one has just come up: look at it first', 'then press again');
      return;
    }
    last = {id, at: clock()};
    underWay.add(id);
    attempt(async () => {
      try {
        const {outcome} = await fleet.decide(id, decision);
        written.delete(id);
        say(`${session}: ${title}: ${outcome}`);
      } catch (error) {
        keepText(written.get(id) ?? '');
        throw error;
      } finally {
        underWay.delete(id);
        last = {id, at: clock()};
      }
    });
  };

  return {
    decide(decision) {
      const request = requestInHand(state());
      if (request !== null) answer(request, decision);
    },

    openReply(says) {
      const request = requestInHand(state());
      if (request === null) return;
      const {id, session} = request;
      const then = state().dialog.kind === 'answer' ? 'answer' : 'none';
      dispatch({
        type: 'dialog',
        dialog: {kind: 'reply', says, request: id, session, field: fieldOf(written.get(id)), then},
      });
    },

    sendReply() {
      const {dialog, requests} = state();
      if (dialog.kind !== 'reply' || isLost()) return; // The text stays.
      const more = dialog.then === 'answer' && requests.open.some(({id}) => id !== dialog.request);
      dispatch({type: 'dialog', dialog: {kind: more ? 'answer' : 'none'}});
      const request = requests.open.find(({id}) => id === dialog.request);
      const text = dialog.field.text.trim();
      if (request === undefined) {
        keepText(dialog.field.text);
        say(
          `${dialog.session} does not ask that any more`,
          text === '' ? '' : 'your text is in the prompt bar, among what was sent',
        );
        return;
      }
      keep(request.id, dialog.field.text);
      if (dialog.says === 'answer') {
        if (text !== '') answer(request, {behaviour: 'allow', answer: text});
      } else answer(request, text === '' ? {behaviour: 'deny'} : {behaviour: 'deny', message: text});
    },

    scrollRequest(by) {
      const request = requestInHand(state());
      if (request === null) return;
      const {dialog, requests} = state();
      const {body} = currentLayout(state());
      const size = dialog.kind === 'answer' ? answerArea(body) : approvalAreas(body, requests.open.length).detail;
      dispatch({
        type: 'scroll',
        top: Math.max(0, Math.min(requestEnd({size, request, keys: answerKeys(keymap)}), requests.top + by)),
      });
    },

    showAsking() {
      const request = requestInHand(state());
      if (request === null) return;
      if (state().dialog.kind === 'answer') dispatch({type: 'dialog', dialog: {kind: 'none'}});
      goTo(request.session_id);
    },
  };
}
