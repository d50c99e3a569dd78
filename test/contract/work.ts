import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import type {AmuxError} from '../../source/domain/errors.ts';
import {type Agent, until} from '../helpers/home.ts';
import {fails, type Subject} from './fleet.ts';

/** What sessions share, and what is done to several of them at once. */
export function workContract(open: (context: TestContext) => Promise<Subject>): void {
  const seats = async (context: TestContext, ...names: string[]): Promise<Subject & {agents: Agent[]}> => {
    const subject = await open(context);
    const agents = names.map(name => subject.agent(name));
    for (const [i, name] of names.entries()) {
      const {command} = agents[i]!;
      await subject.fleet.register({name, dir: subject.work, agent: 'generic', command, tags: [`t-${name}`]});
    }
    return {...subject, agents};
  };

  test('a session is changed', async context => {
    const {fleet} = await seats(context, 'a', 'b');
    const {tags, name} = await fleet.update('a', {tags: ['x', 'y'], restart: 'always'});
    assert.deepEqual([name, tags], ['a', ['x', 'y']]);
    assert.deepEqual((await fleet.session('a')).tags, ['x', 'y']);
    await assert.rejects(fleet.update('nobody', {tags: []}), fails('session.unknown', {ref: 'nobody'}));
  });

  test('several sessions are messaged and stopped at once, each with its own result', async context => {
    const {fleet, agents} = await seats(context, 'a', 'b', 'c');
    await fleet.start('a');
    await fleet.start('b');
    const told = await fleet.sendAll({names: ['a', 'b', 'nobody']}, {text: 'all of you'});
    assert.deepEqual(
      told.map(({name, ok, error}) => [name, ok, error?.code ?? null]),
      [
        ['a', true, null],
        ['b', true, null],
        ['nobody', false, 'session.unknown'],
      ],
    );
    for (const agent of agents.slice(0, 2)) assert.deepEqual(await agent.read(1), ['all of you']);
    const stopped = await fleet.stopAll({of: {tag: 't-a'}, force: true});
    assert.deepEqual(
      stopped.map(({name, ok}) => [name, ok]),
      [['a', true]],
    );
    assert.equal((await fleet.session('b')).running, true);
  });

  test('only what runs and has a command for it can be compacted', async context => {
    const {fleet, work} = await seats(context, 'a');
    await fleet.register({name: 'c', dir: work, agent: 'claude', command: 'claude --nothing'});
    const told = await fleet.compact({names: ['c', 'a', 'nobody']});
    assert.deepEqual(
      told.map(({name, ok, error}) => [name, ok, error?.code ?? null]),
      [
        ['c', false, 'session.not-running'],
        ['a', false, 'agent.compact'],
        ['nobody', false, 'session.unknown'],
      ],
    );
    assert.deepEqual(await fleet.compact({tag: 'none has it'}), []);
  });

  test('each of several sessions says how it stands with another model', async context => {
    const {fleet, work} = await seats(context, 'a');
    await fleet.register({name: 'c', dir: work, agent: 'claude', command: 'claude --nothing'});
    const told = await fleet.switchModels({names: ['c', 'a', 'nobody']}, 'small');
    assert.deepEqual(
      told.map(({name, ok, error, model}) => [name, ok, error?.code ?? null, model?.state ?? null]),
      [
        ['c', true, null, 'next start'],
        ['a', false, 'agent.model', null],
        ['nobody', false, 'session.unknown', null],
      ],
    );
    assert.equal((await fleet.session('c')).model, 'small');
    await fleet.switchModels({names: ['c']}, null);
    assert.equal((await fleet.session('c')).model, null);
    assert.deepEqual(await fleet.switchModels({tag: 'none has it'}, 'small'), []);
    await assert.rejects(fleet.switchModels({names: ['c']}, '--flag'), (error: AmuxError) => {
      assert.equal(error.code, 'input.invalid');
      return true;
    });
  });

  test('a card goes over the board, and one session holds it at a time', async context => {
    const {fleet} = await seats(context, 'a', 'b');
    const made = await fleet.addCard({title: 'refunds', desc: 'make them idempotent', tags: ['pay']});
    assert.deepEqual([made.title, made.status, made.claim], ['refunds', 'todo', null]);
    assert.deepEqual(await fleet.card(made.id.toLowerCase()), made);
    assert.deepEqual(await fleet.cards({tag: 'pay', q: 'refunds'}), [made]);
    assert.deepEqual(await fleet.cards({status: 'done'}), []);
    const results = await Promise.allSettled(['a', 'b'].map(session => fleet.claimCard(made.id, {session})));
    assert.deepEqual(results.map(({status}) => status).sort(), ['fulfilled', 'rejected']);
    const {claim, status} = await fleet.card(made.id);
    assert.equal(status, 'doing');
    const other = claim!.holder === 'a' ? 'b' : 'a';
    await assert.rejects(fleet.claimCard(made.id, {session: other}), (error: AmuxError) => {
      assert.deepEqual([error.code, error.facts['card'], error.exit], ['card.claimed', made.id, 4]);
      return true;
    });
    await fleet.beatCard(made.id, {session: claim!.holder});
    const done = await fleet.updateCard(made.id, {status: 'done', reason: 'merged'});
    assert.deepEqual([done.status, done.claim], ['done', null]);
    assert.equal((await fleet.removeCard(made.id)).archived, true);
    await assert.rejects(fleet.card('AMX-99'), fails('card.unknown', {ref: 'AMX-99'}));
  });

  test('a card that was changed meanwhile keeps that, and a free one is found', async context => {
    const {fleet} = await seats(context, 'a');
    const {id, etag} = await fleet.addCard({title: 'one'});
    await fleet.updateCard(id, {title: 'two'}, {etag});
    await assert.rejects(fleet.updateCard(id, {title: 'three'}, {etag}), (error: AmuxError) => {
      assert.deepEqual([error.code, error.facts['card']], ['card.changed', id]);
      return true;
    });
    assert.equal((await fleet.card(id)).title, 'two');
    assert.equal((await fleet.nextCard({session: 'a'})).id, id);
    assert.equal((await fleet.releaseCard(id, {session: 'a'})).status, 'todo');
  });

  test('notes and memory are kept for all', async context => {
    const {fleet} = await open(context);
    const note = await fleet.addNote({text: 'the build needs Node 24', tags: ['build']});
    assert.deepEqual(await fleet.notes({q: 'node', tag: 'build'}), [note]);
    assert.deepEqual(await fleet.notes({q: 'nothing'}), []);
    const {file, text} = await fleet.writeMemory('conventions.md', '# größe\n');
    assert.deepEqual([file, text], ['conventions.md', '# größe\n']);
    assert.equal((await fleet.readMemory('conventions.md')).text, '# größe\n');
    assert.deepEqual(
      (await fleet.memory()).map(each => each.file),
      ['conventions.md'],
    );
    await assert.rejects(fleet.readMemory('none.md'), fails('memory.unknown', {file: 'none.md'}));
    await assert.rejects(fleet.writeMemory('../x.md', ''), fails('memory.name', {file: '../x.md'}));
  });

  test('what was said is told as its agent keeps it', async context => {
    const {fleet} = await seats(context, 'a');
    assert.deepEqual(await fleet.transcript('a'), []);
    await assert.rejects(fleet.transcript('nobody', {limit: 1}), fails('session.unknown', {ref: 'nobody'}));
    await fleet.start('a');
    await until('it to run', async () => (await fleet.session('a')).running);
    assert.deepEqual(await fleet.transcript('a', {limit: 5}), []);
  });
}
