import assert from 'node:assert/strict';
import {test} from 'node:test';
import {TOLD_MS} from '../../source/cockpit/deliveries.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import type {EventView, Health, SessionView} from '../../source/domain/fleet.ts';
import {stepText} from '../../source/domain/steering.ts';
import {FakeFleet} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {sceneAgents, sceneScreens, sceneSessions} from './scene.ts';

const info = {mode: 'remote', host: 'far.example:8822', agentsFound: sceneAgents} as const;

/** A fleet whose connection can be cut, and that keeps from where each stream began. */
class FarFleet extends FakeFleet {
  readonly began: (number | undefined)[] = [];
  #cut = new AbortController();
  #reason: AmuxError | null = null;
  /** The oldest entry that its journal holds. */
  first = 1;
  /** Why it takes nothing new. */
  trouble: string | null = null;

  cut(): void {
    this.#reason = new AmuxError('supervisor.unreachable', {target: 'https://far.example:8822', why: 'it broke off'});
    this.#cut.abort();
  }

  mend(): void {
    this.#reason = null;
    this.#cut = new AbortController();
  }

  override async sessions(): Promise<SessionView[]> {
    if (this.#reason !== null) throw this.#reason;
    return super.sessions();
  }

  override async health(): Promise<Health> {
    if (this.#reason !== null) throw this.#reason;
    return {...(await super.health()), first: this.first, trouble: this.trouble};
  }

  override async *events({since, signal}: {since?: number; signal: AbortSignal}): AsyncIterable<EventView> {
    if (this.#reason !== null) throw this.#reason;
    this.began.push(since);
    if (since !== undefined && since < this.first - 1) {
      throw new AmuxError('cursor.gone', {cursor: since, first: this.first});
    }
    const {signal: cut} = this.#cut;
    yield* super.events({...(since === undefined ? {} : {since}), signal: AbortSignal.any([signal, cut])});
    if (!signal.aborted) throw this.#reason ?? new AmuxError('unexpected', {why: 'not cut'});
  }
}

const far = () => openCockpit({fleet: new FarFleet(sceneSessions(), sceneScreens()), info});

test('a lost connection is said with its age; what is shown is stale and stands still', async () => {
  using cockpit = far();
  await cockpit.see(/remote far\.example:8822 {2}14:32/);
  await cockpit.see(/permission {12}2m/);
  cockpit.fleet.cut();
  await cockpit.see(/✗ no connection to far\.example:8822 {2}14:32/);
  await cockpit.see(/the connection was lost {2}it is tried again/);
  await cockpit.see(/payments · stale/);
  await cockpit.see(/5 Events .*stale/);
  cockpit.pass(180_000);
  await cockpit.see(/✗ no connection for 3m to far\.example:8822 {2}14:35/);
  assert.match(cockpit.frame(), /permission {12}2m/, 'its age is that of the last word');
});

test('that nothing new is taken stands in the header while it is so, and is told once with its cause', async () => {
  await using cockpit = far();
  await cockpit.see(/remote far/);
  const fleet = cockpit.fleet as FarFleet;
  fleet.trouble =
    'only 1.2 MB are free on the disk of /home/x/.amux: nothing new is taken until that is possible again';
  fleet.note('payments', fleet.trouble, 'notice');
  await cockpit.see(/✗ cannot write: nothing new is taken {2}14:32/);
  await cockpit.see(/✗ only 1\.2 MB are free on the disk/);
  fleet.trouble = null;
  fleet.note('payments', 'it goes on', 'notice');
  await cockpit.see(/remote far/);
  await cockpit.see(/what is new is taken again/);
});

test('acts without a connection are refused at once, and texts stay', async () => {
  using cockpit = far();
  await cockpit.see(/remote/);
  await cockpit.see(/payments/);
  cockpit.fleet.cut();
  await cockpit.see(/no connection/);
  for (const key of ['s', 'r', '\r', 'i', 'y']) {
    cockpit.store.dispatch({type: 'notice-read'});
    cockpit.press(key);
    await cockpit.see(/✗ there is no connection: nothing was done/);
  }
  cockpit.press(' ');
  await cockpit.see(/→ payments ❯/);
  for (const key of 'hold this') cockpit.press(key);
  cockpit.press('\r');
  await cockpit.see(/→ payments ❯ hold this +✗ there is no connection/);
  assert.deepEqual(cockpit.fleet.calls, []);
  cockpit.fleet.mend();
  await cockpit.see(/remote far\.example/);
  cockpit.press('\r');
  await cockpit.see(/payments: queued/);
  assert.deepEqual(cockpit.fleet.calls, ['send payments hold this']);
});

test('a card is not moved without a connection, and what others did meanwhile is shown after it', async () => {
  using cockpit = far();
  await cockpit.see(/remote/);
  await cockpit.fleet.addCard({title: 'one'});
  await cockpit.fleet.addCard({title: 'two'});
  cockpit.press('2');
  await cockpit.see(/▌AMX-1 one[\s\S]*AMX-2 two/);
  cockpit.fleet.cut();
  await cockpit.see(/no connection/);
  for (const key of ['L', 'J', 'u', 'e']) {
    cockpit.store.dispatch({type: 'notice-read'});
    cockpit.press(key);
    await cockpit.see(/✗ there is no connection: nothing was done/);
  }
  await cockpit.see(/TODO 2/);
  await cockpit.fleet.boardOf('agent:ada').updateCard('AMX-2', {status: 'review'});
  cockpit.fleet.mend();
  await cockpit.see(/TODO 1[\s\S]*AMX-2 two/);
  cockpit.press('L');
  await cockpit.see(/DOING 1/);
});

test('a text whose steps the journal has dropped meanwhile is on its way no longer', async () => {
  using cockpit = far();
  await cockpit.see(/remote/);
  await cockpit.see(/payments/);
  for (const key of ' go\r') cockpit.press(key);
  await cockpit.see(/payments: queued/);
  cockpit.fleet.set('api', {preview: 'one'});
  await cockpit.see(/one/);
  cockpit.fleet.cut();
  await cockpit.see(/no connection/);
  cockpit.fleet.note('payments', stepText({id: 'm1', state: 'delivered', reason: ''}), 'message.state');
  cockpit.fleet.note('api', 'something else');
  cockpit.fleet.first = 3;
  cockpit.fleet.mend();
  await cockpit.see(/remote far\.example/);
  assert.equal(cockpit.store.state().deliveries[0]!.state, 'unseen');
  cockpit.pass(TOLD_MS + 1);
  assert.deepEqual(cockpit.store.state().deliveries, []);
});

test('it goes on behind the last entry, with none twice', async () => {
  using cockpit = far();
  await cockpit.see(/remote/);
  cockpit.fleet.set('api', {preview: 'one'});
  await cockpit.see(/one/);
  const {length} = cockpit.store.state().entries;
  cockpit.fleet.cut();
  await cockpit.see(/no connection/);
  cockpit.fleet.set('api', {preview: 'while away'});
  cockpit.fleet.mend();
  await cockpit.see(/connected again/);
  await cockpit.see(/while away/);
  const cursors = cockpit.store.state().entries.map(({cursor}) => cursor);
  assert.equal(cursors.length, length + 1);
  assert.equal(new Set(cursors).size, cursors.length);
  const [first, second] = cockpit.fleet.began;
  assert.equal(first, undefined);
  assert.equal(second, cursors[length - 1]);
});

test('where the journal does not reach back, the lists are read anew and nobody is alarmed', async () => {
  using cockpit = far();
  await cockpit.see(/remote/);
  cockpit.fleet.set('api', {preview: 'one'});
  await cockpit.see(/one/);
  cockpit.fleet.first = 9;
  cockpit.fleet.cut();
  await cockpit.see(/no connection/);
  cockpit.fleet.mend();
  await cockpit.see(/connected again/);
  assert.deepEqual(cockpit.fleet.began, [undefined, undefined]);
  cockpit.fleet.set('api', {preview: 'two'});
  await cockpit.see(/two/);
  assert.ok(cockpit.store.state().notices.every(({message}) => !/cursor/.test(message)));
});

test('sizes that could not be sent are no errors, and are sent when the connection is there again', {
  timeout: 20_000,
}, async () => {
  const fleet = new FarFleet(sceneSessions(), sceneScreens());
  using cockpit = openCockpit({fleet});
  await cockpit.see(/COMMAND/);
  const refused = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  fleet.onResize = () => {
    refused.resolve();
    throw new AmuxError('supervisor.unreachable', {target: '/home/ada/.amux/amux.sock', why: 'nobody supervises'});
  };
  cockpit.store.dispatch({type: 'resized', size: {cols: 100, rows: 44}});
  await refused.promise;
  fleet.cut();
  await cockpit.see(/the connection was lost/);
  fleet.onResize = () => taken.resolve();
  fleet.mend();
  await cockpit.see(/connected again/);
  await taken.promise;
  assert.deepEqual(
    cockpit.store.state().notices.filter(({kind}) => kind === 'error'),
    [],
  );
});
