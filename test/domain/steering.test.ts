import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  afterEnter,
  EMPTY_MS,
  ENTER_LOST_MS,
  ENTERS,
  type Entered,
  holdsMessage,
  type Interrupted,
  type Mark,
  type Message,
  type MessageState,
  type Next,
  pendingOf,
  type Resume,
  resumeDelivery,
  STANDS_MS,
  UNFOUND_MS,
  UNPROVEN_MS,
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
const interrupted = (change: Partial<Interrupted>): Interrupted => ({
  message: message('entered'),
  mark: mark('entered'),
  arrived: false,
  proof: true,
  composer: 'free',
  composerMs: EMPTY_MS,
  over: false,
  ...change,
});
const pasted = message('pasted');

// What the terminal's owner remembers, what the agent's history says, what stands on its input line and for how long.
const cases: [string, Partial<Interrupted>, Resume][] = [
  ['nothing was typed: send it', {message: pasted, mark: null}, 'send'],
  ['the mark is of an older message: send it', {message: pasted, mark: mark('entered', 'm0')}, 'send'],
  ['Enter is journaled but the owner remembers nothing: nobody knows', {mark: null}, 'uncertain'],
  ['it stands in the history: delivered', {arrived: true, composer: 'ours'}, 'delivered'],
  ['it stands in the history, whatever the owner remembers: delivered', {arrived: true, mark: null}, 'delivered'],
  ['it stands on the input line: only Enter', {message: pasted, mark: mark('pasted'), composer: 'ours'}, 'enter'],
  ['Enter was pressed and lost: press it again', {composer: 'ours'}, 'enter'],
  ['it stands there since a moment: look again', {composer: 'ours', composerMs: STANDS_MS - 1}, 'wait'],
  ['the input line is empty and the history silent: send it again', {}, 'send'],
  ['the input line is empty since a moment: the line may follow', {composerMs: EMPTY_MS - 1}, 'wait'],
  ['it works or asks: wait', {composer: 'busy', composerMs: 60_000}, 'wait'],
  ['another text stands on the input line: nobody knows', {composer: 'other'}, 'uncertain'],
  ['its program is dead and wrote nothing down: send it to the next', {composer: 'busy', over: true}, 'send'],
];
for (const [title, change, expected] of cases) {
  test(`after the supervisor's death, with a history: ${title}`, () => {
    assert.equal(resumeDelivery(interrupted(change)), expected);
  });
}

const screenCases: [string, Partial<Interrupted>, Resume][] = [
  ['nothing was typed: send it', {message: pasted, mark: null}, 'send'],
  ['it was typed and stands there: only Enter', {message: pasted, mark: mark('pasted'), composer: 'ours'}, 'enter'],
  ['it was typed and is gone: nobody knows', {message: pasted, mark: mark('pasted')}, 'uncertain'],
  ['Enter was planned, not pressed: only Enter', {mark: mark('pasted'), composer: 'ours'}, 'enter'],
  ['Enter was pressed and it is gone: delivered', {}, 'delivered'],
  ['Enter was pressed and lost: press it again', {composer: 'ours'}, 'enter'],
  ['its program is dead with the text on its input line: nobody knows', {composer: 'ours', over: true}, 'uncertain'],
];
for (const [title, change, expected] of screenCases) {
  test(`after the supervisor's death, by the screen alone: ${title}`, () => {
    assert.equal(resumeDelivery(interrupted({proof: false, composerMs: 0, ...change})), expected);
  });
}

const entered = (change: Partial<Entered>): Entered => ({
  arrived: false,
  submitted: false,
  proof: 'found',
  composer: 'busy',
  composerMs: 60_000,
  enteredMs: 60_000,
  enters: 1,
  ...change,
});
const enteredCases: [string, Partial<Entered>, Next['do']][] = [
  ['it stands in the history', {arrived: true, composer: 'ours'}, 'delivered'],
  ['it left the input line, and there is nothing but the screen', {proof: 'none', composer: 'free'}, 'delivered'],
  ['it still stands there a moment after Enter', {composer: 'ours', enteredMs: ENTER_LOST_MS - 1}, 'wait'],
  ['it came back to the input line a moment ago', {composer: 'ours', composerMs: ENTER_LOST_MS - 1}, 'wait'],
  ['Enter was lost', {composer: 'ours'}, 'enter'],
  ['Enter was lost, by the screen alone', {composer: 'ours', proof: 'none'}, 'enter'],
  ['Enter was lost again and again', {composer: 'ours', enters: ENTERS}, 'uncertain'],
  ['a hook told of it, and it stands there', {composer: 'ours', submitted: true, composerMs: 1000}, 'wait'],
  ['a hook told of it, and it came back', {composer: 'ours', submitted: true}, 'uncertain'],
  ['the agent works', {}, 'wait'],
  ['the agent works and told of it by a hook', {submitted: true}, 'wait'],
  ['the agent is at rest since a moment', {composer: 'free', composerMs: UNPROVEN_MS - 1}, 'wait'],
  ['the agent is at rest and its history silent', {composer: 'free'}, 'uncertain'],
  ['the agent is at rest, and only a hook told of it', {composer: 'free', submitted: true}, 'uncertain'],
  ['its history was not found yet', {composer: 'free', proof: 'unfound', enteredMs: UNFOUND_MS - 1}, 'wait'],
  ['its history is nowhere', {composer: 'free', proof: 'unfound'}, 'delivered'],
];
for (const [title, change, expected] of enteredCases) {
  test(`after Enter: ${title} → ${expected}`, () => {
    assert.equal(afterEnter(entered(change)).do, expected);
  });
}

const held: [string, string, string, boolean][] = [
  ['the same text', 'fix it', 'fix it', true],
  ['other spaces and line ends', 'a  b\n\tc', ' a b c ', true],
  [
    'a frame that the program adds',
    '\n\n<pasted_content id="e7c3">\na\nb\n</pasted_content id="e7c3">\n',
    'a\nb',
    true,
  ],
  ['a rest of an earlier text before it', 'old text new text', 'new text', true],
  ['what nobody sees', 'a👩‍💻b', 'a👩💻\u200bb', true],
  ['a word within a word', 'look', 'ok', false],
  ['a word beside others', 'that is ok.', 'ok', true],
  ['another text', 'fix that', 'fix it', false],
  ['nothing that can be seen', 'anything', '\u200b', false],
];
for (const [title, prompt, text, expected] of held) {
  test(`a prompt ${expected ? 'holds' : 'does not hold'} a message: ${title}`, () => {
    assert.equal(holdsMessage(prompt, text), expected);
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

test('what is sent at once comes first, behind what is being typed', () => {
  const all = [
    message('queued', {id: 'b', position: 2}),
    message('queued', {id: 'now 2', position: 5, now: true}),
    message('queued', {id: 'now 1', position: 4, now: true}),
    message('entered', {id: 'a', position: 3}),
  ];
  assert.deepEqual(
    pendingOf(all, 's1').map(({id}) => id),
    ['a', 'now 1', 'now 2', 'b'],
  );
});
