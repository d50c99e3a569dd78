import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {
  type Board,
  type BoardAction,
  chosenCard,
  endOfLane,
  heldCards,
  noBoard,
  positionBeyond,
  stepBoard,
  stepInLane,
} from '../../source/cockpit/board.ts';
import {cardFilter} from '../../source/cockpit/board-filter.ts';
import {boardArea, windowOf, withSight} from '../../source/cockpit/board-window.ts';
import {firstState, reduce} from '../../source/cockpit/state.ts';
import {cardText, parseCardText} from '../../source/domain/card-text.ts';
import {baseColumns} from '../../source/domain/columns.ts';
import {cardOf, claimOf, sceneCards} from './board-scene.ts';

const boardOf = (cards = sceneCards(), columns: readonly string[] = baseColumns): Board =>
  stepBoard(noBoard, {do: 'read', cards, columns});
const after = (board: Board, ...steps: BoardAction[]): Board => steps.reduce(stepBoard, board);
const ids = (board: Board, column: string) => board.lanes.find(({name}) => name === column)!.cards.map(({id}) => id);
const small = [
  cardOf({id: 'A-1', position: 1}),
  cardOf({id: 'A-2', position: 2}),
  cardOf({id: 'A-3', position: 3}),
  cardOf({id: 'A-4', status: 'doing', position: 1}),
];

describe('the board in the cockpit', () => {
  test('has its cards by column and position, and begins on the first of todo', () => {
    const board = boardOf([...small].reverse());
    assert.deepEqual(ids(board, 'todo'), ['A-1', 'A-2', 'A-3']);
    assert.deepEqual(ids(board, 'doing'), ['A-4']);
    assert.equal(board.chosen, 'A-1');
  });

  test('shows a card of a column that is not configured in a column of its own, at the end', () => {
    const board = boardOf([cardOf({id: 'A-1', status: 'qa'})]);
    assert.deepEqual(
      board.lanes.map(({name}) => name),
      [...baseColumns, 'qa'],
    );
    assert.deepEqual(ids(board, 'qa'), ['A-1']);
  });

  test('walks at the same height, over empty columns too, and not beyond the edge', () => {
    const board = stepInLane(boardOf(small), 2);
    assert.equal(board.chosen, 'A-3');
    const right = after(board, {do: 'walk', by: 1});
    assert.deepEqual([right.column, right.chosen], ['doing', 'A-4']);
    const empty = after(right, {do: 'walk', by: 1});
    assert.deepEqual([empty.column, empty.chosen, chosenCard(empty)], ['review', null, null]);
    const edge = after(empty, {do: 'walk', by: 1}, {do: 'walk', by: 1});
    assert.equal(edge.column, 'done');
    assert.deepEqual([after(edge, {do: 'walk', by: -1}, {do: 'walk', by: -1}).chosen], ['A-4']);
  });

  test('shows a move at once, and the choice goes with its card', () => {
    const board = after(boardOf(small), {do: 'move', move: {id: 1, card: 'A-1', status: 'doing', position: 2}});
    assert.deepEqual(
      [ids(board, 'todo'), ids(board, 'doing')],
      [
        ['A-2', 'A-3'],
        ['A-4', 'A-1'],
      ],
    );
    assert.deepEqual([board.column, board.chosen], ['doing', 'A-1']);
    const answered = after(board, {
      do: 'put',
      cards: [cardOf({id: 'A-1', status: 'doing', position: 2, etag: '2'})],
      answers: 1,
    });
    assert.deepEqual([answered.moves, ids(answered, 'doing'), answered.chosen], [[], ['A-4', 'A-1'], 'A-1']);
  });

  test('takes back what was shown too early: all moves of that card and no others', () => {
    const board = after(
      boardOf(small),
      {do: 'move', move: {id: 1, card: 'A-1', status: 'doing', position: 2}},
      {do: 'move', move: {id: 2, card: 'A-1', status: 'review', position: 1}},
      {do: 'move', move: {id: 3, card: 'A-2', status: 'done', position: 1}},
    );
    assert.equal(board.column, 'review');
    const back = after(board, {do: 'take-back', card: 'A-1'});
    assert.deepEqual([back.column, back.chosen], ['todo', 'A-1']);
    assert.deepEqual([ids(back, 'todo'), ids(back, 'done')], [['A-1', 'A-3'], ['A-2']]);
  });

  test('keeps a later move in sight while an earlier one is answered, and ignores overtaken answers', () => {
    const board = after(
      boardOf(small),
      {do: 'move', move: {id: 1, card: 'A-1', status: 'doing', position: 2}},
      {do: 'move', move: {id: 2, card: 'A-1', status: 'review', position: 1}},
      {do: 'put', cards: [cardOf({id: 'A-1', status: 'doing', position: 2, etag: '2'})], answers: 1},
    );
    assert.deepEqual(ids(board, 'review'), ['A-1']);
    const done = after(
      board,
      {do: 'put', cards: [cardOf({id: 'A-1', status: 'review', position: 1, etag: '3'})], answers: 2},
      {do: 'put', cards: [cardOf({id: 'A-1', status: 'doing', position: 2, etag: '2'})]},
    );
    assert.deepEqual(ids(done, 'review'), ['A-1']);
  });

  test('stays on its place when somebody else takes the chosen card away', () => {
    const board = stepInLane(boardOf(small), 1);
    const gone = after(board, {do: 'put', cards: [cardOf({id: 'A-2', status: 'done', etag: '2'})]});
    assert.deepEqual([gone.column, gone.chosen], ['todo', 'A-3']);
    const archived = after(gone, {do: 'put', cards: [cardOf({id: 'A-3', archived: true, etag: '2'})]});
    assert.equal(archived.chosen, 'A-1');
    assert.equal(after(archived, {do: 'drop', card: 'A-1'}).chosen, null);
  });

  test('finds the position beyond a neighbour, also past cards that the filter hides', () => {
    const cards = [1, 2, 3, 4].map(n => cardOf({id: `A-${n}`, position: n, tags: n === 3 ? [] : ['x']}));
    const board = boardOf(cards);
    assert.equal(positionBeyond(board, cards[0]!, 1), 2.5);
    assert.equal(positionBeyond(board, cards[0]!, -1), null);
    assert.equal(positionBeyond(board, cards[1]!, -1), 0);
    assert.equal(positionBeyond(board, cards[2]!, 1), 5);
    const filtered = after(board, {do: 'filter', text: 'tag:x'});
    assert.equal(positionBeyond(filtered, cards[1]!, 1), 5, 'behind the next one in sight');
    assert.equal(positionBeyond(filtered, cards[3]!, -1), 1.5, 'before it, among all');
    assert.equal(endOfLane(board, 'todo'), 5);
    assert.equal(endOfLane(board, 'review'), 1);
  });

  test('filters by text and by fields', () => {
    const cards = [
      cardOf({id: 'A-1', title: 'Fix login', project: '/work/shop', tags: ['web'], session: 'ada'}),
      cardOf({id: 'A-2', desc: 'the LOGIN again', project: 'shop', claim: claimOf('bob', {since: 60})}),
      cardOf({id: 'A-3', title: '批量导入', project: '/work/other'}),
    ];
    const found = (text: string) => cards.filter(cardFilter(text)).map(({id}) => id);
    assert.deepEqual(found('login'), ['A-1', 'A-2']);
    assert.deepEqual(found('login fix'), ['A-1']);
    assert.deepEqual(found('project:shop'), ['A-1', 'A-2']);
    assert.deepEqual(found('project:sh tag:web'), ['A-1']);
    assert.deepEqual(found('session:bob'), ['A-2']);
    assert.deepEqual(found('session:ad login'), ['A-1']);
    assert.deepEqual(found('批量'), ['A-3']);
    assert.deepEqual(found('tag:'), ['A-1', 'A-2', 'A-3']);
    assert.deepEqual(found('nothing'), []);
  });

  test('drops marks of cards that are out of sight', () => {
    const board = after(
      boardOf(small),
      {do: 'mark', card: 'A-1'},
      {do: 'mark', card: 'A-2'},
      {do: 'mark', card: 'A-2'},
    );
    assert.deepEqual(board.marks, ['A-1']);
    assert.deepEqual(after(board, {do: 'filter', text: 'a-2'}).marks, []);
  });

  test('knows the card that each session holds', () => {
    const board = boardOf([cardOf({id: 'A-1', status: 'doing', claim: claimOf('ada', {since: 60})})]);
    assert.equal(heldCards(board).get('id-ada'), 'A-1');
  });

  test('keeps the chosen card in sight in every column, at every size', () => {
    for (const body of [
      {cols: 40, rows: 10},
      {cols: 80, rows: 21},
      {cols: 200, rows: 47},
    ]) {
      let board = boardOf();
      for (let column = 0; column < 5; column++) {
        for (const by of [1, 1, 1, 5, 100, -2, -100, 7]) {
          board = withSight(stepInLane(board, by), body);
          const area = boardArea(board, body);
          const lane = board.lanes.find(({name}) => name === board.column)!;
          const at = lane.cards.findIndex(({id}) => id === board.chosen);
          const {top, end} = windowOf(lane, board.tops[lane.name] ?? 0, {area, chosen: board.chosen});
          assert.ok(at >= top && at < end, `${board.chosen} at ${at} in ${top}-${end}, ${JSON.stringify(body)}`);
        }
        board = withSight(stepBoard(board, {do: 'walk', by: column === 0 ? -1 : 1}), body);
      }
    }
  });

  test('has a filter of its own', () => {
    let state = firstState({size: {cols: 80, rows: 24}, now: 0, demo: false});
    state = reduce(state, {type: 'board', step: {do: 'read', cards: small, columns: baseColumns}});
    state = reduce(reduce(state, {type: 'place', place: 'board'}), {type: 'filter', text: 'a-2'});
    assert.deepEqual([state.filter, state.board.filter, state.board.chosen], ['', 'a-2', 'A-2']);
    assert.equal(reduce(state, {type: 'move', by: 1}), state, 'nothing changes, nothing is drawn');
  });
});

test('a card as text for an editor comes back as it was', () => {
  for (const card of [
    {title: 'one', desc: ''},
    {title: '标题', desc: 'first\n\n  second\n# third'},
  ]) {
    assert.deepEqual(parseCardText(cardText(card)), card);
  }
  assert.deepEqual(parseCardText('\n  Title  \r\nno blank line\r\n\n'), {title: 'Title', desc: 'no blank line'});
  assert.deepEqual(parseCardText(' \n\n'), {title: '', desc: ''});
});
