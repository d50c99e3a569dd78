import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {type Delivery, deliveryLine, nextForgotten, stepDeliveries, TOLD_MS} from '../../source/cockpit/deliveries.ts';
import {fieldRows, fieldSpans} from '../../source/cockpit/draw/field.ts';
import {edit, fieldOf} from '../../source/cockpit/text-field.ts';
import type {EventView} from '../../source/domain/fleet.ts';
import {type MessageState, readStep, stepText} from '../../source/domain/steering.ts';
import {openCockpit} from './open-cockpit.tsx';
import {loadTheme} from './palettes.ts';
import {SCENE_NOW} from './scene.ts';

const UP = '\x1b[A';
const DOWN = '\x1b[B';

type Cockpit = ReturnType<typeof openCockpit>;
const type = (cockpit: Cockpit, text: string): void => {
  for (const key of text) cockpit.press(key);
};
const sends = ({fleet}: Cockpit): string[] => fleet.calls.filter(call => call.startsWith('send'));
const told = (id: string, state: MessageState, at = SCENE_NOW): EventView => ({
  cursor: 1,
  at: at / 1000,
  type: 'message.state',
  actor: 'supervisor',
  session: {id: 'id-payments', name: 'payments'},
  reason: stepText({id, state, reason: 'its history has it: "x"'}),
  cards: [],
});

const sentTo = (name: string, id = 'm1') =>
  ({do: 'sent', sent: {id, state: 'queued'}, to: {id: `id-${name}`, name}, now: SCENE_NOW, known: []}) as const;

test('up and down go through the lines of a text and stay in their column', () => {
  let field = fieldOf('one two\n\n批量导入');
  field = edit(field, {do: 'up'});
  assert.equal(field.at, 8);
  field = edit(field, {do: 'up'});
  assert.equal(field.at, 0);
  assert.equal(edit(field, {do: 'up'}), field, 'there is none above');
  field = edit({...field, at: 3}, {do: 'down'});
  assert.equal(field.at, 8, 'the empty line is shorter');
  field = edit(edit(field, {do: 'down'}), {do: 'end'});
  assert.equal(field.at, 13);
  assert.equal(edit(field, {do: 'down'}), field);
  assert.equal(edit(field, {do: 'start'}).at, 9);
});

test('a text is broken where it has to, and the line with the cursor is in sight', () => {
  const plain = (text: string, at: number, rows: number) =>
    fieldRows({field: {text, at}, columns: 6, rows}).map(spans => spans.map(([, part]) => part).join('|'));
  assert.deepEqual(plain('ab\ncd', 5, 9), ['ab', 'cd| |']);
  assert.deepEqual(plain('abcdefgh', 2, 9), ['ab|c|de', 'fgh']);
  assert.deepEqual(plain('批量导入', 4, 9), ['批量', '导入| |']);
  assert.deepEqual(plain('a\nb\nc\nd', 0, 2), ['|a|', 'b']);
  assert.deepEqual(plain('a\nb\nc\nd', 7, 2), ['c', 'd| |']);
});

test('steps of a message are read as they are told', () => {
  for (const state of ['queued', 'pasted', 'entered', 'delivered', 'uncertain', 'dropped'] as const) {
    assert.deepEqual(readStep(stepText({id: 'm-1', state, reason: 'because: of'})), {id: 'm-1', state});
  }
  assert.equal(readStep('message m-1 forgotten'), null);
});

test('a delivery goes from queued to verified, and is told for a while', () => {
  const sent = sentTo('payments');
  let list = stepDeliveries([], sent);
  assert.deepEqual(deliveryLine(list), {look: 'way', text: 'payments: queued'});
  list = stepDeliveries(list, {do: 'told', entries: [told('m1', 'pasted'), told('other', 'delivered')]});
  assert.deepEqual(deliveryLine(list), {look: 'way', text: 'payments: typed in'});
  assert.equal(stepDeliveries(list, {do: 'told', entries: [told('m1', 'pasted')]}), list);
  assert.equal(stepDeliveries(list, {do: 'tick', now: SCENE_NOW + 10 * TOLD_MS}), list, 'on its way');
  list = stepDeliveries(list, {do: 'told', entries: [told('m1', 'delivered')]});
  assert.deepEqual(deliveryLine(list), {look: 'done', text: 'payments: delivered, verified'});
  assert.equal(nextForgotten(list), SCENE_NOW + TOLD_MS);
  assert.equal(stepDeliveries(list, {do: 'tick', now: SCENE_NOW + TOLD_MS - 1}), list);
  assert.deepEqual(stepDeliveries(list, {do: 'tick', now: SCENE_NOW + TOLD_MS}), []);
});

test('of several deliveries their count is told, and one that is uncertain by name', () => {
  const of = (id: string, state: MessageState): Delivery => ({id, session: id, name: id, state, ended: null});
  assert.equal(deliveryLine([of('a', 'delivered'), of('b', 'queued')])?.text, '1 of 2 delivered, verified');
  assert.deepEqual(deliveryLine([of('a', 'uncertain'), of('b', 'queued')]), {
    look: 'bad',
    text: 'a: uncertain whether it arrived',
  });
  assert.equal(deliveryLine([]), null);
});

test('what was sent to a session that is gone is told no longer', () => {
  const list = [sentTo('payments'), sentTo('web', 'm2')].reduce<readonly Delivery[]>(stepDeliveries, []);
  assert.equal(stepDeliveries(list, {do: 'sessions', ids: new Set(['id-payments', 'id-web'])}), list);
  const left = stepDeliveries(list, {do: 'sessions', ids: new Set(['id-web'])});
  assert.deepEqual(deliveryLine(left), {look: 'way', text: 'web: queued'});
});

test('a delivery whose steps may have been missed ends, until a step of it is told after all', () => {
  const list = [sentTo('payments'), sentTo('web', 'm2')].reduce<readonly Delivery[]>(stepDeliveries, []);
  const done = stepDeliveries(list, {do: 'told', entries: [told('m1', 'delivered')]});
  const missed = stepDeliveries(done, {do: 'missed', now: SCENE_NOW});
  assert.deepEqual(deliveryLine(missed), {look: 'bad', text: 'web: nobody saw what became of it'});
  assert.equal(stepDeliveries(missed, {do: 'missed', now: SCENE_NOW + 1}), missed);
  const later = stepDeliveries(missed, {do: 'told', entries: [told('m2', 'delivered')]});
  assert.deepEqual(deliveryLine(later), {look: 'done', text: '2 of 2 delivered, verified'});
  assert.deepEqual(stepDeliveries(missed, {do: 'tick', now: SCENE_NOW + TOLD_MS}), []);
});

test('steps of before are not told anew for what was sent before', () => {
  const entries = [told('m1', 'queued')];
  const list = stepDeliveries(stepDeliveries([], sentTo('payments')), {do: 'missed', now: SCENE_NOW});
  const next = stepDeliveries(list, {...sentTo('web', 'm2'), known: entries});
  assert.deepEqual(
    next.map(({state}) => state),
    ['unseen', 'queued'],
  );
});

test('a text of several lines grows above the footer, and is sent as it stands', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  cockpit.press(' ');
  type(cockpit, 'one');
  cockpit.press('\n'); // ctrl+j
  type(cockpit, 'two');
  cockpit.press('\x1b\r');
  type(cockpit, 'four');
  cockpit.press(UP);
  cockpit.press(UP);
  type(cockpit, '1');
  await cockpit.see(/─{100}\n → payments ❯ one1 *\n +two *\n +four *\n ⏎ send {2}tab now/);
  cockpit.press('\r');
  await cockpit.see(/payments: queued/);
  assert.deepEqual(sends(cockpit), ['send payments one1\ntwo\nfour']);
});

test('a line feed is Enter wherever it is no new line', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, '/docs');
  cockpit.press('\n');
  await cockpit.see(/COMMAND/);
  assert.deepEqual([cockpit.store.state().filter, cockpit.store.state().dialog.kind], ['docs', 'none']);
});

test('what was sent before comes back, and what was begun after it', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, ' first\r second\r first\r');
  type(cockpit, ' begun');
  cockpit.press(UP);
  await cockpit.see(/→ payments ❯ first/);
  cockpit.press(UP);
  await cockpit.see(/→ payments ❯ second/);
  cockpit.press(UP);
  cockpit.press(DOWN);
  await cockpit.see(/→ payments ❯ first/);
  cockpit.press(DOWN);
  await cockpit.see(/→ payments ❯ begun/);
});

test('tab sends now instead of queueing', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  const sent: unknown[] = [];
  const {fleet} = cockpit;
  const send = fleet.send.bind(fleet);
  fleet.send = async (ref, message) => {
    sent.push(message);
    return await send(ref, message);
  };
  type(cockpit, ' stop that\t');
  await cockpit.see(/→ payments now ❯ stop that .*tab queue it/);
  cockpit.press('\r');
  await cockpit.see(/payments: queued/);
  type(cockpit, ' and then\r');
  await cockpit.see(/payments: queued/);
  while (sent.length < 2) await new Promise(resolve => setImmediate(resolve));
  assert.deepEqual(sent, [{text: 'stop that', now: true}, {text: 'and then'}]);
});

test('the footer goes on to tell how far a text is, until a while after its end', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, ' go\r');
  await cockpit.see(/payments: queued {2}it works on something/);
  cockpit.store.dispatch({type: 'entries', entries: [told('m1', 'delivered')]});
  await cockpit.see(/\n payments: delivered, verified/);
  cockpit.pass(TOLD_MS + 1);
  await cockpit.see(/^(?![\s\S]*delivered, verified)/);
});

test('the header tells it once the footer is needed for something else', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, ' go\r');
  await cockpit.see(/payments: queued/);
  cockpit.pass(2000);
  cockpit.press('j');
  await cockpit.see(/→ payments: queued[\s\S]*space send/);
  cockpit.store.dispatch({type: 'entries', entries: [told('m1', 'delivered')]});
  await cockpit.see(/✓ payments: delivered, verified[\s\S]*space send/);
});

test('neither footer nor header tells of a text to a session that is gone', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, ' go\r');
  await cockpit.see(/\n payments: queued/);
  await cockpit.fleet.unregister('payments');
  cockpit.fleet.note('docs', 'payments was removed');
  await cockpit.see(/^(?![\s\S]*payments)/);
});

test('a step that was told before its answer came counts', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  cockpit.store.dispatch({type: 'entries', entries: [told('m1', 'entered')]});
  type(cockpit, ' go\r');
  await cockpit.see(/\n payments: typed in/);
});

test('a long text in an answer grows as well', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, ' ');
  type(cockpit, 'words '.repeat(30));
  await cockpit.see(/─{100}\n → payments ❯ words[^\n]*\n {14}.*words/);
});

test('of a long text in one line the part around the cursor is in sight, and no more than fits', () => {
  const theme = loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});
  const text = 'abc 测试 '.repeat(12_500);
  for (const at of [0, 7, 40_000, text.length]) {
    const spans = fieldSpans({theme, field: {...fieldOf(text), at}, columns: 60, focused: true});
    const [before, under, after] = spans.map(([, part]) => part) as [string, string, string];
    const shown = before + under + after;
    assert.ok(stringWidth(shown) <= 60 && stringWidth(shown) > 40, `${stringWidth(shown)} at ${at}`);
    assert.equal(text.slice(at - before.length, at), before);
    assert.equal(text.slice(at, at + 1) || ' ', under);
  }
});
