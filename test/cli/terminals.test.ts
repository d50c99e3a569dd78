import assert from 'node:assert/strict';
import {readdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {after, before, test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {until} from '../backends/probe.ts';
import {type Agent, assertFailed, type ErrorText, ended, expectText, Home} from '../helpers/home.ts';
import {holders} from '../helpers/processes.ts';
import {Terminal} from '../helpers/terminal.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

let agent: Agent;

before(async () => {
  agent = await home.startAgent('one');
});

test('what needs a terminal says so when stdin is none', async () => {
  const says = (what: string) => new RegExp(`${what} needs a terminal, and stdin is not one · scripts use amux ps`);
  assertFailed(await home.run([]), 2, says('the cockpit'));
  assertFailed(await home.run(['attach', 'one']), 2, says('attach'));
  assertFailed(await home.run(['agent', 'attach', 'one']), 2, says('attach'));
  const {err} = await home.run(['--json']);
  assert.equal((JSON.parse(err) as ErrorText).error.code, 'terminal.none');
});

test('a run that could not be attached starts nothing', async () => {
  const before = await home.json<unknown[]>('ps', '-a');
  const failed = await home.run(['run', 'generic', '-c', 'cat', '--attach']);
  assertFailed(failed, 2, /attach needs a terminal, and stdin is not one/);
  assert.equal((await home.json<unknown[]>('ps', '-a')).length, before.length);
});

test('a demo without a terminal says so, and makes no home', async () => {
  const child = home.spawn(['demo']);
  const end = ended(child);
  await expectText(child.stderr, 'the demo needs a terminal, and stdin is not one');
  assert.equal(await end, 2);
  assert.deepEqual(demoHomes(child.pid!), []);
});

test('a message is asked for when stdin is a terminal and no text was given', async () => {
  await using terminal = new Terminal(home, ['send', 'one']);
  assert.equal(await terminal.ended(), 2);
  assert.match(terminal.text(), /no text was given · amux send NAME TEXT/);
});

test('a table on a terminal is cut at its edge, and keeps its header', async () => {
  await home.amux('queue', 'one', '--clear');
  await using terminal = new Terminal(home, ['agent', 'config', 'list'], {cols: 20});
  assert.equal(await terminal.ended(), 0);
  const [header = '', row = ''] = terminal.text().split('\n');
  assert.match(header, /^ID +NAME +.*…$/);
  assert.match(row, /^\w+ +\w+.*…$/);
  assert.ok([header, row].every(line => line.length <= 20));
});

for (const [cols, header] of [
  [120, /^SESSION ID +AGENT +WORKSPACE +STATUS +RUNTIME +ACTIVITY +MEMORY +CPU +PROCS +NAME$/],
  [80, /^SESSION ID +AGENT +WORKSPACE +STATUS +RUNTIME +ACTIVITY +NAME$/],
  [50, /^SESSION ID +AGENT +STATUS +ACTIVITY +NAME$/],
  [40, /^SESSION … +STATUS +ACTIVITY +NAME$/],
] as const) {
  test(`whatever has happened to a session, ps shows its status and name at ${cols} columns`, async () => {
    const command = `missing-program ${'x'.repeat(150)}`;
    await home.run(['register', 'broken-one', '--dir', home.work, '--agent', 'generic', '--command', command]);
    await home.run(['start', 'broken-one']);
    await using terminal = new Terminal(home, ['ps', '--wide'], {cols});
    assert.equal(await terminal.ended(), 0);
    const lines = terminal.text().trimEnd().split('\n');
    assert.match(lines[0]!, header);
    assert.match(lines[1]!, /running .* {2}one$/);
    assert.match(lines[2]!, /failed .*… .* broken-one$/);
    assert.ok(lines.every(line => line.length <= cols));
    assert.match(await home.amux('ps'), /failed .*missing-program.*x{150}.* {2}broken-one/);
  });
}

const manyTags = ['payments', 'backend', 'customer-facing', 'sprint-forty-seven', 'urgent'].flatMap(tag => [
  '--tag',
  tag,
]);
const longName = `a-seat-${'x'.repeat(50)}`;

/** Of a terminal of so many columns. */
async function linesOf(cols: number, args: string[]): Promise<string[]> {
  await using terminal = new Terminal(home, args, {cols});
  assert.equal(await terminal.ended(), 0);
  return terminal.text().trimEnd().split('\n');
}

for (const cols of [80, 40]) {
  test(`one card with many tags and a long holder hides the titles of no others at ${cols} columns`, async t => {
    await home.amux('register', longName, '--dir', home.work, '--agent', 'generic');
    const {id} = await home.json<{id: string}>('board', 'add', 'Retry', 'what', 'failed', ...manyTags);
    const other = await home.json<{id: string}>('board', 'add', 'Plain', 'words');
    t.after(async () => {
      await home.amux('board', 'rm', id, other.id);
      await home.amux('unregister', longName);
    });
    await home.amux('board', 'claim', id, '--session', longName);
    const lines = await linesOf(cols, ['board']);
    assert.ok(
      lines.some(line => /Retry what/.test(line)),
      lines.join('\n'),
    );
    assert.ok(lines.some(line => /Plain word/.test(line)));
    assert.ok(lines.every(line => line.length <= cols));
    assert.match(await home.amux('board'), new RegExp(`${longName} .*payments,backend,customer-facing,sprint`));
  });

  test(`a note with many tags, and a schedule, show what they are about at ${cols} columns`, async t => {
    await home.amux('notes', 'add', 'The gateway waits', ...manyTags);
    await home.amux('register', 'two', '--dir', home.work, '--agent', 'generic');
    await home.amux('schedule', 'add', 'nightly', '--cron', '0 2 * * *', '--to', 'two', '--message', 'run it');
    t.after(async () => {
      await home.amux('schedule', 'rm', 'nightly');
      await home.amux('unregister', 'two');
    });
    await home.amux('schedule', 'run', 'nightly');
    for (const [command, shown] of [
      ['notes', cols === 80 ? /The gateway waits$/ : /The gateway/],
      ['schedule', /nightly.* \d{4}-\d\d-\d\d 02:00 .*send two/],
    ] as const) {
      const lines = await linesOf(cols, [command]);
      assert.match(lines[1]!, shown);
      assert.ok(lines.every(line => line.length <= cols));
    }
  });
}

test('attach shows the session, gives it the keys, and Ctrl-B D leaves it running', async () => {
  await using terminal = new Terminal(home, ['attach', 'one']);
  await terminal.expect(/__READY__/);
  terminal.press('typed by hand\r');
  assert.deepEqual((await agent.read(1)).slice(-1), ['typed by hand']);
  await terminal.expect(/done 13/);
  terminal.press('\u0002d');
  assert.equal(await terminal.ended(), 0);
  assert.equal((await home.session('one')).status, 'running');
});

test('attach where no tmux has a line for it says how to leave, before the screen and in the title', async () => {
  await using own = new Home({config: 'backend: pty\n'});
  await own.startAgent('one');
  await using terminal = new Terminal(own, ['attach', 'one']);
  await terminal.expect(/__READY__/);
  terminal.press('\u0002d');
  assert.equal(await terminal.ended(), 0);
  assert.match(terminal.text(), /\[one · Ctrl-B d leaves\]\s+\[left one, which goes on\]/);
});

test('attach works inside the user’s own tmux, and for two at once', async () => {
  const env = {TMUX: '/tmp/tmux-0/default,1,0', TMUX_PANE: '%0'};
  await using first = new Terminal(home, ['agent', 'attach', 'one'], {env});
  await using second = new Terminal(home, ['attach', 'one'], {cols: 80, rows: 24});
  await first.expect(/__READY__/);
  await second.expect(/__READY__/);
  second.press('from the second\r');
  await first.expect(/from the second/);
  for (const terminal of [first, second]) {
    terminal.press('\u0002d');
    assert.equal(await terminal.ended(), 0);
  }
});

test('attach ends when the session does', async () => {
  await home.startAgent('brief');
  await using terminal = new Terminal(home, ['attach', 'brief']);
  await terminal.expect(/__READY__/);
  await home.amux('stop', 'brief', '--force');
  assert.equal(await terminal.ended(), 0);
  assert.match(terminal.text(), /brief.*is stopped/);
});

test('attach to a session that does not run says what to do', async () => {
  await home.amux('register', 'idle', '--dir', home.work, '--agent', 'generic');
  await using terminal = new Terminal(home, ['attach', 'idle']);
  assert.equal(await terminal.ended(), 4);
  assert.match(terminal.text(), /idle is not running · amux start idle/);
});

test('in a terminal that is too small the cockpit says so, and comes back when it is larger', async () => {
  await using terminal = new Terminal(home, [], {cols: 30, rows: 8});
  await terminal.expect(/amux needs 40×12\nthis is 30×8/);
  terminal.resize(100, 30);
  await terminal.expect(/one/);
  terminal.press('q');
  assert.equal(await terminal.ended(), 0);
  assert.ok(!terminal.alternate);
});

test('the demo shows its seven agents at work, and leaves nothing behind', async () => {
  await using terminal = new Terminal(home, ['demo'], {cols: 140, rows: 45});
  for (const name of ['payments', 'api', 'docs', 'infra', 'i18n', 'batch', 'monitor'])
    await terminal.expect(new RegExp(`\\b${name}\\b`));
  assert.equal(demoHomes(terminal.pid).length, 1);
  await terminal.expect(/rm -rf dist/);
  terminal.press('q');
  assert.equal(await terminal.ended(), 0);
  assert.deepEqual(demoHomes(terminal.pid), []);
  assert.deepEqual(holders(`amux-demo-${terminal.pid}-`), []);
});

test('what the demo asks is answered from the cockpit, and its board has cards', async () => {
  await using terminal = new Terminal(home, ['demo'], {cols: 120, rows: 40});
  await terminal.expect(/Approvals 2/);
  terminal.press('3');
  const asked = () => ['1    Red', '1 y  Yes'].find(text => terminal.text().includes(text));
  await terminal.expect(/1 {4}Red|1 y {2}Yes/);
  await until('both answers', async () => {
    const one = asked();
    if (one === undefined) return /nothing waits for you/.test(terminal.text()) || undefined;
    // What came up a moment ago is looked at first: the key is pressed again, but not while an answer is on its way.
    terminal.press(one === '1    Red' ? '2' : 'y');
    await Promise.race([terminal.until(() => asked() !== one, 'the next request').catch(() => {}), pause(1000)]);
    return undefined;
  });
  terminal.press('2');
  await terminal.expect(/todo 3[\s\S]*DOING 1|doing 1[\s\S]*done 1/i);
  terminal.press('5');
  await terminal.expect(/\[5 Events\]/);
  terminal.press('/actor:cockpit type:approval\r');
  await terminal.expect(/docs +approval\.settled +Which colour\? Red · Blue: answered: 2/);
  await terminal.expect(/payments +approval\.settled +Bash: rm -rf dist: allowed/);
  terminal.press('q');
  assert.equal(await terminal.ended(), 0);
});

test('what a demo that was killed left behind goes with the next one', async () => {
  await using first = new Terminal(home, ['demo'], {cols: 140, rows: 45});
  await first.expect(/rm -rf dist/);
  process.kill(first.pid, 'SIGKILL');
  await first.ended();
  assert.ok(holders(`amux-demo-${first.pid}-`).length > 0);
  await using second = new Terminal(home, ['demo'], {cols: 140, rows: 45});
  await second.expect(/payments/);
  second.press('q');
  assert.equal(await second.ended(), 0, second.text());
  assert.deepEqual(demoHomes(first.pid), []);
  assert.deepEqual(holders(`amux-demo-${first.pid}-`), []);
});

const demoHomes = (pid: number) => readdirSync(tmpdir()).filter(name => name.startsWith(`amux-demo-${pid}-`));
