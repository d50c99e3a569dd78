import assert from 'node:assert/strict';
import {test} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import {stepText} from '../../source/domain/steering.ts';
import {diffOfFiles, sceneDiff} from './changes.ts';
import {openCockpit} from './open-cockpit.tsx';

const ESC = '\x1b';
const ENTER = '\r';
const CTRL_S = '\x13';

/** With the changes of the selected session in sight. */
async function opened() {
  const cockpit = openCockpit();
  await cockpit.see(/payments/);
  cockpit.press('d');
  await cockpit.see(/payments · feature\/refunds against main .* 4 files {2}\+4 {2}−2/);
  return cockpit;
}

test('d shows the changes of the selected session, and q goes back without leaving', async () => {
  using cockpit = await opened();
  assert.ok(cockpit.fleet.calls.includes('diff main /work/shop/payments'), cockpit.fleet.calls.join());
  await cockpit.see(/added +docs\/new ö\.md .*\+2 −0/);
  await cockpit.see(/2 \+\^\[\[31mred\^\[\]0;title\^G +end/);
  await cockpit.see(/renamed +src\/old\.ts → src\/new\.ts/);
  cockpit.press('q');
  await cockpit.see(/┏━ payments/);
  assert.deepEqual(cockpit.ends, []);
});

test('comments go to the session as one message', async () => {
  using cockpit = await opened();
  cockpit.press('j');
  cockpit.press('j');
  cockpit.press('c');
  await cockpit.see(/new ö\.md:1 ❯/);
  cockpit.press('which refunds?');
  cockpit.press(ENTER);
  await cockpit.see(/● which refunds\?/);
  cockpit.press('n');
  cockpit.press('c');
  cockpit.press('not needed');
  cockpit.press(ENTER);
  await cockpit.see(/● not needed/);
  await cockpit.see(/send 2/);
  cockpit.press('S');
  await cockpit.see(/payments: 2 comments queued/);
  const sent = cockpit.fleet.calls.filter(call => call.startsWith('send payments'));
  assert.deepEqual(sent, [
    [
      'send payments 2 comments on your changes since main:',
      '',
      'docs/new ö.md:1  @@ -0,0 +1,2 @@',
      '> +# 退款',
      'which refunds?',
      '',
      'logo.png',
      'not needed',
    ].join('\n'),
  ]);
  assert.doesNotMatch(cockpit.frame(), /● which/);
  cockpit.press(CTRL_S);
  await cockpit.see(/there are no comments/);
});

test('what becomes of the comments is told as of every text that is sent', async () => {
  using cockpit = await opened();
  for (const key of 'jjc') cockpit.press(key);
  await cockpit.see(/new ö\.md:1 ❯/);
  cockpit.press('which refunds?');
  cockpit.press(ENTER);
  await cockpit.see(/send 1/);
  cockpit.press('S');
  await cockpit.see(/payments: 1 comment queued/);
  cockpit.pass(2000);
  cockpit.press('q');
  await cockpit.see(/→ payments: queued[\s\S]*space send/);
  cockpit.fleet.note('payments', stepText({id: 'm1', state: 'delivered', reason: 'in its history'}), 'message.state');
  await cockpit.see(/✓ payments: delivered, verified/);
});

test('a comment is changed and taken away at its place, and kept as a draft when the screen is left', async () => {
  using cockpit = await opened();
  cockpit.press('c');
  cockpit.press('first');
  cockpit.press(ENTER);
  await cockpit.see(/● first/);
  cockpit.press('j');
  cockpit.press('c');
  await cockpit.see(/❯ first/);
  cockpit.press(' thought');
  cockpit.press(ENTER);
  await cockpit.see(/● first thought/);
  cockpit.press(ESC);
  await cockpit.see(/1 comment is kept, not sent/);
  cockpit.press('d');
  await cockpit.see(/● first thought/);
  cockpit.press('x');
  await cockpit.see(/payments · feature\/refunds against main +4 files/);
  assert.doesNotMatch(cockpit.frame(), /first thought/);
});

test('what is being written stays while the changes are read again', async () => {
  using cockpit = await opened();
  cockpit.press('c');
  cockpit.press('half a tho');
  await cockpit.see(/half a tho/);
  const other = sceneDiff();
  other.files.shift();
  other.total.files = 3;
  cockpit.store.dispatch({type: 'diff', step: {do: 'read', session: cockpit.store.state().selected!, diff: other}});
  await cockpit.see(/3 files/);
  cockpit.press('ught');
  cockpit.press(ENTER);
  await cockpit.see(/● docs\/new ö\.md: half a thought/);
});

test('what cannot be sent or read is told, and nothing is lost', async () => {
  using cockpit = await opened();
  cockpit.press('c');
  cockpit.press('keep me');
  cockpit.press(ENTER);
  await cockpit.see(/● keep me/);
  cockpit.fleet.send = async () => {
    throw new AmuxError('queue.full', {name: 'payments', max: 10});
  };
  cockpit.press('S');
  await cockpit.see(/✗ .*payments/);
  await cockpit.see(/● keep me/);
  cockpit.fleet.diffView = null;
  cockpit.press('r');
  await cockpit.see(/is not inside a git repository/);
  await cockpit.see(/● keep me/);
});

test('without changes it says so', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/payments/);
  cockpit.fleet.diffView = {...sceneDiff(), files: [], total: {files: 0, added: 0, removed: 0}};
  cockpit.press('d');
  await cockpit.see(/nothing changed since main/);
  cockpit.press('c');
  await cockpit.see(/nothing is shown/);
});

test('what is not among the changes is said where they are read, and takes no comment', async () => {
  using cockpit = openCockpit();
  cockpit.fleet.diffView = {...diffOfFiles([]), cut: ["some untracked files: 'sub/' has no commit"]};
  await cockpit.see(/payments/);
  cockpit.press('d');
  await cockpit.see(/not all of it {2}0 files/);
  await cockpit.see(/not shown: some untracked files: 'sub\/' has no commit/);
  assert.doesNotMatch(cockpit.frame(), /nothing changed/);
  cockpit.press('c');
  await cockpit.see(/this is about no file/);
});

test('leaving asks first while comments are not sent, as they end with the cockpit', async () => {
  using cockpit = await opened();
  cockpit.press('c');
  cockpit.press('keep me');
  cockpit.press(ENTER);
  await cockpit.see(/● keep me/);
  cockpit.press('q');
  await cockpit.see(/1 comment is kept, not sent/);
  cockpit.press('q');
  await cockpit.see(/Leave with 1 comment unsent\?/);
  await cockpit.see(/What you wrote on the changes of payments/);
  cockpit.press('n');
  await cockpit.see(/┏━ payments/);
  assert.deepEqual(cockpit.ends, []);
  cockpit.press('q');
  await cockpit.see(/Leave with 1 comment unsent\?/);
  cockpit.press(ENTER);
  assert.deepEqual(cockpit.ends, ['quit']);
});
