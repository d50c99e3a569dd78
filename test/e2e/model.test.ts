import assert from 'node:assert/strict';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import type {EventView, ModelOutcome, SessionView} from '../../source/domain/fleet.ts';
import {type Agent, expectText, Home, until} from '../helpers/home.ts';
import {isAlive} from '../helpers/processes.ts';

type Ready = {event: string; pid: number; model: string; resumed?: string; size: string; token?: string};

const lives = (agent: Agent): Ready[] =>
  (agent.entries as unknown as Ready[]).filter(({event}) => event === 'ready' || event === 'refused');
const models = (agent: Agent): string[] => lives(agent).map(({model}) => model);

/** A session that has had a turn. */
async function talked(home: Home, name: string, {args = [], flags = []}: {args?: string[]; flags?: string[]} = {}) {
  const agent = home.historian(name, ...args);
  const command = ['--agent', 'claude', '--command', agent.command];
  await home.amux('register', name, '--dir', home.work, ...command, ...flags);
  await home.amux('start', name);
  await agent.ready();
  await home.amux('send', name, `hello ${name}`);
  await until('its turn to end', async () => (await home.session(name)).activity === 'finished');
  return agent;
}

const conversation = async (home: Home, name: string): Promise<string | null> =>
  (await home.json<{conversation: string | null}>('explain', name)).conversation;

const switched = (home: Home, name: string): Promise<SessionView> =>
  until(`${name} to have its model`, async () => {
    const session = await home.session(name);
    return ['launched', 'verified', 'refused'].includes(session.model_state.state) && session;
  });

test('a model is switched at the turn boundary, with the conversation, the queue and everything else kept', async () => {
  await using home = new Home();
  const settings = join(home.dir, 'user/.claude/settings.json');
  mkdirSync(join(home.dir, 'user/.claude'), {recursive: true});
  writeFileSync(settings, '{"model": "opus"}');
  const agent = await talked(home, 'one', {flags: ['--env', 'TOKEN=secret']});
  const before = await conversation(home, 'one');
  await home.amux('send', 'one', 'HOLD on');
  await agent.read(2);
  const [told] = await home.json<ModelOutcome[]>('model', 'small', 'one');
  assert.deepEqual([told?.ok, told?.model?.state, told?.model?.launched], [true, 'waiting', null]);
  assert.match(told!.model!.reason, /end of its turn/);
  await home.amux('send', 'one', 'behind it');
  assert.deepEqual(models(agent), ['standard'], 'its turn is not cut short');
  writeFileSync(`${agent.log}.go`, '');
  assert.match(await home.amux('model', 'small', 'one', '--wait'), /^one +small +(launched|verified)/m);
  assert.deepEqual(models(agent), ['standard', 'small']);
  const [first, second] = lives(agent);
  assert.deepEqual([second?.resumed, second?.size, second?.token], [before, first?.size, 'secret']);
  assert.deepEqual(await agent.read(3), ['hello one', 'HOLD on', 'behind it']);
  const [, , third] = agent.entries.filter(({event}) => event === 'prompt');
  assert.equal(third?.pid, second?.pid, 'what waited went to the new process');
  const session = await until('its word', async () => {
    const seen = await home.session('one');
    return seen.model_state.state === 'verified' && seen;
  });
  assert.deepEqual([session.model, session.model_state.said], ['small', 'stand-in-small']);
  assert.equal(await conversation(home, 'one'), before);
  assert.equal(readFileSync(settings, 'utf8'), '{"model": "opus"}');
  const events = (await home.amux('events', '-n', '500', '--json')).trim().split('\n');
  assert.ok(
    events
      .map(line => JSON.parse(line) as EventView)
      .some(({reason, actor}) => /model default → small/.test(reason) && actor === 'cli'),
  );
});

test('a model that ends its agent is refused: the session goes on with the one before', async () => {
  await using home = new Home();
  const agent = await talked(home, 'one');
  const before = await conversation(home, 'one');
  const {code, out} = await home.run(['model', 'nonsense', 'one', '--wait']);
  assert.equal(code, 1);
  assert.match(out, /^one +- +refused +claude ended with it: exit code 1, "There is no model nonsense"$/m);
  await until('it to be back', async () => (await home.session('one')).activity === 'finished');
  assert.deepEqual(models(agent), ['standard', 'nonsense', 'standard']);
  assert.deepEqual([lives(agent)[2]?.resumed, await conversation(home, 'one')], [before, before]);
  assert.equal((await home.session('one')).model, null);
  assert.match(await home.amux('model', 'small', 'one', '--wait'), /launched/);
});

test('one that has said nothing begins afresh; one that was switched back in time is left alone', async () => {
  await using home = new Home();
  const fresh = home.historian('fresh');
  await home.amux('register', 'fresh', '--dir', home.work, '--agent', 'claude', '--command', fresh.command);
  await home.amux('start', 'fresh');
  await fresh.ready();
  const busy = await talked(home, 'busy');
  await home.amux('send', 'busy', 'HOLD on');
  await busy.read(2);
  await home.amux('model', 'small', 'busy', 'fresh');
  await home.amux('model', 'default', 'busy');
  assert.equal((await home.session('busy')).model_state.launched, null);
  assert.notEqual((await home.session('busy')).model_state.state, 'waiting');
  await switched(home, 'fresh');
  assert.deepEqual([models(fresh), lives(fresh)[1]?.resumed], [['standard', 'small'], undefined]);
  writeFileSync(`${busy.log}.go`, '');
  await until('its turn to end', async () => (await home.session('busy')).activity === 'finished');
  await home.amux('send', 'busy', 'next');
  assert.deepEqual([models(busy), (await busy.read(3)).length], [['standard'], 3]);
});

test('what a person has typed and what is asked is waited for', async () => {
  await using home = new Home();
  const typed = await talked(home, 'typed');
  const asks = await talked(home, 'asks');
  await home.amux('keys', 'typed', 'half a thought');
  await home.amux('send', 'asks', 'ASK');
  await until('its dialog', async () => (await home.session('asks')).activity === 'waiting');
  const {code, out} = await home.run(['model', 'small', 'typed', 'asks', '--wait', '--timeout', '3s']);
  assert.equal(code, 1);
  assert.match(out, /^typed +small +waiting +waits: a text stands on its input line$/m);
  assert.match(out, /^asks +small +waiting +waits for a person: /m);
  await home.amux('keys', 'typed', 'C-c');
  await home.amux('keys', 'asks', 'Enter', '--force');
  await home.amux('model', 'small', 'typed', 'asks', '--wait');
  assert.deepEqual(
    [models(typed), models(asks)],
    [
      ['standard', 'small'],
      ['standard', 'small'],
    ],
  );
});

test('each session is answered for itself', async () => {
  await using home = new Home();
  await home.startAgent('plain');
  const command = ['--command', home.historian('off').command];
  await home.amux('register', 'off', '--dir', home.work, '--agent', 'claude', ...command);
  const {code, out} = await home.run(['model', 'small', 'plain', 'off', 'nobody']);
  assert.equal(code, 1);
  assert.match(out, /^plain +small +refused +generic takes no model/m);
  assert.match(out, /^off +small +next start +it does not run/m);
  assert.match(out, /^nobody +small +refused +no session "nobody"/m);
  assert.equal((await home.run(['model', 'small'])).code, 2);
  assert.equal((await home.run(['model', '--', '-x', 'off'])).code, 2);
  assert.match(await home.amux('model'), /^off +small +next start/m);
});

test('a one-shot session keeps the variables that it was given, after a crash of the supervisor as well', async () => {
  await using home = new Home({config: `agents:\n  claude:\n    environment: {OTHER: "\${WANTED}"}\n`});
  const agent = home.historian('once');
  home.env = {...home.env, WANTED: 'from the caller'};
  await home.amux('run', 'claude', '--name', 'once', '-e', 'TOKEN=given', '-c', agent.command);
  await agent.ready();
  await home.amux('send', 'once', 'hello');
  await until('its turn to end', async () => (await home.session('once')).activity === 'finished');
  await home.killSupervisor();
  home.env = {...home.env, WANTED: undefined};
  await home.amux('model', 'small', 'once', '--wait');
  assert.deepEqual(
    lives(agent).map(({token}) => token),
    ['given', 'given'],
  );
  assert.equal((await home.session('once')).kind, 'one-shot');
});

test('a supervisor that is killed at any moment of it leaves a session that gets its model, once, with its conversation', async () => {
  await using home = new Home();
  const agent = await talked(home, 'one');
  const before = await conversation(home, 'one');
  const moments = [
    '',
    ': its conversation goes on',
    '[\\s\\S]*goes on[\\s\\S]* pid \\d+',
    '[\\s\\S]*goes on[\\s\\S]* idle',
  ];
  for (const [index, moment] of moments.entries()) {
    const wanted = `m${index}`;
    const following = home.spawn(['events', '-f', '-n', '1']);
    const seen = expectText(following.stdout, new RegExp(`→ ${wanted}${moment}`));
    await expectText(following.stdout, 'one');
    void home.run(['model', wanted, 'one']);
    await seen;
    await home.killSupervisor();
    following.kill();
    await home.amux('model', wanted, 'one', '--wait');
    const last = lives(agent).at(-1)!;
    assert.deepEqual([last.event, last.model, last.resumed], ['ready', wanted, before], moment);
    const {model, model_state: state, running} = await home.session('one');
    assert.deepEqual([running, model, state.launched], [true, wanted, wanted], moment);
    const alive = lives(agent).filter(({pid}) => isAlive(pid));
    assert.equal(alive.length, 1, moment);
    await until('it to take input', async () => (await home.session('one')).activity !== 'unknown');
    await home.amux('send', 'one', `after ${wanted}`);
    await agent.read(index + 2);
  }
  assert.deepEqual(new Set(agent.prompts).size, agent.prompts.length);
});
