import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {amuxFile, Home, until} from '../helpers/home.ts';

test('inside a session amux goes by its own token: it reads and messages, and says what is more than that', async () => {
  await using home = new Home();
  home.program('amux', `#!/bin/sh\nexec "${process.execPath}" "${amuxFile}" "$@"\n`);
  const other = await home.startAgent('other');
  const script = ['ps', 'send other hello', 'token ls', 'stop other', 'config show']
    .map((words, i) => `amux ${words} >out.${i} 2>&1; echo $? >>out.${i}`)
    .join('\n');
  writeFileSync(join(home.work, 'script.sh'), `${script}\nexec cat\n`);
  await home.amux('register', 'self', '--dir', home.work, '--agent', 'generic', '--command', 'sh script.sh');
  await home.amux('start', 'self');
  const out = (i: number) => readFileSync(join(home.work, `out.${i}`), 'utf8');
  await until('the last one', () => {
    try {
      return /\n\d\n$/.test(out(4));
    } catch {
      return false; // Not yet.
    }
  });
  assert.match(out(0), /other[\s\S]*self\n0\n$/);
  assert.match(out(1), /for other: [\s\S]*\n0\n$|delivered to other: .*\n0\n$/);
  assert.deepEqual(await other.read(1), ['hello']);
  assert.match(
    out(2),
    /needs the role admin; this token is agent · amux token create --role admin makes one that may\n1\n$/,
  );
  assert.match(out(3), /needs the role operator; this token is agent[^\n]*\n1\n$/);
  assert.match(out(4), /\n0\n$/);
  const events = await home.amux('events', '--json', '-n', '200');
  assert.match(events, /message [\w-]+ queued","actor":"agent:self"/);
  assert.equal((await home.session('other')).running, true);
});
