import type {Fleet} from '../domain/fleet.ts';
import {chosenComment, chosenRow, ownComments} from './diff.ts';
import {messageOf} from './diff-message.ts';
import type {SessionDeeds} from './session-deeds.ts';
import {selectedSession} from './state.ts';
import type {Store} from './store.ts';
import {fieldOf} from './text-field.ts';

export type DiffDeeds = {
  /** What the selected session changed, full screen. */
  openDiff: () => void;
  readDiff: () => void;
  closeDiff: () => void;
  /** Writes a comment on the chosen row, or changes the chosen one. */
  openComment: () => void;
  keepComment: () => void;
  dropComment: () => void;
  /** All comments to the session, as one message. */
  sendComments: () => void;
  /** Leaves the cockpit; asks first while there are comments, which end with it. */
  quit: () => void;
};

type Options = {
  fleet: Fleet;
  store: Store;
  say: (message: string, hint?: string) => void;
  fail: (error: unknown) => void;
  isLost: () => boolean;
  send: SessionDeeds['send'];
  quit: () => void;
};

/** What keys do with the changes of a session. */
export function diffDeeds({fleet, store, say, fail, isLost, send, quit}: Options): DiffDeeds {
  const {dispatch, state} = store;
  /** Sessions whose comments are under way, and the newest reading. */
  const sending = new Set<string>();
  let newest = 0;

  const read = async (id: string): Promise<void> => {
    const session = state().sessions?.find(each => each.id === id);
    if (session === undefined || isLost()) return;
    const own = ++newest;
    dispatch({type: 'diff', step: {do: 'reading', session: id}});
    try {
      const diff = await fleet.diff(session.workspace.id, {cwd: session.dir});
      if (own === newest) dispatch({type: 'diff', step: {do: 'read', session: id, diff}});
    } catch (error) {
      if (own !== newest) return;
      dispatch({type: 'diff', step: {do: 'read', session: id, diff: null}});
      fail(error);
    }
  };

  return {
    openDiff() {
      const session = selectedSession(state());
      if (session === null) return;
      dispatch({type: 'diff', step: {do: 'open', session: session.id, name: session.name}});
      dispatch({type: 'place', place: 'diff'});
      void read(session.id);
    },

    readDiff() {
      const {view} = state().diffs;
      if (view !== null) void read(view.session);
    },

    closeDiff() {
      const {view, comments} = state().diffs;
      dispatch({type: 'place', place: 'fleet'});
      const waiting = view === null ? 0 : ownComments(comments, view.session).length;
      if (waiting > 0)
        say(
          `${waiting} comment${waiting === 1 ? ' is' : 's are'} kept, not sent`,
          'they stand in its changes, from where they are sent',
        );
    },

    openComment() {
      const {diffs} = state();
      const row = chosenRow(diffs);
      if (diffs.view === null || row === null) return;
      const known = chosenComment(diffs);
      dispatch({
        type: 'dialog',
        dialog: {
          kind: 'comment',
          id: known?.id ?? null,
          session: diffs.view.session,
          spot: known?.spot ?? row.spot,
          field: fieldOf(known?.text ?? ''),
        },
      });
    },

    keepComment() {
      const {dialog} = state();
      if (dialog.kind !== 'comment') return;
      const {id, session, spot, field} = dialog;
      dispatch({type: 'dialog', dialog: {kind: 'none'}});
      if (id === null && field.text.trim() === '') return;
      dispatch({type: 'diff', step: {do: 'comment', id, session, spot, text: field.text}});
    },

    dropComment() {
      const comment = chosenComment(state().diffs);
      if (comment !== null) dispatch({type: 'diff', step: {do: 'drop', ids: [comment.id]}});
    },

    sendComments() {
      const {diffs} = state();
      const {view} = diffs;
      if (view === null || isLost()) return; // They stay.
      const {session, name, diff} = view;
      const comments = ownComments(diffs.comments, session);
      if (comments.length === 0) return;
      if (sending.has(session)) return say(`${name}: the comments are being sent`);
      sending.add(session);
      const inOrder = comments.toSorted((a, b) => a.id - b.id);
      const sent = send({id: session, name}, {text: messageOf(inOrder, diff?.base ?? 'HEAD')});
      void sent
        .then(({state: became, reason}) => {
          dispatch({type: 'diff', step: {do: 'drop', ids: comments.map(({id}) => id)}});
          say(`${name}: ${comments.length} comment${comments.length === 1 ? '' : 's'} ${became}`, reason);
        })
        .catch(fail)
        .finally(() => sending.delete(session));
    },

    quit() {
      const {diffs, sessions} = state();
      const {comments} = diffs;
      if (comments.length === 0) return quit();
      const owners = (sessions ?? []).filter(({id}) => comments.some(({session}) => session === id));
      const whose = owners.length === 0 ? '' : ` on the changes of ${owners.map(({name}) => name).join(', ')}`;
      const unsent = comments.length === 1 ? '1 comment' : `${comments.length} comments`;
      dispatch({
        type: 'dialog',
        dialog: {
          kind: 'confirm',
          question: `Leave with ${unsent} unsent?`,
          detail: `What you wrote${whose} is in this cockpit alone, and goes with it.`,
          yes: 'leave',
          deed: {do: 'leave'},
        },
      });
    },
  };
}
