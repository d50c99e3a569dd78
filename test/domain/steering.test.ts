import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  type Mark,
  type Message,
  type MessageState,
  pendingOf,
  type Resume,
  resumeDelivery,
} from '../../source/domain/steering.ts';

const message = (state: MessageState, change: Partial<Message> = {}): Message => ({
  id: 'm1',
  session: 's1',
  text: 'hello',
  asCommand: false,
  state,
  reason: '',
  actor: 'operator',
  createdAt: 1,
  changedAt: 1,
  position: 1,
  ...change,
});
const mark = (step: Mark['step'], id = 'm1'): Mark => ({message: id, step});

// What the journal says, what the terminal's owner remembers, whether the text stands on screen.
const cases: [string, MessageState, Mark | null, boolean, Resume][] = [
  ['nothing was typed: send it', 'pasted', null, false, 'send'],
  ['the mark is of an older message: send it', 'pasted', mark('entered', 'm0'), false, 'send'],
  ['it was typed and stands there: only Enter', 'pasted', mark('pasted'), true, 'enter'],
  ['it was typed and is gone: nobody knows', 'pasted', mark('pasted'), false, 'uncertain'],
  ['Enter was planned, not pressed, and it stands there: only Enter', 'entered', mark('pasted'), true, 'enter'],
  ['Enter was pressed and it is gone: delivered', 'entered', mark('entered'), false, 'delivered'],
  ['Enter was pressed and lost: press it again', 'entered', mark('entered'), true, 'enter'],
  ['Enter is journaled but the owner remembers nothing: nobody knows', 'entered', null, false, 'uncertain'],
];
for (const [title, state, remembered, stands, expected] of cases) {
  test(`after the supervisor's death: ${title}`, () => {
    assert.equal(resumeDelivery(message(state), remembered, stands), expected);
  });
}

test('what waits for one session comes in the order of its positions, without what is over', () => {
  const all = [
    message('queued', {id: 'b', position: 2}),
    message('delivered', {id: 'x', position: 0}),
    message('queued', {id: 'other', session: 's2', position: 1}),
    message('entered', {id: 'a', position: 1}),
    message('uncertain', {id: 'y', position: 3}),
  ];
  assert.deepEqual(
    pendingOf(all, 's1').map(({id}) => id),
    ['a', 'b'],
  );
});
