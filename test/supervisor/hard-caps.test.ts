import assert from 'node:assert/strict';
import {test} from 'node:test';
import {defaultWatch} from '../../source/domain/watch.ts';
import {HardCaps} from '../../source/supervisor/hard-caps.ts';

const GB = 1024 ** 3;
const envelope = {...defaultWatch.envelope, memory: 4 * GB, cpu: 200, processes: 50, hard: true};
const argv = ['agent', '--flag'];
const env = {PATH: '/nowhere'};
const nothing = async () => {};

test('a launch is put into a scope with its caps, in which the program takes its place', async () => {
  const caps = new HardCaps({now: () => 0, run: nothing});
  assert.deepEqual(await caps.wrap(argv, {envelope, env}), {
    argv: [
      ...['systemd-run', '--user', '--scope', '--quiet', '--collect'],
      ...['-p', `MemoryMax=${4 * GB}`, '-p', 'MemorySwapMax=0', '-p', 'CPUQuota=200%', '-p', 'TasksMax=50'],
      ...['--', 'agent', '--flag'],
    ],
    why: null,
  });
});

test('it is left alone where nothing is to be held, and nobody asks systemd then', async () => {
  const caps = new HardCaps({now: () => 0, run: async () => assert.fail('it asked')});
  for (const each of [
    {...envelope, hard: false},
    {...defaultWatch.envelope, hard: true},
  ]) {
    assert.deepEqual(await caps.wrap(argv, {envelope: each, env}), {argv, why: null});
  }
});

test('without systemd-run it is launched all the same, and says why it is not held', async () => {
  assert.deepEqual(await new HardCaps({now: () => 0}).wrap(argv, {envelope, env}), {
    argv,
    why: 'there is no systemd-run here',
  });
});

test('a refusal is told with its words, and asked for again after a minute', async () => {
  let now = 0;
  const asked: string[] = [];
  const refuse = async (tried: readonly string[]) => {
    asked.push(tried.join(' '));
    throw Object.assign(new Error('failed'), {stderr: 'Failed to connect to bus\nmore\n'});
  };
  const caps = new HardCaps({now: () => now, run: refuse});
  const {why} = await caps.wrap(argv, {envelope, env});
  assert.equal(why, 'systemd-run: Failed to connect to bus');
  const once = asked.length;
  now = 59_000;
  await caps.wrap(argv, {envelope, env});
  assert.equal(asked.length, once);
  now = 61_000;
  await caps.wrap(argv, {envelope, env});
  assert.ok(asked.length > once);
});
