import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tilesInSight} from '../../source/cockpit/fleet-view.ts';
import {visibleSessions} from '../../source/cockpit/state.ts';
import {openCockpit} from './open-cockpit.tsx';
import {sceneFleet} from './scene.ts';

type Cockpit = ReturnType<typeof openCockpit>;

/** Selected, listed, and so after the next look at the sessions as well. */
function assertAt(cockpit: Cockpit, id: string): void {
  for (const when of ['at once', 'after the next look']) {
    const state = cockpit.store.state();
    assert.deepEqual([state.place, state.selected], ['fleet', id], when);
    assert.ok(
      visibleSessions(state).some(session => session.id === id),
      when,
    );
    cockpit.store.dispatch({type: 'sessions', sessions: [...state.sessions!], now: state.now});
  }
}

/** With a filter that leaves `api`. */
async function narrowed(fleet = sceneFleet()): Promise<Cockpit> {
  const cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.store.dispatch({type: 'filter', text: 'auth'});
  await cockpit.see(/━ api/);
  return cockpit;
}

test('a session of the Tokens screen is shown whatever narrows the list', async () => {
  using cockpit = await narrowed();
  cockpit.press('4');
  await cockpit.see(/ infra +16\.4k/);
  for (const key of 'jj\r') cockpit.press(key);
  await cockpit.see(/━ infra/);
  assertAt(cockpit, 'id-infra');
});

test('the holder of a card is shown whatever narrows the list', async () => {
  const fleet = sceneFleet();
  using cockpit = await narrowed(fleet);
  const card = await fleet.addCard({title: 'held'});
  await fleet.claimCard(card.id, {session: 'id-web'});
  cockpit.press('2');
  await cockpit.see(/web · /);
  cockpit.deeds.onBoard({do: 'choose', card: card.id});
  cockpit.press('s');
  await cockpit.see(/━ web/);
  assertAt(cockpit, 'id-web');
});

test('a new session and a fork are shown whatever narrows the list', async () => {
  using cockpit = await narrowed();
  for (const key of 'nfresh\x13') cockpit.press(key);
  await cockpit.see(/━ fresh/);
  assertAt(cockpit, 'id-fresh');
  cockpit.store.dispatch({type: 'filter', text: 'auth'});
  await cockpit.see(/━ api/);
  for (const key of 'f\x15other\x13') cockpit.press(key);
  await cockpit.see(/━ other/);
  assertAt(cockpit, 'id-other');
});

test('a session that is none of the tiles is shown beside the list, and one of them stays a tile', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/payments/);
  const {store, deeds} = cockpit;
  store.dispatch({type: 'view', view: 'tiles'});
  const tiles = tilesInSight(store.state()).tiles.map(({id}) => id);
  assert.ok(tiles.includes('id-api') && !tiles.includes('id-web'), tiles.join());
  store.dispatch({type: 'filter', text: 'refunds'});
  deeds.goTo('id-api');
  assert.deepEqual(
    [store.state().view, store.state().selected, store.state().filter],
    ['tiles', 'id-api', 'refunds'],
    'no filter hides a tile',
  );
  deeds.goTo('id-web');
  await cockpit.see(/━ web/);
  assert.equal(store.state().view, 'cards');
  assertAt(cockpit, 'id-web');
});
