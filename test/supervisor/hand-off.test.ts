import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import type {Fleet} from '../../source/domain/fleet.ts';
import type {Session} from '../../source/domain/session.ts';
import {Supervised} from '../helpers/supervised.ts';
import {temporaryHome} from '../store/records.ts';

/** An agent that runs, as it is stored. */
const running = (name: string): Partial<Session> => ({
  name,
  agent: 'claude',
  agentType: 'claude',
  status: 'running',
  activity: 'working',
  run: {id: `r-${name}`, pid: 1, argv: ['x'], backend: 'tmux', startedAt: 1, endedAt: null, exit: null, version: '1'},
});

async function withFleet(use: (fleet: Fleet) => Promise<void>, {config = ''} = {}): Promise<void> {
  const paths = temporaryHome();
  writeFileSync(paths.config, config);
  const home = await Supervised.open(paths, {now: Date.now, sessions: ['ada', running('bob')]});
  try {
    await use(home.supervisor.as('cli'));
  } finally {
    await home.close();
  }
}
const texts = async (fleet: Fleet, name: string) => (await fleet.queue(name)).map(({text}) => text);

describe('a card that is handed to a session', () => {
  test('is told to it when that was asked for, and only then', () =>
    withFleet(async fleet => {
      const {id} = await fleet.addCard({title: 'quiet', session: 'ada'});
      await fleet.claimCard(id, {session: 'ada'});
      assert.deepEqual(await texts(fleet, 'ada'), []);
      await fleet.updateCard(id, {status: 'done'});
      const loud = await fleet.addCard({title: 'loud', desc: 'Fix it.\nAll of it.'});
      await fleet.claimCard(loud.id, {session: 'ada', tell: true});
      const [text] = await texts(fleet, 'ada');
      assert.equal(
        text,
        `Card ${loud.id}: loud\n\nFix it.\nAll of it.\n\nWhen it is done: amux board done ${loud.id}. To give it back: amux board release ${loud.id}.`,
      );
    }));

  test('is told once per claim, however often it is asked for', () =>
    withFleet(async fleet => {
      const {id} = await fleet.addCard({title: 'one'});
      for (let i = 0; i < 3; i++) await fleet.claimCard(id, {session: 'ada', tell: true});
      assert.equal((await texts(fleet, 'ada')).length, 1);
      await fleet.releaseCard(id, {});
      await fleet.nextCard({session: 'ada', tell: true});
      assert.equal((await texts(fleet, 'ada')).length, 2);
    }));

  test('says how to take it when it is only meant for it', () =>
    withFleet(async fleet => {
      const {id} = await fleet.addCard({title: 'for ada', session: 'ada', tell: true});
      assert.match((await texts(fleet, 'ada'))[0]!, new RegExp(`meant for you: amux board claim ${id} takes it`));
      await fleet.updateCard(id, {session: 'bob', tell: true});
      assert.equal((await texts(fleet, 'bob')).length, 1);
    }));

  test('changes nothing when there is nobody to tell', () =>
    withFleet(async fleet => {
      await assert.rejects(fleet.addCard({title: 'x', tell: true}), {code: 'input.invalid', message: /for no session/});
      assert.deepEqual(await fleet.cards(), []);
    }));

  test('comes behind a compaction where the profile wants one and the agent runs', async () => {
    const config = 'agents:\n  claude:\n    compactOnClaim: true\n';
    await withFleet(
      async fleet => {
        const {id} = await fleet.addCard({title: 'x'});
        await fleet.claimCard(id, {session: 'bob', tell: true});
        const queue = await fleet.queue('bob');
        assert.deepEqual(
          queue.map(({text}) => text.split('\n')[0]),
          ['/compact', `Card ${id}: x`],
        );
        await fleet.addCard({title: 'only meant', session: 'bob', tell: true});
        assert.equal((await texts(fleet, 'bob')).filter(text => text === '/compact').length, 1);
      },
      {config},
    );
  });
});
