import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import stringWidth from 'string-width';
import {noBoard, stepBoard, stepInLane} from '../../source/cockpit/board.ts';
import {withSight} from '../../source/cockpit/board-window.ts';
import {layoutOf} from '../../source/cockpit/layout.ts';
import {boardLines} from '../../source/cockpit/panes/board.ts';
import {cardDetailsPane} from '../../source/cockpit/panes/card-details.ts';
import {choicesPane} from '../../source/cockpit/panes/choices.ts';
import {emptyBoardLines} from '../../source/cockpit/panes/empty-board.ts';
import type {CardView} from '../../source/domain/board.ts';
import {baseColumns} from '../../source/domain/columns.ts';
import {cardOf, claimOf, sceneCards} from './board-scene.ts';
import type {FakeFleet} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {loadTheme} from './palettes.ts';
import {comparePicture} from './picture.ts';
import {SCENE_NOW} from './scene.ts';

const theme = loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});
const strip = (line: string): string => line.replace(/\x1b\[[\d;]*m/g, '');
const sizes = [
  {cols: 40, rows: 20},
  {cols: 80, rows: 24},
  {cols: 120, rows: 40},
  {cols: 200, rows: 50},
];

const nasty = [
  cardOf({
    id: 'A-99',
    title: '删除\u202e所有文件👨‍👩‍👧e\u0301\x1b[2J👩‍🚀👩‍🚀 \x1b]0;owned\x07',
    desc: `\t${'批量导入'.repeat(80)}\n\x1b[31mred`,
    tags: ['\x1b[2J标签'],
    links: ['\x1b]0;x\x07'],
    claim: claimOf('支付👨‍👩‍👧x', {since: 60, expired: true}),
    history: [{at: 0, actor: 'api:\x1b[2J', change: '移动'.repeat(60), reason: '\x07', old: {}}],
  }),
  cardOf({id: 'LONG-12345', title: 'x'.repeat(400), session: 'y'.repeat(200), links: ['z'.repeat(300)]}),
  ...sceneCards(),
];

function checkLines(lines: readonly string[], {cols, rows, what}: {cols: number; rows?: number; what: string}): void {
  if (rows !== undefined) assert.equal(lines.length, rows, what);
  for (const line of lines) {
    assert.equal(stringWidth(line), cols, `${what}: ${JSON.stringify(line)}`);
    assert.doesNotMatch(strip(line), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/, what);
  }
}

describe('the board on screen', () => {
  test('its panes have exactly their width and height at every size and with every choice', () => {
    const columns = [...baseColumns, 'qa', 'in-test', 'shipped'];
    for (const cols of [40, 41, 60, 79, 80, 81, 100, 120, 200, 250]) {
      for (const rows of [12, 20, 24, 50]) {
        const {body} = layoutOf({cols, rows}, 'cards', false);
        const what = `${cols}×${rows}`;
        for (const names of [baseColumns, columns]) {
          let board = stepBoard(noBoard, {do: 'read', cards: nasty, columns: names});
          board = stepBoard(board, {do: 'mark', card: 'A-99'});
          for (const step of [0, 1, -1, -1, 1, 1, 1, 1, 1, 1]) {
            board = withSight(stepInLane(stepBoard(board, {do: 'walk', by: step}), 30 * step), body);
            checkLines(boardLines({theme, body, board, now: SCENE_NOW}), {cols, rows: body.rows, what});
          }
        }
        checkLines(emptyBoardLines({theme, body, keys: {new: 'n', help: '?'}, column: 'todo'}), {
          cols,
          rows: body.rows,
          what,
        });
        for (const card of nasty.slice(0, 3)) {
          const pane = cardDetailsPane({theme, body, card, top: 2, now: SCENE_NOW});
          checkLines(pane.lines, {cols: pane.columns, what: `${what} ${card.id}`});
          assert.ok(pane.lines.length <= body.rows);
        }
        const choices = nasty.map(({title}) => ({text: strip(title).replace(/[^\p{L}]/gu, ''), about: 'holds A-1'}));
        const pane = choicesPane({theme, body, title: 'Claim', choices, at: 3});
        checkLines(pane.lines, {cols: pane.columns, what});
      }
    }
  });

  for (const {cols, rows} of sizes) {
    test(`${cols}×${rows} is as in its picture`, () => {
      const {body} = layoutOf({cols, rows}, 'cards', false);
      const read = stepBoard(noBoard, {do: 'read', cards: sceneCards(), columns: baseColumns});
      const walked = stepBoard(stepBoard(read, {do: 'mark', card: 'AMX-13'}), {do: 'walk', by: 1});
      const lines = boardLines({theme, body, board: withSight(walked, body), now: SCENE_NOW});
      comparePicture(lines, {directory: 'boards', name: `${cols}x${rows}`});
    });
  }

  test('a lease that is over stands out by shape, in colour and without', () => {
    const card = cardOf({id: 'A-1', status: 'doing', claim: claimOf('ada', {since: 5400, expired: true})});
    const board = stepBoard(noBoard, {do: 'read', cards: [card], columns: baseColumns});
    const drawn = (columns: number, look = theme) =>
      boardLines({theme: look, body: {cols: columns, rows: 10}, board, now: SCENE_NOW}).join('\n');
    assert.match(strip(drawn(120)), /✗ ada · expired 5m/);
    assert.match(strip(drawn(80)), /✗ ada · 5m/);
    const coloured = loadTheme('dark', {LANG: 'C.UTF-8', COLORTERM: 'truecolor'});
    assert.ok(drawn(120, coloured).includes(coloured.paint('failed', '✗ ada')));
  });

  test('details tell all of a card, newest history first', () => {
    const card: CardView = cardOf({
      id: 'SHOP-7',
      title: 'Idempotent refunds',
      status: 'doing',
      desc: '## Why\n  they repeat',
      claim: claimOf('ada', {since: 660}),
      priority: 7,
      tags: ['api'],
      depends_on: ['SHOP-3'],
      history: [
        {at: SCENE_NOW / 1000 - 7200, actor: 'cli', change: 'added to todo', reason: '', old: {}},
        {at: SCENE_NOW / 1000 - 660, actor: 'agent:ada', change: 'claimed by ada', reason: 'it is mine', old: {}},
      ],
    });
    const {lines} = cardDetailsPane({theme, body: {cols: 60, rows: 30}, card, top: 0, now: SCENE_NOW});
    assert.deepEqual(
      lines.slice(1, -1).map(line => strip(line).replace(/^. {1,2}|\s*.$/g, '')),
      [
        'Idempotent refunds',
        '',
        'claim     ada',
        '          since 14:21 · heard 1m ago · fence 3',
        'priority  7',
        'tags      api',
        'waits for SHOP-3',
        'made      12:32',
        'changed   13:32',
        '',
        '## Why',
        '  they repeat',
        '',
        'History',
        '14:21  agent:ada  claimed by ada: it is mine',
        '12:32  cli  added to todo',
      ],
    );
  });
});

/** The cockpit with a few cards on its board, and its Board screen open. */
async function openBoard(titles: readonly string[] = ['one', 'two', 'three']) {
  const cockpit = openCockpit();
  await cockpit.see(/payments/);
  for (const title of titles) await cockpit.fleet.addCard({title});
  cockpit.press('2');
  await cockpit.see(titles.length === 0 ? /No cards yet/ : /▌AMX-1 one/);
  return Object.assign(cockpit, {
    /** One key after the other, as a terminal sends them. */
    keys: (text: string) => {
      for (const key of text) cockpit.press(key);
    },
  });
}

/** Answers to changes wait until they are let go. */
function hold(fleet: FakeFleet): () => void {
  const {promise, resolve} = Promise.withResolvers<void>();
  const {updateCard} = fleet;
  Object.assign(fleet, {
    updateCard: async (...args: Parameters<typeof updateCard>) => {
      await promise;
      return updateCard(...args);
    },
  });
  return resolve;
}

const where = async (fleet: FakeFleet, id: string) => (await fleet.card(id)).status;

describe('keys on the board', () => {
  test('2 opens it from every screen, and an empty one says how to begin', async () => {
    using cockpit = await openBoard([]);
    await cockpit.see(/\[2 Board\]/);
    for (const key of ['1', '3', '5']) {
      cockpit.press(key);
      await cockpit.see(new RegExp(`\\[${key} `));
      cockpit.press('2');
      await cockpit.see(/\[2 Board\]/);
    }
    await cockpit.see(/n +makes a card in todo/);
    await cockpit.see(/amux board add/);
    cockpit.press('n');
    await cockpit.see(/new in todo ❯/);
    cockpit.press('第一 card');
    cockpit.press('\r');
    await cockpit.see(/▌AMX-1 第一 card/);
  });

  test('L shows the card in the next column before the fleet has answered', async () => {
    using cockpit = await openBoard();
    const letGo = hold(cockpit.fleet);
    cockpit.press('L');
    await cockpit.see(/DOING 1[\s\S]*▌AMX-1 one/);
    assert.equal(await where(cockpit.fleet, 'AMX-1'), 'todo');
    cockpit.press('L');
    await cockpit.see(/REVIEW 1/);
    letGo();
    await cockpit.see(/REVIEW 1/);
    cockpit.press('H');
    await cockpit.see(/DOING 1/);
    cockpit.press('u');
    await cockpit.see(/AMX-1: took back: review → doing/);
    await cockpit.see(/REVIEW 1/);
    assert.equal(await where(cockpit.fleet, 'AMX-1'), 'review');
  });

  test('a move is taken back when somebody else changed the card, and a line says who', async () => {
    using cockpit = await openBoard();
    const letGo = hold(cockpit.fleet);
    cockpit.press('L');
    await cockpit.see(/DOING 1/);
    await cockpit.fleet.boardOf('agent:ada').updateCard('AMX-1', {title: 'one, found by ada'});
    letGo();
    await cockpit.see(/AMX-1 stays: agent:ada changed it meanwhile/);
    await cockpit.see(/TODO 3/);
    assert.equal(await where(cockpit.fleet, 'AMX-1'), 'todo');
    cockpit.press('5');
    await cockpit.see(/AMX-1 stays: agent:ada/);
  });

  test('J and K reorder, also in a burst', async () => {
    using cockpit = await openBoard();
    cockpit.keys('JJ');
    await cockpit.see(/two[\s\S]*three[\s\S]*▌AMX-1 one/);
    cockpit.press('K');
    await cockpit.see(/two[\s\S]*▌AMX-1 one[\s\S]*three/);
    await cockpit.fleet.addCard({title: 'waits for what was sent'});
    await cockpit.see(/waits for/);
    const order = (await cockpit.fleet.cards()).map(({id}) => id);
    assert.deepEqual(order, ['AMX-2', 'AMX-1', 'AMX-3', 'AMX-4']);
  });

  test('c claims for a session, the holder is shown there and here, and another is refused by name', async () => {
    using cockpit = await openBoard();
    cockpit.press('c');
    await cockpit.see(/Claim AMX-1 for[\s\S]*payments/);
    cockpit.press('\r');
    await cockpit.see(/DOING 1[\s\S]*payments · /);
    cockpit.press('c');
    await cockpit.see(/payments +holds AMX-1/);
    cockpit.keys('j\r');
    await cockpit.see(/AMX-1 is held by payments/);
    cockpit.press('s');
    await cockpit.see(/\[1 Fleet\][\s\S]*━ payments/);
    await cockpit.see(/feature\/refu… ±4 AMX-1/);
    cockpit.press('b');
    await cockpit.see(/▌AMX-1 one/);
  });

  test('c offers no session that is over for good, and says why a card is not free', async () => {
    using cockpit = await openBoard();
    cockpit.fleet.set('infra', {kind: 'one-shot', status: 'completed', running: false});
    await cockpit.see(/■ 2/);
    cockpit.press('c');
    await cockpit.see(/Claim AMX-1 for[\s\S]*payments/);
    assert.doesNotMatch(cockpit.frame(), /infra/);
    cockpit.press('\x1b');
    await cockpit.see(/n new/);
    cockpit.press('L');
    await cockpit.see(/DOING 1/);
    cockpit.press('c');
    await cockpit.see(/AMX-1 is in doing: free are backlog and todo/);
  });

  test('the session that was walked to claims the card, wherever its line is by then', async () => {
    using cockpit = await openBoard();
    cockpit.press('c');
    await cockpit.see(/Claim AMX-1 for/);
    cockpit.keys('j');
    const {dialog} = cockpit.store.state();
    const chosen = dialog.kind === 'claim' ? dialog.chosen : null;
    const name = (await cockpit.fleet.sessions()).find(({id}) => id === chosen)!.name;
    cockpit.fleet.set('infra', {status: 'failed'});
    cockpit.fleet.set(name, {status: 'stopped', running: false});
    await cockpit.see(new RegExp(`Claim AMX-1 for[\\s\\S]*infra[\\s\\S]*${name}`));
    cockpit.press('\r');
    await cockpit.see(new RegExp(`AMX-1 is ${name}'s`));
  });

  test('a title that the fleet did not take stands there again', async () => {
    using cockpit = await openBoard();
    const {addCard} = cockpit.fleet;
    Object.assign(cockpit.fleet, {addCard: () => Promise.reject(new Error('read ECONNRESET'))});
    cockpit.press('n');
    await cockpit.see(/new in todo ❯/);
    cockpit.press('第一 card');
    cockpit.press('\r');
    await cockpit.see(/ECONNRESET/);
    await cockpit.see(/new in todo ❯ 第一 card/);
    Object.assign(cockpit.fleet, {addCard});
    cockpit.press('\r');
    await cockpit.see(/AMX-4 第一 card/);
  });

  test('u says why it cannot take a change back', async () => {
    using cockpit = await openBoard();
    cockpit.press('L');
    await cockpit.see(/DOING 1/);
    await cockpit.fleet.boardOf('agent:ada').updateCard('AMX-1', {desc: 'mine'});
    cockpit.press('u');
    await cockpit.see(/AMX-1 is not put back: agent:ada changed it since/);
  });

  test('marked cards move together', async () => {
    using cockpit = await openBoard();
    cockpit.keys('mjjm');
    await cockpit.see(/2 marked/);
    cockpit.press('L');
    await cockpit.see(/todo 1 +DOING 2/);
    assert.match(cockpit.frame(), /● AMX-1/);
    cockpit.press('\x1b');
    await cockpit.see(/5 Events *\n/);
  });

  test('/ narrows the board while it is typed, and a new card has what the filter asks for', async () => {
    using cockpit = await openBoard();
    await cockpit.fleet.updateCard('AMX-2', {tags: ['web'], project: 'shop'});
    cockpit.keys('/tag:web');
    await cockpit.see(/TODO 1/);
    cockpit.keys(' project:shop\r');
    await cockpit.see(/\/ tag:web project:shop/);
    cockpit.press('n');
    cockpit.press('more');
    cockpit.press('\r');
    await cockpit.see(/▌SHOP-4 more/);
    const {tags, project} = await cockpit.fleet.card('SHOP-4');
    assert.deepEqual([tags, project], [['web'], 'shop']);
    cockpit.press('\x1b');
    await cockpit.see(/TODO 4/);
  });

  test('what a filter only begins is what a new card has in full', async () => {
    using cockpit = await openBoard();
    await cockpit.fleet.updateCard('AMX-2', {tags: ['Web', 'wide'], project: '/home/ada/Shop'});
    cockpit.keys('/project:sh tag:web tag:wi\r');
    await cockpit.see(/\/ project:sh tag:web tag:wi[\s\S]*TODO 1 /);
    cockpit.press('n');
    cockpit.press('more');
    cockpit.press('\r');
    await cockpit.see(/▌SHOP-4 more/);
    const {tags, project} = await cockpit.fleet.card('SHOP-4');
    assert.deepEqual([tags, project], [['Web', 'wide'], '/home/ada/Shop']);
  });

  test('enter shows details that scroll and follow the card', async () => {
    using cockpit = await openBoard();
    await cockpit.fleet.updateCard('AMX-1', {desc: Array.from({length: 60}, (_, i) => `line ${i}`).join('\n')});
    cockpit.press('\r');
    await cockpit.see(/━ AMX-1 ━[\s\S]*line 3/);
    for (let i = 0; i < 8; i++) cockpit.press(' ');
    await cockpit.see(/added to todo/);
    await cockpit.fleet.boardOf('agent:ada').updateCard('AMX-1', {status: 'review', reason: 'done with it'});
    await cockpit.see(/agent:ada +todo → review: done with it/);
    cockpit.press('\x1b');
    await cockpit.see(/review 1/);
  });

  test('e without an editor edits the title in one line', async () => {
    using cockpit = await openBoard();
    cockpit.press('e');
    await cockpit.see(/AMX-1 ❯ one/);
    cockpit.keys(' more\r');
    await cockpit.see(/▌AMX-1 one more/);
  });

  test('what others do is followed', async () => {
    using cockpit = await openBoard();
    await cockpit.fleet.claimCard('AMX-3', {session: 'api'});
    await cockpit.see(/doing 1[\s\S]*api · /);
    await cockpit.fleet.removeCard('AMX-2');
    await cockpit.see(/TODO 1/);
  });
});
