import assert from 'node:assert/strict';
import {chmodSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import type {NoticeTrial} from '../../source/domain/notices.ts';
import {Home} from '../helpers/home.ts';
import {Receiver} from '../notices/receiver.ts';

test('a trial goes through every channel, and says what became of it', async () => {
  await using receiver = await Receiver.open();
  await using home = new Home();
  const seen = join(home.dir, 'shown');
  const program = join(home.bin, 'notify-send');
  writeFileSync(program, `#!/bin/sh\nfor word; do echo "$word"; done > ${seen}\n`);
  chmodSync(program, 0o755);
  home.env = {...home.env, DISPLAY: ':7', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere', HOOK: receiver.url};
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how references are written.
  writeFileSync(join(home.path, 'config.yaml'), 'notices: {webhooks: [{url: "${HOOK}", secret: geheim}]}\n');
  const trials = await home.json<NoticeTrial[]>('notices', 'test');
  const {host} = new URL(receiver.url);
  assert.deepEqual(
    trials.map(({channel, ok}) => [channel, ok]),
    [
      ['bell', true],
      ['notify-send', true],
      [`webhook 1 (${host})`, true],
    ],
  );
  assert.equal(receiver.received.length, 1);
  assert.deepEqual(readFileSync(seen, 'utf8').trim().split('\n').slice(-3), ['--', 'amux', 'this is a trial']);

  receiver.replies = [{status: 403}];
  writeFileSync(program, '#!/bin/sh\necho "no such bus" >&2\nexit 1\n');
  const failed = await home.run(['notices', 'test']);
  assert.equal(failed.code, 1);
  assert.match(failed.out, /^✗ notify-send +no such bus$/m);
  assert.match(failed.out, /^✗ webhook 1 \(.*\) HTTP 403, signed$/m);
  assert.doesNotMatch(failed.out + failed.err, /geheim|top-secret/);
});
