import type {CardPatch, CardView} from '../domain/board.ts';
import {cardText, parseCardText} from '../domain/card-text.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Fleet, SessionView} from '../domain/fleet.ts';
import {type BoardAction, chosenCard, columnBeside, endOfLane, heldCards, positionBeyond} from './board.ts';
import {givenBy} from './board-filter.ts';
import {LINE_GONE, lineBeside} from './dialogs.ts';
import {allInOrder} from './listing.ts';
import type {CockpitOptions, Edited} from './options.ts';
import {cardDetailsEnd} from './panes/card-details.ts';
import {currentLayout, type State, shownAt} from './state.ts';
import type {Store} from './store.ts';
import {fieldOf} from './text-field.ts';

export type BoardDeeds = {
  onBoard: (step: BoardAction) => void;
  /** The chosen card, or all that are marked, by columns. */
  moveCards: (by: 1 | -1) => void;
  reorderCard: (by: 1 | -1) => void;
  openNewCard: () => void;
  editCard: () => void;
  /** Makes the card whose title was written, or gives one its new title. */
  keepTitle: () => void;
  openClaim: () => void;
  claimForChosen: () => void;
  showCard: () => void;
  undoCard: () => void;
  /** The Fleet screen, on the session of the chosen card. */
  showHolder: () => void;
  /** The Board screen, on the card of the selected session. */
  showHeldCard: () => void;
  scrollDialog: (by: number) => void;
};

type Options = {
  fleet: Fleet;
  store: Store;
  edit: CockpitOptions['edit'];
  lend: (use: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  say: (message: string, hint?: string) => void;
  fail: (error: unknown) => void;
  isLost: () => boolean;
  goTo: (session: string) => void;
};

/** What keys do with cards. Calls go out one after the other, in the order of the keys. */
export function boardDeeds({fleet, store, edit, lend, say, fail, isLost, goTo}: Options): BoardDeeds {
  const {dispatch, state} = store;
  const onBoard = (step: BoardAction): void => dispatch({type: 'board', step});
  const put = (card: CardView, answers?: number): void =>
    onBoard({do: 'put', cards: [card], ...(answers === undefined ? {} : {answers})});
  const close = (): void => dispatch({type: 'dialog', dialog: {kind: 'none'}});

  let queue: Promise<void> = Promise.resolve();
  let queued = 0;
  const inTurn = (work: () => Promise<void>): void => {
    if (isLost()) return;
    queued++;
    queue = queue
      .then(work)
      .catch(fail)
      .finally(() => {
        if (--queued === 0) replaced.clear();
      });
  };

  /** Etags that own changes replaced, with those after: the next change goes on from there, not from what was on screen. */
  const replaced = new Map<string, string>();
  const change = async ({id, etag}: CardView, patch: CardPatch): Promise<CardView> => {
    let known = etag;
    for (let next = replaced.get(`${id} ${known}`); next !== undefined; next = replaced.get(`${id} ${known}`))
      known = next;
    const changed = await fleet.updateCard(id, patch, {etag: known});
    if (changed.etag !== known) replaced.set(`${id} ${known}`, changed.etag);
    return changed;
  };
  let moves = 0;

  /** Shown at once; refused when somebody else changed the card since it was drawn. */
  const move = (card: CardView, to: {status: string; position: number; sent: CardPatch}): void => {
    const id = ++moves;
    onBoard({do: 'move', move: {id, card: card.id, status: to.status, position: to.position}});
    inTurn(async () => {
      if (!state().board.moves.some(each => each.id === id)) return; // Taken back with the one before it.
      try {
        const moved = await change(card, to.sent);
        put(moved, id);
        const {claim} = card;
        if (claim !== null && moved.claim === null) say(`${card.id} → ${moved.status}: ${claim.holder} lost its claim`);
      } catch (error) {
        onBoard({do: 'take-back', card: card.id});
        await refused(card.id, error);
      }
    });
  };

  /** Why it stayed where it was; of a card that somebody changed, who that was. */
  const refused = async (id: string, error: unknown): Promise<void> => {
    if (asAmuxError(error).code !== 'card.changed') return fail(error);
    const card = await fleet.card(id);
    put(card);
    const last = card.history.at(-1);
    say(`${id} stays: ${last?.actor ?? 'somebody'} changed it meanwhile`, last?.change ?? '');
  };

  const patchText = async (card: CardView, patch: {title: string; desc?: string}): Promise<void> =>
    put(await change(card, patch));

  const editText = async (card: CardView, editor: NonNullable<CockpitOptions['edit']>): Promise<void> => {
    let edited: Edited | null = null;
    await lend(async signal => {
      edited = await editor({name: `${card.id}.md`, text: cardText(card)}, signal);
    });
    if (edited === null) return;
    const {text, file, discard} = edited as Edited;
    const {title, desc} = parseCardText(text);
    try {
      if (title === '') throw new AmuxError('input.invalid', {why: 'a card needs a title', next: 'its first line'});
      if (title !== card.title || desc !== card.desc.trimEnd()) await patchText(card, {title, desc});
      discard();
    } catch (error) {
      const {code, message} = asAmuxError(error);
      dispatch({
        type: 'notice',
        notice: {
          kind: 'error',
          message: code === 'card.changed' ? `${card.id} was changed while you edited it` : message,
          hint: `your text is in ${file}`,
          at: state().now,
        },
      });
    }
  };

  return {
    onBoard,

    moveCards(by) {
      const {board} = state();
      const card = chosenCard(board);
      const ids = board.marks.length > 0 ? board.marks : card === null ? [] : [card.id];
      if (ids.length > 0 && isLost()) return;
      const shown = board.lanes.flatMap(({cards}) => cards);
      for (const each of shown.filter(({id}) => ids.includes(id))) {
        const status = columnBeside(board, each.status, by);
        if (status === null) continue;
        move(each, {status, position: endOfLane(state().board, status), sent: {status}});
      }
    },

    reorderCard(by) {
      const {board} = state();
      const card = chosenCard(board);
      const position = card === null ? null : positionBeyond(board, card, by);
      if (card === null || position === null || isLost()) return;
      move(card, {status: card.status, position, sent: {position}});
    },

    openNewCard() {
      const {column} = state().board;
      dispatch({type: 'dialog', dialog: {kind: 'card-title', card: null, column, field: fieldOf()}});
    },

    editCard() {
      const card = chosenCard(state().board);
      if (card === null || isLost()) return;
      const {id, status: column, title} = card;
      if (edit === undefined) {
        dispatch({type: 'dialog', dialog: {kind: 'card-title', card: id, column, field: fieldOf(title)}});
      } else inTurn(async () => await editText(await fleet.card(id), edit));
    },

    keepTitle() {
      const {dialog, board} = state();
      if (dialog.kind !== 'card-title' || isLost()) return; // The text stays.
      const title = dialog.field.text.trim();
      close();
      if (title === '') return;
      const card = board.cards?.find(({id}) => id === dialog.card);
      const unlessRefused = (work: () => Promise<void>): void =>
        inTurn(async () => {
          try {
            await work();
          } catch (error) {
            // What was written is not lost with the connection, or for a mistake in it.
            const {dialog: now, place} = state();
            if (now.kind === 'none' && place === 'board') dispatch({type: 'dialog', dialog});
            throw error;
          }
        });
      if (card !== undefined)
        return unlessRefused(() => (title === card.title ? Promise.resolve() : patchText(card, {title})));
      // What the filter asks for, the card has: else it would be gone as soon as it is made.
      const given = givenBy(board.filter, board.cards ?? []);
      unlessRefused(async () => {
        const made = await fleet.addCard({title, status: dialog.column, ...given});
        put(made);
        onBoard({do: 'choose', card: made.id});
      });
    },

    openClaim() {
      const card = chosenCard(state().board);
      if (card !== null)
        dispatch({type: 'dialog', dialog: {kind: 'claim', card: card.id, chosen: claimants(state())[0]?.id ?? null}});
    },

    claimForChosen() {
      const {dialog} = state();
      if (dialog.kind !== 'claim') return;
      const session = claimants(state()).find(({id}) => id === dialog.chosen);
      if (session === undefined) {
        if (dialog.chosen === null) close();
        else say(...LINE_GONE);
        return;
      }
      close();
      inTurn(async () => {
        put(await fleet.claimCard(dialog.card, {session: session.id}));
        onBoard({do: 'choose', card: dialog.card});
        say(`${dialog.card} is ${session.name}'s`);
      });
    },

    showCard() {
      const card = chosenCard(state().board);
      if (card !== null) dispatch({type: 'dialog', dialog: {kind: 'card', card: card.id, top: 0}});
    },

    undoCard() {
      inTurn(async () => {
        const card = await fleet.undo();
        put(card);
        onBoard({do: 'choose', card: card.id});
        say(`${card.id}: ${card.history.at(-1)?.change ?? 'undone'}`);
      });
    },

    showHolder() {
      const card = chosenCard(state().board);
      const found = state().sessions?.find(
        ({id, name}) => id === card?.claim?.holder_id || (card?.claim == null && name === card?.session),
      );
      if (found !== undefined) goTo(found.id);
    },

    showHeldCard() {
      const {board, selected} = state();
      const card = heldCards(board).get(selected ?? '');
      if (card === undefined) return;
      dispatch({type: 'place', place: 'board'});
      if (board.filter !== '') onBoard({do: 'filter', text: ''});
      onBoard({do: 'choose', card});
    },

    scrollDialog(by) {
      const {dialog, board} = state();
      if (dialog.kind === 'claim') {
        const lines = claimants(state()).map(({id}) => id);
        const line = lineBeside(lines, {chosen: dialog.chosen, by});
        if (line !== null) dispatch({type: 'dialog-step', step: {kind: 'choose', line}});
      } else if (dialog.kind === 'card') {
        const card = board.cards?.find(({id}) => id === dialog.card);
        if (card === undefined) return;
        const {body} = currentLayout(state());
        const end = cardDetailsEnd({body, card, now: shownAt(state())});
        dispatch({type: 'dialog-step', step: {kind: 'scroll', top: Math.max(0, Math.min(end, dialog.top + by))}});
      }
    },
  };
}

/** Sessions that could claim a card: those marked on the Fleet screen first, then the selected one. */
export function claimants(state: State): SessionView[] {
  const {marks, selected} = state;
  const rank = ({id}: SessionView): number => (marks.includes(id) ? 0 : id === selected ? 1 : 2);
  return allInOrder(state)
    .filter(mayClaim)
    .toSorted((a, b) => rank(a) - rank(b));
}

/** A one-shot session that had its run will never do a card. */
const mayClaim = ({kind, running, started_at}: SessionView): boolean =>
  kind === 'durable' || running || started_at === null;
