import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {LOOK_MS, onlookers} from '../../source/supervisor/onlookers.ts';

const sessions = ['a', 'b', 'c'].map(name => ({id: `s-${name}`, name}));
const backend = (list: () => Promise<{terminal: string; attached: number}[]>) => ({list}) as unknown as Backend;

function watching(backends: Backend[] = []) {
  let now = 0;
  const eyes = onlookers({backends, now: () => now});
  const unwatched = async () => (await eyes.unwatched(sessions)).map(({name}) => name).join('');
  const pass = (ms: number): void => {
    now += ms;
  };
  return {eyes, unwatched, pass};
}

test('what one of several people looks at is looked at, for two minutes', async () => {
  const {eyes, unwatched, pass} = watching();
  assert.equal(await unwatched(), 'abc');
  eyes.lookAt({viewer: 'one', sessions: ['s-a']});
  pass(LOOK_MS / 2);
  eyes.lookAt({viewer: 'two', sessions: ['b', 'c']});
  assert.equal(await unwatched(), '');
  eyes.lookAt({viewer: 'two', sessions: ['c']});
  assert.equal(await unwatched(), 'b');
  pass(LOOK_MS / 2);
  assert.equal(await unwatched(), 'ab');
  eyes.lookAt({viewer: 'two', sessions: []});
  assert.equal(await unwatched(), 'abc');
});

test('who is attached looks; terminals that do not answer keep nothing back', async () => {
  const found = [
    {terminal: 's-a', attached: 1},
    {terminal: 's-b', attached: 0},
  ];
  const broken = backend(async () => {
    throw new Error('it is gone');
  });
  const silent = backend(() => new Promise(() => {}));
  assert.equal(await watching([backend(async () => found), broken]).unwatched(), 'bc');
  assert.equal(await watching([silent, backend(async () => found)]).unwatched(), 'bc');
});
