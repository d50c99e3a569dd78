import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {momentOf} from '../../source/cli/commands/tokens.ts';
import type {TokenView} from '../../source/domain/access.ts';
import {assertFailed, Home} from '../helpers/home.ts';
import {Terminal} from '../helpers/terminal.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

test('token create --json is the token and what it may do', async () => {
  const made = await home.json<Record<string, unknown>>('token', 'create', '--role', 'operator', '--name', 'ci');
  assert.deepEqual(Object.keys(made), ['id', 'name', 'role', 'token', 'expires_at']);
  assert.deepEqual([made['name'], made['role'], made['expires_at']], ['ci', 'operator', null]);
  assert.match(String(made['token']), /^[\w-]{40,}$/);
});

test('in a pipe the token stands alone on stdout', async () => {
  const {code, out, err} = await home.run(['token', 'create', '--role', 'viewer', '--name', 'pipe']);
  assert.equal(code, 0, err);
  const token = out.trim();
  assert.match(token, /^[\w-]{40,}$/);
  const url = new RegExp(`export AMUX_URL=https://amux:${token}@(localhost|127\\.0\\.0\\.1):\\d+\n`);
  assert.match(err, url);
});

test('on a terminal it is shown once, with the line that a shell takes', async () => {
  await using terminal = new Terminal(home, ['token', 'create', '--role', 'agent', '--expires', '12h'], {cols: 140});
  assert.equal(await terminal.ended(), 0);
  assert.match(terminal.text(), /agent, expires .*: this is the only time that it is shown/);
  const [, token = ''] = /export AMUX_URL=https:\/\/amux:([\w-]+)@/.exec(terminal.text()) ?? [];
  assert.ok(terminal.text().startsWith(`${token}\n`));
  assert.ok(!(await home.amux('token', 'list', '--json')).includes(token));
});

test('token ls lists, and rm, remove and revoke take away by id or name', async () => {
  const before = await home.json<TokenView[]>('token', 'ls');
  for (const [word, by] of [
    ['rm', 'name'],
    ['remove', 'id'],
    ['revoke', 'name'],
  ] as const) {
    const made = await home.json<TokenView>('token', 'create', '--role', 'viewer', '--name', `to-${word}`);
    assert.match(await home.amux('token', 'ls'), new RegExp(`${made.id} +to-${word} +viewer +\\d+s +never`));
    await home.amux('token', word, made[by]);
  }
  assert.deepEqual(await home.json('token', 'list'), before);
  assertFailed(await home.run(['token', 'rm', 'nobody']), 3, /no token "nobody" · amux token ls lists them/);
});

test('what --expires takes, and what it does not', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const s = now / 1000;
  const cases: [string, number][] = [
    ['30d', s + 30 * 86_400],
    ['12h', s + 12 * 3600],
    ['90m', s + 5400],
    ['2027-01-31', Date.UTC(2027, 0, 31) / 1000],
    ['2027-01-31T10:00:00Z', Date.UTC(2027, 0, 31, 10) / 1000],
    ['2027-01-31T10:00+02:00', Date.UTC(2027, 0, 31, 8) / 1000],
  ];
  for (const [text, at] of cases) assert.equal(momentOf(text, now), at, text);
  for (const text of [
    '30',
    'soon',
    '',
    '-1d',
    '0d',
    '2025-12-31',
    '2027-13-45',
    '1e9d',
    '99999999d',
    'tomorrow',
    '1/2/2027',
  ]) {
    assert.throws(() => momentOf(text, now), {code: 'input.invalid'}, text);
  }
});

test('bad words are usage errors that say what to write', async () => {
  const cases: [string[], RegExp][] = [
    [[], /what may the token do\? · --role viewer\|agent\|operator\|admin/],
    [['--role', 'root'], /--role cannot be "root" · use viewer, agent, operator, admin/],
    [['--role', 'viewer', '--expires', '30'], /--expires cannot be "30" · e\.g\. --expires 30d, 12h, 90m, or a date/],
    [['--role', 'viewer', '--expires', '2020-01-01'], /--expires 2020-01-01 is over already/],
  ];
  for (const [args, says] of cases) assertFailed(await home.run(['token', 'create', ...args]), 2, says);
  const again = await home.run(['token', 'create', '--role', 'viewer', '--name', 'ci']);
  assertFailed(again, 4, /there is a token named "ci" already · choose another --name/);
});
