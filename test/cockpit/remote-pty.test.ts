import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import type {EventView} from '../../source/domain/fleet.ts';
import {freePort} from '../helpers/free-port.ts';
import {ended, expectText, Home, until} from '../helpers/home.ts';
import {isAlive} from '../helpers/processes.ts';
import {Terminal} from '../helpers/terminal.ts';

/** A headless supervisor in a process of its own, and somebody else's machine that has its certificate and a token. */
async function elsewhere(options: {config?: string} = {}) {
  // One of its own: the usual port goes from one test's supervisor to the next one's.
  const fleet = new Home({ownCertificate: true, config: `port: ${await freePort()}\n${options.config ?? ''}`});
  const viewer = new Home({ownCertificate: true});
  await fleet.amux('serve', '--detach');
  const {token} = await fleet.json<{token: string}>('token', 'create', '--role', 'admin', '--name', 'far');
  const at = () => (JSON.parse(readFileSync(join(fleet.path, 'supervisor.json'), 'utf8')) as {url: string}).url;
  const url = at();
  const env = {
    AMUX_URL: url.replace('https://', `https://amux:${token}@`),
    AMUX_CA: join(fleet.path, 'tls', 'cert.pem'),
  };
  const again = async () => {
    await fleet.amux('serve', '--detach');
    assert.equal(at(), url, 'the port is kept for its home');
  };
  return {
    fleet,
    env,
    token,
    url,
    again,
    cockpit: (size: {cols: number; rows: number}, more = {}) =>
      new Terminal(viewer, [], {...size, env: {...env, ...more}}),
    run: (args: string[], more: {[name: string]: string} = {}) => viewer.run(args, {env: {...env, ...more}}),
    viewer,
    async [Symbol.asyncDispose]() {
      await viewer[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

const host = (url: string) => url.replace('https://', '');

test('a cockpit over a URL drives sessions, never resizes them, and shows no token', async () => {
  await using far = await elsewhere();
  const {fleet, url, token} = far;
  const agent = fleet.agent('a');
  await fleet.amux('register', 'a', '--dir', fleet.work, '--agent', 'generic', '--command', agent.command);
  await using terminal = far.cockpit({cols: 120, rows: 40});
  await terminal.expect(new RegExp(`^ amux .*remote ${host(url)} +\\d\\d:\\d\\d`));
  await terminal.expect(/╭─ a · ended|not running: s starts it/);
  terminal.press('s');
  await agent.ready();
  await terminal.expect(/__READY__/);
  const {cols, rows} = await fleet.json<{cols: number; rows: number}>('peek', 'a');
  assert.deepEqual([cols, rows], [120, 40]);
  terminal.press(' from afar\r');
  assert.deepEqual(await agent.read(1), ['from afar']);
  terminal.press('i');
  await terminal.expect(/TYPING → a/);
  terminal.press('typed\r\x1d');
  assert.deepEqual(await agent.read(2), ['from afar', 'typed']);
  await until('it to rest', async () => (await fleet.session('a')).activity !== 'working');
  terminal.press('[');
  await terminal.expect(/╭─ a · scrollback/);
  terminal.press('/from afar\r');
  await terminal.expect(/▌.*from afar[\s\S]*"from afar" \d+\/\d+/);
  terminal.press('q');
  await terminal.expect(/╭─ a · generic/);
  terminal.press('s');
  await terminal.expect(/■ stopped/);
  assert.equal((await fleet.session('a')).status, 'stopped');
  assert.ok(!terminal.text().includes(token));
  terminal.press('q');
  assert.equal(await terminal.ended(), 0);
  assert.ok(isAlive(fleet.supervisorPid), 'who watches from afar takes nobody with him');
});

test('a server that is killed and comes back is survived: lost, stale, live again, nothing twice', async () => {
  await using far = await elsewhere();
  const {fleet} = far;
  const agent = await fleet.startAgent('a');
  await using terminal = far.cockpit({cols: 120, rows: 40});
  await terminal.expect(/__READY__/);
  await fleet.killSupervisor();
  await terminal.expect(/✗ no connection/);
  await terminal.expect(/a · stale · generic/);
  await terminal.expect(/5 Events .*stale$/m);
  terminal.press('s');
  await terminal.expect(/✗ there is no connection: nothing was done/);
  terminal.press(' kept text\r');
  await terminal.expect(/→ a ❯ kept text/);
  assert.ok(isAlive(agent.pid));
  await far.again();
  await fleet.amux('register', 'b', '--dir', fleet.work, '--agent', 'generic', '--command', 'cat');
  await terminal.expect(new RegExp(`remote ${host(far.url)}`));
  await terminal.expect(/─ b ─/);
  await terminal.expect(/a · generic · /);
  terminal.press('\r');
  assert.deepEqual(await agent.read(1), ['kept text']);
  await terminal.expect(/kept text/);
  terminal.press('5');
  await terminal.expect(/b registered/);
  const {out} = await fleet.run(['events', '--json', '-n', '200']);
  const entries = out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as EventView);
  const starts = entries.filter(({type}) => type === 'supervisor.started').length;
  assert.equal(starts, 2);
  const shown = terminal.text().match(/supervisor of pid \d+ took over/g) ?? [];
  assert.deepEqual(shown.length, 2, terminal.text());
  assert.equal(new Set(shown).size, 2);
  terminal.press('q');
  assert.equal(await terminal.ended(), 0);
});

test('a cockpit whose URL does not answer, or whose token is not known, never takes the screen', async () => {
  await using far = await elsewhere();
  for (const [more, code, says] of [
    [{AMUX_URL: 'https://amux:x@127.0.0.1:9'}, 5, /no answer from https:\/\/127\.0\.0\.1:9/],
    [{AMUX_URL: far.url.replace('https://', 'https://amux:x@')}, 1, /not known, has expired or was revoked/],
  ] as const) {
    await using terminal = far.cockpit({cols: 120, rows: 24}, more);
    assert.equal(await terminal.ended(), code);
    assert.match(terminal.text(), says);
    assert.ok(!terminal.alternate);
  }
});

test('attach over a URL on the machine of the terminals is the terminal itself', async () => {
  await using far = await elsewhere();
  const agent = await far.fleet.startAgent('a');
  await using terminal = far.cockpit({cols: 90, rows: 20});
  await terminal.expect(/__READY__/);
  terminal.press('\r');
  await until('its size', async () => (await far.fleet.json<{cols: number}>('peek', 'a')).cols === 90);
  terminal.press('direct\r');
  assert.deepEqual(await agent.read(1), ['direct']);
  terminal.press('\x02d');
  await terminal.expect(/COMMAND/);
});

for (const backend of ['tmux', 'pty']) {
  test(`attach from elsewhere goes by screens and keys, with ${backend}: no size changes, a lost server is waited for`, async () => {
    await using far = await elsewhere({config: `backend: ${backend}\nallowedHosts: [0.0.0.0]\n`});
    const {fleet} = far;
    const agent = await fleet.startAgent('a');
    // An address that no program may take for its own machine, though it is.
    const env = {...far.env, AMUX_URL: far.env.AMUX_URL.replace('localhost', '0.0.0.0')};
    await using terminal = new Terminal(far.viewer, ['attach', 'a'], {cols: 70, rows: 15, env});
    await terminal.expect(/__READY__/);
    assert.ok(terminal.alternate);
    terminal.press('größer\r');
    assert.deepEqual(await agent.read(1), ['größer']);
    await terminal.expect(/done 6/);
    const {cols, rows} = await fleet.json<{cols: number; rows: number}>('peek', 'a');
    assert.deepEqual([cols, rows], [120, 40]);
    await fleet.killSupervisor();
    await terminal.expect(/no connection, trying again · Ctrl-B d leaves/);
    await far.again();
    await terminal.expect(/> *$/m);
    await until('its screen', () => !/no connection/.test(terminal.text()));
    terminal.press('again\r');
    assert.deepEqual(await agent.read(2), ['größer', 'again']);
    terminal.press('\x02d');
    assert.equal(await terminal.ended(), 0);
    assert.match(terminal.text(), /\[left a, which goes on\]/);
    assert.ok(!terminal.alternate);
    await using second = new Terminal(far.viewer, ['attach', 'a'], {cols: 70, rows: 15, env});
    await second.expect(/done 5/);
    await fleet.amux('stop', 'a');
    assert.equal(await second.ended(), 0);
    assert.match(second.text(), /\[left a, which is stopped\]/);
  });
}

test('enter in a cockpit elsewhere attaches by screens and keys, and comes back to the cockpit', async () => {
  await using far = await elsewhere({config: 'allowedHosts: [0.0.0.0]\n'});
  const agent = await far.fleet.startAgent('a');
  const AMUX_URL = far.env.AMUX_URL.replace('localhost', '0.0.0.0');
  await using terminal = far.cockpit({cols: 90, rows: 20}, {AMUX_URL});
  await terminal.expect(/COMMAND/);
  await terminal.expect(/__READY__/);
  terminal.press('\r');
  await terminal.expect(/^__READY__/);
  terminal.press('q for the agent\r');
  assert.deepEqual(await agent.read(1), ['q for the agent']);
  await terminal.expect(/done 15/);
  terminal.press('\x02d');
  await terminal.expect(/COMMAND/);
  terminal.press('i');
  await terminal.expect(/TYPING → a/);
  terminal.press('once more\r\x1d');
  assert.deepEqual(await agent.read(2), ['q for the agent', 'once more']);
  assert.equal((await far.fleet.json<{cols: number}>('peek', 'a')).cols, 120);
  terminal.press('q');
  assert.equal(await terminal.ended(), 0);
});

test('peek -f and events -f over a URL end with exit 5 when the server is gone', async () => {
  await using far = await elsewhere();
  await far.fleet.startAgent('a');
  const children = [
    ['peek', 'a', '-f'],
    ['events', '-f'],
  ].map(args => far.viewer.spawn(args, {env: far.env}));
  await Promise.all(children.map(child => expectText(child.stdout, '\n')));
  const ends = children.map(child => ended(child));
  await far.fleet.killSupervisor();
  assert.deepEqual(await Promise.all(ends), [5, 5]);
});
