import assert from 'node:assert/strict';
import {X509Certificate} from 'node:crypto';
import {copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {commands} from '../../source/cli/registry.ts';
import {isElsewhere, masked, remoteFor} from '../../source/cli/remote.ts';
import type {SessionView} from '../../source/domain/fleet.ts';
import {certificates} from '../helpers/front.ts';
import {assertFailed, expectText, Home} from '../helpers/home.ts';
import {type Supervised, supervise} from '../helpers/live-home.ts';
import {type Served, serveOverTls} from '../helpers/served.ts';

/** The home of the machine that people sit at; the fleet is another home's. */
const home = new Home({ownCertificate: true});
let supervised: Supervised;
let served: Served;
let admin: string;

before(async () => {
  supervised = await supervise();
  served = await serveOverTls(supervised);
  admin = await served.token('admin');
});
after(async () => {
  await served[Symbol.asyncDispose]();
  await supervised[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

const withToken = (token: string) => served.url.replace('https://', `https://amux:${token}@`);
const nothingBegan = () => assert.deepEqual(readdirSync(home.path), [], 'the home of this machine is untouched');

test('a URL with its token, and the certificate, reach a fleet elsewhere; the home is not even opened', async () => {
  const ca = ['--ca', certificates.home];
  const program = supervised.agent('a');
  const register = ['register', 'a', '--dir', supervised.work, '--agent', 'generic', '--command', program.command];
  await home.amux(...register, '--url', withToken(admin), ...ca);
  await home.amux('--url', served.url, '--token', admin, ...ca, 'start', 'a');
  await program.ready();
  const env = {AMUX_URL: withToken(admin), AMUX_CA: certificates.home};
  const {code, out, err} = await home.run(['send', 'a', 'hello'], {env});
  assert.equal(code, 0, err);
  assert.match(out, /delivered to a/);
  const [session] = JSON.parse((await home.run(['ps', '--json'], {env})).out) as SessionView[];
  assert.deepEqual([session?.name, session?.running], ['a', true]);
  assert.match((await home.run(['peek', 'a'], {env})).out, /hello/);
  assert.match(
    (await home.run(['doctor'], {env})).out,
    /fleet +https:\/\/127\.0\.0\.1:\d+: pid \d+ \(serve\), pty backend/,
  );
  nothingBegan();
});

test('a fingerprint pins the certificate; another one is refused', async () => {
  const found = new X509Certificate(readFileSync(certificates.home)).fingerprint256;
  const ps = ['ps', '--url', withToken(admin)];
  await home.amux(...ps, '--ca', `sha256:${found}`);
  await home.amux(...ps, '--ca', `SHA256:${found.replaceAll(':', '').toLowerCase()}`);
  const wrong = await home.run([...ps, '--ca', `sha256:${'ab'.repeat(32)}`]);
  assertFailed(
    wrong,
    5,
    /certificate of https:\/\/127\S+ is not trusted: its fingerprint is sha256:\w{64} · it is not what --ca/,
  );
});

test('a loopback URL is checked against the home’s own certificate without any flag', async () => {
  const ps = ['ps', '--url', withToken(admin)];
  const untrusted = /is not trusted: .* · there is no .*cert\.pem; give its certificate: --ca FILE, or its fingerprint/;
  assertFailed(await home.run(ps), 5, untrusted);
  const file = join(home.path, 'tls', 'cert.pem');
  mkdirSync(join(home.path, 'tls'));
  copyFileSync(certificates.other, file);
  assertFailed(await home.run(ps), 5, /is not trusted: .* · it is not .*cert\.pem; give its certificate: --ca FILE/);
  copyFileSync(certificates.home, file);
  await home.amux(...ps);
});

test('nobody there is exit 5, with the URL and without its token; nothing is started', async () => {
  const url = 'https://amux:sEcReT@127.0.0.1:9';
  for (const args of [
    ['ps'],
    ['ps', '--json'],
    ['start', 'a'],
    ['send', 'a', 'x'],
    ['token', 'ls'],
    ['wait', 'a', '--until', 'idle'],
  ]) {
    const {code, out, err} = await home.run([...args, '--url', url]);
    assert.equal(code, 5, err);
    assert.match(err, /no answer from https:\/\/127\.0\.0\.1:9: /);
    assert.doesNotMatch(out + err, /sEcReT/);
  }
  assert.ok(!existsSync(join(home.path, 'journal')));
});

test('a token that is missing, wrong or too small is told apart', async () => {
  const agent = await served.token('agent');
  assertFailed(await home.run(['ps', '--url', served.url]), 1, /a token is needed here/);
  assertFailed(
    await home.run(['ps', '--url', served.url, '--token', 'wrong']),
    1,
    /not known, has expired or was revoked/,
  );
  const stop = await home.run(['stop', 'a', '--url', withToken(agent)]);
  assertFailed(stop, 1, /needs the role operator; this token is agent · amux token create --role operator makes one/);
  await home.amux('ps', '--url', withToken(agent));
});

test('the token stands in no command line that others can see', async () => {
  const secret = await served.token('viewer');
  for (const given of [
    ['--url', withToken(secret)],
    ['--url', served.url, '--token', secret],
    [`--url=${served.url}`, `--token=${secret}`],
  ]) {
    const child = home.spawn(['events', '-f', '-n', '1', ...given]);
    await expectText(child.stdout, '\n');
    const seen = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
    assert.match(seen, /^amux events /);
    assert.ok(!seen.includes(secret), seen);
    child.kill('SIGKILL');
  }
});

test('commands over this machine say that they do not go elsewhere, and pass over AMUX_URL', async () => {
  const here = commands.filter(command => command.here === true && command.hidden !== true);
  assert.ok(here.length > 8);
  for (const {path} of here) {
    const args =
      path === 'completion' ? ['bash'] : /agent config (add|update|remove|show)|mcp test/.test(path) ? ['x'] : [];
    const result = await home.run([...path.split(' '), ...args, '--url', 'https://127.0.0.1:9']);
    assertFailed(result, 2, new RegExp(`amux ${path} works on this machine, not over a URL · leave --url out`));
  }
  const env = {AMUX_URL: 'https://amux:x@127.0.0.1:9'};
  assert.equal((await home.run(['config', 'show'], {env})).code, 0);
  assert.equal((await home.run(['serve', '--stop'], {env})).code, 0);
});

test('--home overrules AMUX_URL, and --url overrules --home', async () => {
  const env = {AMUX_URL: 'https://amux:x@127.0.0.1:9'};
  assert.equal((await home.run(['ps', '--home', home.path], {env})).code, 0);
  assertFailed(await home.run(['ps'], {env}), 5, /no answer from https:\/\/127\.0\.0\.1:9/);
  const both = await home.run(['doctor', '--json', '--home', home.path, '--url', withToken(admin)], {env});
  assert.match(both.out, /pid \d+ \(serve\)/, both.err);
});

test('over a URL a relative directory is of this machine only when the fleet is', async () => {
  const given = ['register', 'b', '--dir', '.', '--agent', 'generic'];
  const {code, err} = await home.run([...given, '--url', 'https://fleet.example:8822']);
  assert.equal(code, 2);
  assert.match(err, /--dir is a directory of fleet\.example:8822: "\." is none · give it from the root/);
  const made = await home.run([...given, '--json', '--url', withToken(admin)], {cwd: supervised.work});
  assert.equal((JSON.parse(made.out) as SessionView).dir, supervised.work);
});

test('which fleet is meant, from flags and environment', () => {
  const of = (flags: Record<string, string>, env: Record<string, string> = {}, command = {path: 'ps'}) =>
    remoteFor(command, {flags, env, paths: {certificate: '/none'}});
  const T = 'https://amux:a%2Fb%25@host.example:8822/';
  assert.equal(of({}), null);
  assert.equal(isElsewhere(null), false);
  assert.equal(of({}, {AMUX_URL: ''}), null);
  assert.deepEqual(of({}, {AMUX_URL: T})?.target, {
    url: 'https://host.example:8822',
    token: 'a/b%',
    trust: {kind: 'system', advice: 'give its certificate: --ca FILE, or its fingerprint: --ca sha256:HEX'},
  });
  assert.equal(of({url: 'https://h:1', token: 't'}, {AMUX_URL: T})?.target.token, 't');
  assert.equal(of({url: 'https://h:1'}, {AMUX_URL: T})?.target.token, null, 'a token goes to its own URL only');
  assert.equal(of({home: '/h'}, {AMUX_URL: T}), null);
  assert.equal(of({url: 'https://h/fleet/'})?.target.url, 'https://h/fleet');
  assert.equal(of({url: 'http://localhost:1'})?.notice, null);
  assert.match(of({url: 'http://far.example'})?.notice ?? '', /not encrypted/);
  for (const [url, loopback] of [
    ['https://localhost', true],
    ['https://127.9.9.9', true],
    ['https://[::1]:8822', true],
    ['https://localhost.example', false],
    ['https://128.0.0.1', false],
  ] as const) {
    assert.equal(of({url})?.loopback, loopback, url);
    assert.equal(isElsewhere(of({url})), !loopback, url);
  }
  const secret = /sEcReT/;
  const bad: Record<string, string>[] = [
    {url: 'amux:sEcReT@host:8822'},
    {url: 'ftp://amux:sEcReT@host'},
    {url: 'https://'},
    {token: 'sEcReT'},
    {ca: 'x.pem'},
    {url: 'https://h', ca: '/no/such/file'},
    {url: 'https://h', ca: 'sha256:abc'},
  ];
  for (const flags of bad) {
    assert.throws(
      () => of(flags),
      (error: Error) => {
        assert.equal((error as {code?: string}).code, 'input.invalid');
        assert.doesNotMatch(error.message, secret);
        return true;
      },
      JSON.stringify(flags),
    );
  }
});

test('words with tokens are masked, others stay as they are', () => {
  assert.deepEqual(
    masked(['--token', 'x', '--token=y', '--url', 'https://amux:z@h:1/p', 'see https://u:p@h and a@b', '--', 'plain']),
    ['--token', '***', '--token=***', '--url', 'https://***@h:1/p', 'see https://***@h and a@b', '--', 'plain'],
  );
  assert.deepEqual(
    masked(['--env', 'KEY=a=b', '--env=KEY=x', '-e', 'A=1', '--env', 'NAME', '--header', 'Authorization: x', 'K=v']),
    ['--env', 'KEY=***', '--env=KEY=***', '-e', 'A=***', '--env', 'NAME', '--header', 'Authorization:***', 'K=v'],
  );
});
