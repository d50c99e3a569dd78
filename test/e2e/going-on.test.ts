import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Home, until} from '../helpers/home.ts';

const program = fileURLToPath(new URL('../fixtures/failing-agent.mjs', import.meta.url));
const RULES = 'watchdog: {limit: {first: 2s}, error: {first: 1s, tries: 1}}\n';
const LIMIT = /^A rate or usage limit cut off your last turn/;
const ERROR = /^An error of the API cut off your last turn/;
const FULL = /^Your context was full/;

/** A session with a program that fails as it is asked to, and what it was sent. */
async function failing(home: Home, name: string): Promise<() => {at: number; text: string}[]> {
  const log = join(home.dir, `${name}.log`);
  const command = `${process.execPath} ${program} --log ${log}`;
  await home.amux('register', name, '--dir', home.work, '--agent', 'gemini', '--command', command);
  await home.amux('start', name);
  return () => {
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    return lines
      .filter(line => line !== '')
      .map(line => ({at: Number(line.split(' ')[0]), text: line.slice(line.indexOf(' ') + 1)}));
  };
}

const texts = (got: {text: string}[]): string[] => got.map(({text}) => text);

test('a limit is slept out, its turn is continued once, and the queue comes after that', async () => {
  await using home = new Home({config: RULES});
  const got = await failing(home, 'a');
  await home.amux('send', 'a', 'limit 4');
  await home.amux('send', 'a', 'next');
  await until('it to sleep', async () => {
    const {waitingFor, queue} = await home.session('a');
    return queue === 1 && /^sleeps until \d\d:\d\d: .*429/.test(waitingFor?.detail ?? '');
  });
  assert.match(await home.amux('explain', 'a'), /as its agent says/);
  await home.killSupervisor();
  await home.amux('serve', '--detach');
  await until('the queue to go on', () => texts(got()).includes('next'));
  const [first, goOn, next, ...more] = got();
  assert.equal(first?.text, 'limit 4');
  assert.match(goOn?.text ?? '', LIMIT);
  assert.ok(goOn!.at - first!.at >= 4000, `it went on after ${goOn!.at - first!.at} ms`);
  assert.deepEqual([next?.text, more], ['next', []]);
});

test('those that wait for one limit go on one after the other', async () => {
  await using home = new Home({config: RULES});
  const logs = [await failing(home, 'a'), await failing(home, 'b')];
  for (const name of ['a', 'b']) await home.amux('send', name, 'guess');
  await until('both to go on', () => logs.every(got => got().length > 1));
  const [first, second] = logs.map(got => got()[1]!.at).sort((x, y) => x - y);
  assert.ok(second! - first! >= 4900, `${second! - first!} ms apart`);
});

test('an error is tried again, then left to a person, whose message goes at once', async () => {
  await using home = new Home({config: RULES});
  const got = await failing(home, 'a');
  await home.amux('send', 'a', 'error 1');
  await until('it to be over', async () => (await home.session('a')).activity === 'finished' && got().length === 2);
  assert.match(got()[1]!.text, ERROR);
  await home.amux('send', 'a', 'error 2', '--now');
  await home.amux('send', 'a', 'next');
  await until('the queue to go on', () => texts(got()).includes('next'));
  assert.match(got()[3]!.text, ERROR);
});

test('a full context is compacted and its turn continued; what waits waits for its agent’s word', async () => {
  await using home = new Home({config: RULES});
  const got = await failing(home, 'a');
  await home.amux('send', 'a', 'full 1');
  await home.amux('send', 'a', 'next');
  await until('the queue to go on', () => texts(got()).includes('next'));
  const [full, compact, goOn, next] = texts(got());
  assert.deepEqual([full, compact, next], ['full 1', '/compress', 'next']);
  assert.match(goOn ?? '', FULL);
  assert.match(await home.amux('compact', 'a'), /^a is compacted at its next turn boundary$/m);
  await until('the compaction', () => texts(got()).filter(text => text === '/compress').length === 2);
  await until('it to be told', async () => (await home.amux('events', '-n', '40')).includes('context: compacted;'));
});

test('a compaction that fails is told and not repeated; a full context keeps the queue', async () => {
  await using home = new Home({config: RULES});
  const got = await failing(home, 'a');
  await home.amux('send', 'a', 'refuse');
  await home.amux('send', 'a', 'full 1');
  await home.amux('send', 'a', 'next');
  await until('the failure', async () => (await home.session('a')).notice?.includes('could not be compacted') === true);
  assert.match(await home.amux('events', '-n', '60'), /context: failed; not compacted: it came to an end/);
  assert.deepEqual(texts(got()).filter(text => text === '/compress').length, 1);
  assert.ok(!texts(got()).includes('next'));
});
