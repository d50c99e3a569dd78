import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import type {Explanation, SessionView} from '../../source/domain/fleet.ts';
import {assertFailed, Home, until} from '../helpers/home.ts';

const home = new Home({config: 'watchdog: {default: report, stuck: {mode: on, after: 1h}, limit: off}\n'});
after(() => home[Symbol.asyncDispose]());

before(async () => {
  await home.amux('register', 'one', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  await home.amux('register', 'two', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
});

const rows = async (name: string) => (await home.amux('watchdog', name)).trimEnd().split('\n');
const modeOf = async (name: string, rule: string) =>
  (await home.json<Explanation>('explain', name)).watchdog.find(each => each.rule === rule)?.mode;

test('explain and watchdog show each rule with its mode, also without a supervisor', async () => {
  for (const text of [await home.amux('explain', 'one'), await home.amux('watchdog', 'one')]) {
    assert.match(text, /^RULE +MODE +NEXT +LAST$/m);
    assert.match(text, /^crash +report +- +-$/m);
    assert.match(text, /^stuck +on /m);
    assert.match(text, /^limit +off /m);
  }
  await home.amux('serve', '--stop');
  assert.match((await rows('one')).join('\n'), /^limit +off /m);
});

test('a mode is set for one session, and taken away again', async () => {
  assert.equal(await home.amux('watchdog', 'one', 'limit', 'on'), 'one: limit on\n');
  assert.deepEqual([await modeOf('one', 'limit'), await modeOf('two', 'limit')], ['on', 'off']);
  await home.amux('watchdog', 'one', 'all', 'off');
  const {watchdog} = await home.session('one');
  assert.deepEqual([...new Set(Object.values(watchdog.modes))], ['off']);
  assert.equal(await home.amux('watchdog', 'one', 'all', 'default'), 'one: all as configured\n');
  assert.deepEqual([await modeOf('one', 'limit'), await modeOf('one', 'stuck')], ['off', 'on']);
});

test('what is no rule or no mode is a usage error that names those that are', async () => {
  assertFailed(await home.run(['watchdog', 'one', 'stuk', 'on']), 2, /no rule "stuk" · use crash, .*mass-death or all/);
  assertFailed(await home.run(['watchdog', 'one', 'stuck', 'maybe']), 2, /on\|report\|off\|default/);
  assertFailed(await home.run(['watchdog', 'one', 'stuck']), 2, /which mode for stuck\?/);
  assertFailed(await home.run(['watchdog', 'nobody']), 3, /nobody/);
});

test('ps --wide has what processes take, and nothing for those that do not run', async () => {
  await home.amux('start', 'one');
  await until('a look', async () => (await home.session('one')).resources !== null);
  const [header, one, two] = (await home.amux('ps', '--wide')).split('\n');
  assert.match(header!, /ACTIVITY +MEMORY +CPU +PROCS +NAME$/);
  assert.match(one!, / \d+(\.\d)? (KB|MB) +(-|\d+%) +1 +one$/);
  assert.match(two!, / - +- +- +two$/);
  assert.doesNotMatch(await home.amux('ps'), /MEMORY/);
  const [listed] = await home.json<SessionView[]>('ps');
  assert.equal(listed?.resources?.processes, 1);
});

test('a crash that is only reported is told of in explain, and the session stays down', async () => {
  const {pid} = await home.session('one');
  process.kill(pid!, 'SIGKILL');
  await until('its end', async () => (await home.session('one')).status === 'failed');
  assert.match(
    (await rows('one')).join('\n'),
    /^crash +report .* \d\d:\d\d:\d\d would be restart: killed by SIGKILL;/m,
  );
});

test('a crash is shown with the time of the next start', async () => {
  await home.amux('watchdog', 'two', 'crash', 'on');
  await home.amux('start', 'two');
  for (let i = 0; i < 3; i++) {
    const {pid} = await home.session('two');
    process.kill(pid!, 'SIGKILL');
    if (i < 2) {
      await until('the next one', async () => {
        const next = await home.session('two');
        return next.status === 'running' && next.pid !== pid;
      });
    }
  }
  await until('the crash', async () => (await home.session('two')).watchdog.comeback !== null);
  assert.match(await home.amux('ps'), /starts again at \d\d:\d\d:\d\d +two$/m);
  assert.match(
    (await rows('two')).join('\n'),
    /^crash +on +\d\d:\d\d:\d\d starts again \(3 of 5 crashes in 10 minutes\)/m,
  );
});
