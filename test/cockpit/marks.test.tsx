import assert from 'node:assert/strict';
import {test} from 'node:test';
import {stepMarks, stillMarked} from '../../source/cockpit/marks.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import {FakeFleet, sessionOf} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';

const SHIFT_DOWN = '\x1b[1;2B';
const SHIFT_UP = '\x1b[1;2A';

type Cockpit = ReturnType<typeof openCockpit>;
const type = (cockpit: Cockpit, text: string): void => {
  for (const key of text) cockpit.press(key);
};
const five = () => new FakeFleet(['a', 'b', 'c', 'd', 'e'].map(name => sessionOf({name})));
const marked = ({store}: Cockpit): string[] => store.state().marks.map(id => id.slice(3));

test('marks that do not change are the same marks', () => {
  const marks = ['a', 'b'];
  assert.equal(stepMarks(marks, {do: 'add', ids: ['b']}), marks);
  assert.equal(stepMarks(marks, {do: 'set', ids: ['a', 'b']}), marks);
  assert.equal(stillMarked(marks, new Set(['a', 'b', 'c'])), marks);
  assert.deepEqual(stepMarks(marks, {do: 'add', ids: ['a', 'c']}), ['a', 'b', 'c']);
  assert.deepEqual(stillMarked(marks, new Set(['b'])), ['b']);
});

test('shift and an arrow mark from here on', async () => {
  using cockpit = openCockpit({fleet: five()});
  await cockpit.see(/COMMAND/);
  cockpit.press('j');
  cockpit.press(SHIFT_DOWN);
  cockpit.press(SHIFT_DOWN);
  await cockpit.see(/3 marked/);
  assert.deepEqual(marked(cockpit), ['b', 'c', 'd']);
  assert.equal(cockpit.store.state().selected, 'id-d');
  type(cockpit, 'gJ');
  await cockpit.see(/4 marked/);
  cockpit.press(SHIFT_UP);
  assert.deepEqual(marked(cockpit), ['b', 'c', 'd', 'a']);
});

test('a range takes along all between, where cards stand side by side', async () => {
  using cockpit = openCockpit({fleet: five()});
  await cockpit.see(/COMMAND/);
  cockpit.press('v');
  cockpit.press(SHIFT_DOWN);
  await cockpit.see(/3 marked/);
  assert.deepEqual(marked(cockpit), ['a', 'b', 'c']);
});

test('* marks all that are listed, and then none', async () => {
  using cockpit = openCockpit({fleet: five()});
  await cockpit.see(/COMMAND/);
  cockpit.press('*');
  await cockpit.see(/5 marked/);
  cockpit.press('*');
  assert.deepEqual(marked(cockpit), []);
  type(cockpit, '/b\r*');
  await cockpit.see(/1 marked/);
  assert.deepEqual(marked(cockpit), ['b']);
});

test('a stop of several asks once, with the count, and says how many it stopped', async () => {
  using cockpit = openCockpit({fleet: five()});
  await cockpit.see(/COMMAND/);
  type(cockpit, '*');
  await cockpit.see(/s stop 5/);
  cockpit.press('s');
  await cockpit.see(/Stop 5 sessions\?[\s\S]*a, b, c, d, e\./);
  assert.ok(!cockpit.fleet.calls.some(call => call.startsWith('stop')));
  cockpit.press('\r');
  await cockpit.see(/stopped 5 sessions/);
  await cockpit.see(/5 marked/);
  cockpit.pass(2000);
  cockpit.press('j');
  await cockpit.see(/s start 5/);
  cockpit.press('s');
  await cockpit.see(/started 5 sessions/);
  assert.equal(cockpit.fleet.calls.filter(call => call.startsWith('start')).length, 5);
});

test('a restart of several says of how many something ends', async () => {
  const fleet = five();
  for (const name of ['a', 'b', 'c', 'd']) fleet.set(name, {status: 'stopped', running: false, activity: null});
  using cockpit = openCockpit({fleet});
  await cockpit.see(/COMMAND/);
  type(cockpit, '*r');
  await cockpit.see(/Restart 5 sessions\?[\s\S]*The process[\s\S]+trees[\s\S]+of[\s\S]+1[\s\S]+end/);
  cockpit.press('n');
  fleet.set('e', {status: 'stopped', running: false, activity: null});
  await cockpit.see(/■ 5/);
  cockpit.press('r');
  await cockpit.see(/Restart 5 sessions\?[\s\S]*None[\s\S]+of[\s\S]+them[\s\S]+runs/);
});

class Refusing extends FakeFleet {
  override async start(ref: string, input?: {prompt?: string}) {
    if (ref !== 'id-a') throw new AmuxError('session.unknown', {ref});
    return await super.start(ref, input);
  }
}

test('those that failed are named, with the reason, and the count of the others', async () => {
  const fleet = new Refusing(['a', 'b'].map(name => sessionOf({name, status: 'stopped'})));
  using cockpit = openCockpit({fleet});
  await cockpit.see(/COMMAND/);
  type(cockpit, '*s');
  await cockpit.see(/start: refused by 1 of 2[\s\S]*b: no session "id-b"[\s\S]*started the other one\./);
});

test('tags are given to the marked sessions and taken from them', async () => {
  const fleet = five();
  fleet.set('a', {tags: ['later']});
  using cockpit = openCockpit({fleet});
  await cockpit.see(/COMMAND/);
  type(cockpit, 'J#');
  await cockpit.see(/tags of 2 marked ❯ +\+urgent -later/);
  type(cockpit, '+shop -later\r');
  await cockpit.see(/\+shop -later for 2 sessions/);
  assert.deepEqual(
    cockpit.fleet.calls.filter(call => call.startsWith('update')),
    ['update a shop', 'update b shop'],
  );
  type(cockpit, '#+shop\r');
  await cockpit.see(/\+shop for 2 sessions/);
  assert.equal(cockpit.fleet.calls.filter(call => call.startsWith('update')).length, 2, 'who has them is left alone');
});

test('without a connection nothing is asked, and what was written stays', async () => {
  using cockpit = openCockpit({fleet: five()});
  await cockpit.see(/COMMAND/);
  cockpit.press('*');
  await cockpit.see(/5 marked/);
  cockpit.store.dispatch({type: 'connection', connection: {kind: 'lost', since: 0}});
  cockpit.press('s');
  await cockpit.see(/there is no connection: nothing was done/);
  assert.equal(cockpit.store.state().dialog.kind, 'none');
  type(cockpit, '#+shop\r');
  await cockpit.see(/tags of 5 marked ❯ \+shop/);
});

test('among live screens only those in sight are marked', async () => {
  const fleet = new FakeFleet(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => sessionOf({name})));
  using cockpit = openCockpit({fleet});
  await cockpit.see(/COMMAND/);
  for (const session of ['id-a', 'id-e', 'id-g']) {
    cockpit.store.dispatch({type: 'marks', step: {do: 'add', ids: [session]}});
  }
  cockpit.press('V');
  await cockpit.see(/┏━ \S a /);
  cockpit.store.dispatch({type: 'marks', step: {do: 'set', ids: []}});
  cockpit.press(SHIFT_DOWN);
  await cockpit.see(/2 marked/);
  const {tiles} = cockpit.store.state();
  assert.ok(
    cockpit.store.state().marks.every(id => tiles.includes(id)),
    marked(cockpit).join(),
  );
});
