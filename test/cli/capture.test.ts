import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {assertFailed, Home, until} from '../helpers/home.ts';

const home = new Home({});
after(() => home[Symbol.asyncDispose]());

const captured = join(import.meta.dirname, '..', 'agents', 'screens', 'claude', 'trust-dialog', 'screen.ansi');

test('a dialog on the screen of an agent is shown as waiting, keeps keys and messages out, and can be captured', async () => {
  const script = join(home.work, 'dialog.sh');
  writeFileSync(script, `stty -echo\ncat '${captured}'\nread -r answer\necho "answered: $answer"\nsleep 1000\n`);
  await home.amux('register', 'one', '--dir', home.work, '--agent', 'claude', '--command', `sh ${script}`);
  await home.amux('start', 'one');
  const {waitingFor} = await until('the dialog', async () => {
    const session = await home.session('one');
    return session.activity === 'waiting' ? session : undefined;
  });
  assert.deepEqual(waitingFor, {kind: 'trust', detail: '/home/dev/proj'});

  assert.match(await home.amux('send', 'one', 'hello'), /^queued for one: it waits for a person/);
  assertFailed(await home.run(['keys', 'one', 'Enter']), 4, /one shows a dialog \(\/home\/dev\/proj\)/);
  assert.doesNotMatch(await home.amux('peek', 'one'), /answered/);

  const said = await home.amux('capture', 'one', '--as', 'trust-again', '--out', join(home.work, 'cases'));
  assert.match(said, /cases\/claude\/trust-again · the rules say: waiting \(trust dialog\)/);
  const file = join(home.work, 'cases', 'claude', 'trust-again', 'screen.ansi');
  assert.match(readFileSync(file, 'utf8'), /Yes, I trust this folder/);
  const replayed = await home.json<{activity: string; rule: string}>('explain', '--screen', file, '--agent', 'claude');
  assert.deepEqual([replayed.activity, replayed.rule], ['waiting', 'trust dialog']);

  // It is not the agent itself: nothing but the key was typed into it.
  await home.amux('keys', 'one', 'Enter', '--force');
  const answered = await until('the answer', async () => {
    const shown = await home.amux('peek', 'one');
    return shown.includes('answered:') ? shown : undefined;
  });
  assert.match(answered, /^answered: *$/m);
});

test('a case without a name, or with one that is a path, is refused', async () => {
  assertFailed(await home.run(['capture', 'one']), 2, /what is the case called/);
  assertFailed(await home.run(['capture', 'one', '--as', '../x']), 2, /no name for a case/);
});

test('explain --screen says what it needs', async () => {
  assertFailed(await home.run(['explain', '--screen', captured]), 2, /of which agent is the screen/);
  assertFailed(await home.run(['explain', '--screen', '/none', '--agent', 'claude']), 2, /cannot read none/);
  assertFailed(await home.run(['explain']), 2, /explain which session/);
});
