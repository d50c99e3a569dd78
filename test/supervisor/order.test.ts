import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {SessionView} from '../../source/domain/fleet.ts';
import {Supervised} from '../helpers/supervised.ts';
import {temporaryHome} from '../store/records.ts';

test('sessions that were registered within one millisecond are listed in the order in which they were', async () => {
  const supervised = await Supervised.open(temporaryHome(), {now: () => 1_000_000});
  try {
    const names = Array.from({length: 12}, (_, i) => `s${i}`);
    for (const name of names) {
      const body = {name, dir: '/tmp', agent: 'generic', command: 'cat'};
      assert.equal((await supervised.ask('POST', '/api/sessions', {body})).status, 201);
    }
    const {body} = await supervised.ask<SessionView[]>('GET', '/api/sessions');
    assert.deepEqual(
      body.map(({name}) => name),
      names,
    );
  } finally {
    await supervised.close();
  }
});
