import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {BoardState, Card, Deed} from '../../source/domain/board.ts';
import {GAP_MIN} from '../../source/domain/card-spacing.ts';
import {inBoardOrder} from '../../source/domain/card-view.ts';
import {addCard, changeCard} from '../../source/domain/cards.ts';
import {allColumns, baseColumns, withBase} from '../../source/domain/columns.ts';
import {apply, emptyState} from '../../source/domain/events.ts';

const actor = 'test';

function table(columns: readonly string[] = baseColumns) {
  const stored = emptyState();
  const state: BoardState = {cards: stored.cards, columns, leaseMs: 60_000, heard: () => 0};
  let entries = 0;
  let now = 0;
  const act = (decide: (now: number) => Deed): Card => {
    now++;
    const {card, entry} = decide(now);
    if (entry !== null) entries++;
    for (const change of entry?.changes ?? []) apply(stored, change);
    return card;
  };
  return {
    state,
    entries: () => entries,
    add: (status: string) => act(at => addCard(state, {input: {title: 'a', status}, actor}, at)),
    change: (id: string, patch: Parameters<typeof changeCard>[1]['patch']) =>
      act(at => changeCard(state, {id, patch, actor}, at)),
    order: () => inBoardOrder(stored.cards.values(), state).map(({id}) => id),
    card: (id: string) => stored.cards.get(id)!,
  };
}

describe('columns', () => {
  test('are those that are configured and those of every board', () => {
    assert.deepEqual(withBase([]), baseColumns);
    assert.deepEqual(withBase(['backlog', 'todo', 'doing', 'review', 'qa', 'done']), [
      'backlog',
      'todo',
      'doing',
      'review',
      'qa',
      'done',
    ]);
    assert.deepEqual(withBase(['qa']), ['backlog', 'todo', 'doing', 'review', 'qa', 'done']);
    assert.deepEqual(withBase(['ideas', 'todo', 'done', 'shipped']), [
      'backlog',
      'ideas',
      'todo',
      'doing',
      'review',
      'done',
      'shipped',
    ]);
  });

  test('that are unknown take no card, and the known ones are told', () => {
    const {add, change} = table(withBase(['qa']));
    const error = {
      code: 'input.invalid',
      message: /no column "blocked"/,
      hint: 'the columns are backlog, todo, doing, review, qa, done',
    };
    assert.throws(() => add('blocked'), error);
    assert.throws(() => change(add('qa').id, {status: 'blocked'}), error);
  });

  test('that no configuration names any more keep their cards, at the end of the board', () => {
    const {add, change, order, state} = table(['qa', ...baseColumns]);
    const left = add('qa');
    const done = add('done');
    state.columns = baseColumns;
    assert.deepEqual(order(), [done.id, left.id]);
    assert.deepEqual(allColumns(state), [...baseColumns, 'qa']);
    assert.equal(change(left.id, {title: 'still changed'}).status, 'qa');
    change(left.id, {status: 'todo'});
    assert.deepEqual(allColumns(state), baseColumns);
  });

  test('are reordered between the same two cards without end', () => {
    const {add, change, order, card, entries} = table();
    const [first, last, a, b] = ['todo', 'todo', 'todo', 'todo'].map(status => add(status).id);
    change(last!, {position: 100});
    const histories = [first!, last!].map(id => card(id).history);
    const before = entries();
    for (let i = 0; i < 500; i++) {
      const [moved, upper] = i % 2 === 0 ? [a!, b!] : [b!, a!];
      const to = i === 0 ? first! : upper;
      change(moved, {position: (card(first!).position + card(to).position) / 2 || card(first!).position});
      if (i > 0) assert.deepEqual(order(), [first, moved, upper, last], `after ${i} moves`);
    }
    assert.ok(entries() - before <= 500, 'each move is one entry');
    const positions = order().map(id => card(id).position);
    for (let i = 1; i < positions.length; i++) assert.ok(positions[i]! - positions[i - 1]! >= GAP_MIN);
    assert.deepEqual(
      [first!, last!].map(id => card(id).history),
      [histories[0], card(last!).history],
    );
    assert.equal(card(first!).revision, 1, 'a card that others moved around was not changed');
  });
});
