import type {Board, BoardState, Column} from '../domain/board.ts';
import {findCard} from '../domain/card-record.ts';
import {cardView, filtered, inBoardOrder} from '../domain/card-view.ts';
import {allColumns, baseColumns, checkColumn} from '../domain/columns.ts';
import {foundNotes, type Knowledge} from '../domain/knowledge.ts';
import {LEASE_MS} from '../domain/lease.ts';
import type {Store} from '../store/store.ts';
import {listMemory, readMemory} from './memory-files.ts';

type Options = {
  store: Store;
  memoryDir: string;
  columns?: readonly Column[];
  /** A session by its id. */
  lives: (session: string) => boolean;
  now: () => number;
};

type Read = Pick<Board, 'cards' | 'card' | 'columns'> & Pick<Knowledge, 'notes' | 'memory' | 'readMemory'>;

/** Board, notes and memory as they were left. */
export function storedBoard({store, memoryDir, columns = baseColumns, lives, now}: Options): Read {
  /** Leases stand still while nobody supervises: it is as late as the last entry says. */
  const look = (): {state: BoardState; at: number} => {
    const at = store.read({after: store.cursor - 1, limit: 1})[0]?.at ?? now();
    const {cards, sessions} = store.state;
    const heard = (id: string): number => (lives(id) ? at : 0);
    return {state: {cards, columns, leaseMs: LEASE_MS, heard, isForgotten: id => !sessions.has(id)}, at};
  };
  return {
    async cards(filter = {}) {
      const {state, at} = look();
      checkColumn(allColumns(state), filter.status);
      return inBoardOrder(filtered(state.cards.values(), filter), state).map(card => cardView(card, state, at));
    },
    async card(id) {
      const {state, at} = look();
      return cardView(findCard(state, id), state, at);
    },
    async columns() {
      return allColumns(look().state);
    },
    async notes(filter) {
      return foundNotes(store.state.notes.values(), filter);
    },
    async memory() {
      return listMemory(memoryDir);
    },
    async readMemory(file) {
      return readMemory(memoryDir, file);
    },
  };
}
