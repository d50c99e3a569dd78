import assert from 'node:assert/strict';
import {test} from 'node:test';
import {forgetGone} from '../../source/cockpit/hooks/use-sizes.ts';
import {sessionOf} from './fake-fleet.ts';

test('sizes are kept only of lives that go on', () => {
  const lives = ['id-api/1', 'id-api/2', 'id-stopped/1', 'id-gone/1'];
  const sent = new Map(lives.map(life => [life, '80x24 0']));
  forgetGone(sent, [sessionOf({name: 'api', started_at: 2}), sessionOf({name: 'stopped', status: 'stopped'})]);
  assert.deepEqual([...sent], [['id-api/2', '80x24 0']]);
});
