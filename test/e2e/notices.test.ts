import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {WebhookBody} from '../../source/supervisor/webhooks.ts';
import {Home} from '../helpers/home.ts';
import {Terminal} from '../helpers/terminal.ts';
import {Receiver} from '../notices/receiver.ts';

const BLURRED = '\x1b[O';

const config = (receiver: Receiver) =>
  `notices: {webhooks: [{url: "${receiver.url}", secret: geheim, on: [waiting, failed]}]}\n`;

const told = ({distinct}: Receiver): string[] =>
  distinct.map(({body}) => {
    const {kind, session} = JSON.parse(body) as WebhookBody;
    return `${session?.name} ${kind}`;
  });

/** A session that fails, so that what was told before it is known to be all. */
async function fail(home: Home, name: string): Promise<void> {
  const flags = ['--agent', 'generic', '--restart', 'never', '--command', "sh -c 'sleep 1; exit 3'"];
  await home.amux('register', name, '--dir', home.work, ...flags);
  await home.amux('start', name);
}

describe('notices', {concurrency: 2}, () => {
  test('what a killed supervisor had not delivered comes with the next, and nothing again', async () => {
    await using receiver = await Receiver.open();
    await using home = new Home({config: config(receiver)});
    const agent = await home.startAgent('ada', '--block', 'danger');
    receiver.replies = [null];
    await home.amux('send', 'ada', 'danger');
    await receiver.count(1);
    await home.killSupervisor();
    await home.amux('serve', '--detach');
    await receiver.count(2);
    assert.equal(receiver.received[0]!.headers['x-amux-id'], receiver.received[1]!.headers['x-amux-id']);
    await home.killSupervisor();
    await home.amux('serve', '--detach');
    await home.amux('keys', 'ada', 'Enter', '--force');
    await home.amux('send', 'ada', 'danger again');
    await agent.read(2);
    // Killed between an answer and the note of it, it would have posted the same again.
    const distinct = () => receiver.distinct.length;
    await receiver.until(2, distinct);
    await fail(home, 'end');
    await receiver.until(3, distinct);
    assert.deepEqual(told(receiver), ['ada waiting', 'ada waiting', 'end failed']);
  });

  for (const backend of ['tmux', 'pty']) {
    test(`for a session that somebody is attached to none goes out (${backend})`, async () => {
      await using receiver = await Receiver.open();
      await using home = new Home({config: `backend: ${backend}\n${config(receiver)}`});
      const agent = await home.startAgent('ada', '--block', 'danger');
      await using terminal = new Terminal(home, ['attach', 'ada']);
      await terminal.expect(/__READY__/);
      await home.amux('send', 'ada', 'danger');
      await terminal.expect(/Allow this\?/);
      await fail(home, 'end');
      await receiver.count(1);
      assert.deepEqual(told(receiver), ['end failed']);
      assert.equal(agent.prompts.length, 1);
    });
  }

  test('a cockpit rings for what it does not show, or what nobody sees there', async () => {
    await using receiver = await Receiver.open();
    await using home = new Home({config: config(receiver)});
    await home.startAgent('ada', '--block', 'danger');
    await using cockpit = new Terminal(home, [], {
      cols: 120,
      rows: 40,
      env: {SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22'},
    });
    await cockpit.expect(/╭─ ada · generic/);
    await cockpit.expect(/__READY__/);
    cockpit.press('g');
    await home.amux('send', 'ada', 'danger');
    await cockpit.expect(/Allow this\?/);
    await fail(home, 'end');
    await cockpit.until(() => cockpit.output.includes('\x1b]9;'), 'a notice');
    await receiver.count(1);
    assert.deepEqual(told(receiver), ['end failed']);
    assert.equal(cockpit.output.split('\x1b]9;').length, 2);
    assert.match(cockpit.output, /\x1b\]9;amux: end failed: exit code 3\x07/);

    await home.amux('keys', 'ada', 'Enter', '--force');
    await cockpit.expect(/closed/);
    cockpit.press(BLURRED);
    await home.amux('send', 'ada', 'more danger');
    await cockpit.until(() => cockpit.output.split('\x1b]9;').length > 2, 'another');
    await receiver.count(2);
    assert.deepEqual(told(receiver), ['end failed', 'ada waiting']);
    assert.match(cockpit.output, /\x1b\]9;amux: ada needs you: permission[^\x07]*\x07/);
    cockpit.press('q');
    assert.equal(await cockpit.ended(), 0);
  });
});
