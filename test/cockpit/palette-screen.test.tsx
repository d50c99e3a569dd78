import assert from 'node:assert/strict';
import {test} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import {FakeFleet, sessionOf} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {approvalOf} from './requests.ts';

const ESC = '\x1b';

type Cockpit = ReturnType<typeof openCockpit>;
const type = (cockpit: Cockpit, text: string): void => {
  for (const key of text) cockpit.press(key);
};
const gone = (text: string) => new RegExp(`^(?![\\s\\S]*${text})`);

test('the palette goes to a session, whatever narrows the list', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, '/docs\r');
  await cockpit.see(/\/ docs/);
  cockpit.press(':');
  await cockpit.see(/Command ━/);
  type(cockpit, 'mobile');
  await cockpit.see(/go mobile/);
  cockpit.press('\r');
  await cockpit.see(/━ mobile ━/);
  assert.equal(cockpit.store.state().selected, 'id-mobile');
});

test('a command is completed argument by argument and does it', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, ':sen');
  await cockpit.see(/send +send text to the session, .* NAME TEXT {2}space/);
  cockpit.press('\t');
  await cockpit.see(/❯ send {2}/);
  type(cockpit, 'inf');
  await cockpit.see(/infra +idle/);
  cockpit.press('\t');
  await cockpit.see(/❯ send infra /);
  cockpit.press('\r');
  await cockpit.see(/send: it needs TEXT/);
  type(cockpit, 'fix the tests\r');
  await cockpit.see(/infra: queued/);
  assert.ok(cockpit.fleet.calls.includes('send infra fix the tests'));
});

test('what the palette runs asks as its key would, and what cannot be done stays', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, ':stop api web\r');
  await cockpit.see(/Stop 2 sessions\?/);
  cockpit.press('\r');
  await cockpit.see(/stopped 2 sessions/);
  assert.deepEqual(
    cockpit.fleet.calls.filter(call => call.startsWith('stop')),
    ['stop api', 'stop web'],
  );
  type(cockpit, ':go notes\r');
  await cockpit.see(/━ notes ━/);
  type(cockpit, ':attach\r');
  await cockpit.see(/attach: notes is not running/);
  await cockpit.see(/Command ━/);
  cockpit.press(ESC);
  await cockpit.see(gone('Command ━'));
});

class Refusing extends FakeFleet {
  override async stop(ref: string) {
    if (ref === 'id-b') throw new AmuxError('session.unknown', {ref: 'b'});
    return await super.stop(ref);
  }
}

test('of several, those that refuse are named with the reason', async () => {
  const fleet = new Refusing(['a', 'b', 'c'].map(name => sessionOf({name})));
  using cockpit = openCockpit({fleet});
  await cockpit.see(/COMMAND/);
  type(cockpit, ':stop a b c\r');
  await cockpit.see(/Stop 3 sessions\?/);
  cockpit.press('y');
  await cockpit.see(/stop: refused by 1 of 3[\s\S]*b: no session "b"[\s\S]*stopped the other 2/);
});

test('screens and themes are offered by their names', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, ':screen tok');
  await cockpit.see(/tokens +Tokens/);
  cockpit.press('\r');
  await cockpit.see(/\[4 Tokens\]/);
  type(cockpit, ':theme hi');
  await cockpit.see(/high-contrast/);
  cockpit.press('\r');
  await cockpit.see(/theme high-contrast/);
});

test('an unknown name says which sessions there are, and nothing is done', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, ':restart nobody\r');
  await cockpit.see(/no session "nobody"/);
  assert.ok(!cockpit.fleet.calls.some(call => call.startsWith('restart')));
});

test('the help is searched as one types, says why a line cannot be run, and runs one that can', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  type(cockpit, 'G?');
  await cockpit.see(/Keys ━/);
  await cockpit.see(/notes is not running \(s starts it\)/);
  type(cockpit, 'full screen');
  await cockpit.see(/❯ full screen +┃[\s\S]*enter +attach[^\n]*full screen/);
  cockpit.press('\r');
  await cockpit.see(/full screen: notes is not running/);
  cockpit.press('\x15');
  type(cockpit, 'reorder');
  await cockpit.see(/no key does that/);
  cockpit.press('\x15');
  type(cockpit, 'in its column');
  await cockpit.see(/only in: Board/);
  cockpit.press('\x15');
  type(cockpit, 'make a session');
  await cockpit.see(/n {2,}make a session and start it/);
  cockpit.press('\r');
  await cockpit.see(/New session/);
});

const decisions = ({fleet}: Cockpit): string[] => fleet.calls.filter(call => call.startsWith('decide'));

/** Somebody asks while the list is looked at. */
async function ask(cockpit: Cockpit, id = 'a-new'): Promise<void> {
  const {store, fleet} = cockpit;
  const session = store.state().sessions!.find(({id}) => id === store.state().selected)!.name;
  fleet.approvalViews = [approvalOf({id, session})];
  fleet.note(session, 'asks');
  const asked = () => store.state().requests.open[0]?.id === id;
  await new Promise<void>(resolve => {
    if (asked()) return resolve();
    const stop = store.subscribe(() => {
      if (!asked()) return;
      stop();
      resolve();
    });
  });
}

test('a request that comes up while the palette is open does not slip under Enter', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  cockpit.press(':');
  await cockpit.see(/Command ━+ 1 of \d+/);
  await ask(cockpit);
  await cockpit.see(/Command ━+ 3 of \d+[\s\S]*allow +allow what is asked/);
  cockpit.press('\r');
  await cockpit.see(/❯ /);
  await cockpit.see(gone('Command ━'));
  assert.equal(cockpit.store.state().dialog.kind, 'prompt', 'send was the line that stood there');
  assert.deepEqual(decisions(cockpit), []);
});

test('palette and help choose no answer by themselves; one that is written out or walked to is meant', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  await ask(cockpit);
  await cockpit.see(/y allow/);
  type(cockpit, ':what is asked');
  await cockpit.see(/allow what is asked/);
  cockpit.press('\r');
  await cockpit.see(/no line is chosen/);
  cockpit.press(ESC);
  await cockpit.see(gone('Command ━'));
  cockpit.press('?');
  await cockpit.see(/Keys ━+ 3 of/);
  cockpit.store.dispatch({type: 'notice-read'});
  type(cockpit, 'what is asked\r');
  // What only scrolls is found as well, and belongs to other screens.
  await cockpit.see(/no line is chosen|only in: Approvals +COMMAND/);
  assert.deepEqual(decisions(cockpit), []);
  cockpit.press(ESC);
  await cockpit.see(gone('Keys ━'));
  type(cockpit, ':allow\r');
  await cockpit.see(gone('Command ━'));
  assert.equal(decisions(cockpit).length, 1);
});

test('an answer that was walked to is for the request that was there then', async () => {
  for (const list of [':', '?']) {
    using cockpit = openCockpit();
    await cockpit.see(/COMMAND/);
    await ask(cockpit);
    await cockpit.see(/y allow/);
    cockpit.press(list);
    await cockpit.see(/ ━+ 3 of/);
    for (let i = 0; i < 2; i++) cockpit.press('\x1b[A');
    await cockpit.see(/ ━+ 1 of/);
    await ask(cockpit, 'a-other');
    cockpit.press('\r');
    await cockpit.see(/the chosen line is gone/);
    assert.deepEqual(decisions(cockpit), []);
    for (let i = 0; i < 2; i++) cockpit.press(i === 0 ? '\x1b[B' : '\r');
    await cockpit.see(gone(' ━+ . of'));
    assert.deepEqual(decisions(cockpit), ['decide a-other allow']);
  }
});

class Losing extends FakeFleet {
  gone = '';
  override async sessions() {
    return (await super.sessions()).filter(({name}) => name !== this.gone);
  }
}

test('the line that was walked to stays chosen where the list reorders, and Enter does nothing once it is gone', async () => {
  const fleet = new Losing(['a', 'b', 'c', 'd'].map(name => sessionOf({name})));
  using cockpit = openCockpit({fleet});
  await cockpit.see(/COMMAND/);
  type(cockpit, ':stop ');
  await cockpit.see(/stop ━+ 4 ━/);
  cockpit.press('\x1b[B');
  await cockpit.see(/stop ━+ 1 of 4/);
  fleet.set('d', {status: 'failed'});
  await cockpit.see(/stop ━+ 2 of 4[\s\S]*d +failed/);
  cockpit.press('\r');
  await cockpit.see(/■ 1/);
  assert.deepEqual(
    fleet.calls.filter(call => call.startsWith('stop')),
    ['stop a'],
  );
  type(cockpit, ':go ');
  await cockpit.see(/go ━+ 1 of 4/);
  fleet.gone = 'd';
  fleet.note('a', 'd is gone');
  await cockpit.see(/go ━+ 3 ━/);
  cockpit.press('\r');
  await cockpit.see(/the chosen line is gone/);
  assert.equal(cockpit.store.state().selected, 'id-a');
});
