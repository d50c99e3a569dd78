import assert from 'node:assert/strict';
import {test} from 'node:test';
import {firstState, reduce} from '../../source/cockpit/state.ts';
import {openCockpit} from './open-cockpit.tsx';
import {SCENE_NOW, sceneFleet, sceneHistory, sceneScreens, sceneSessions} from './scene.ts';

const ESC = '\x1b';
const ENTER = '\r';
const PAGE_UP = '\x1b[5~';

/** With the history of the selected session in sight. */
async function opened() {
  const cockpit = openCockpit();
  await cockpit.see(/payments/);
  cockpit.press('[');
  await cockpit.see(/payments · scrollback ▸ cropped ─/);
  await cockpit.see(/224 of 224/);
  return cockpit;
}

test('[ shows what scrolled away, and holds still while the agent goes on', async () => {
  using cockpit = await opened();
  assert.deepEqual(
    cockpit.fleet.calls.filter(call => call.startsWith('scrollback')),
    ['scrollback payments'],
  );
  cockpit.press(PAGE_UP);
  await cockpit.see(/199 of 224/);
  const before = cockpit.frame();
  const {lines, ...screen} = sceneScreens()['payments']!;
  cockpit.fleet.show('payments', {...screen, lines: [...lines.slice(5), ...lines.slice(0, 5)]});
  await cockpit.see(/9 lines since/);
  assert.equal(cockpit.frame().split('\n').slice(3).join('\n'), before.split('\n').slice(3).join('\n'));
  cockpit.press('r');
  await cockpit.see(/payments · scrollback ▸ cropped ─+╮/);
  cockpit.press('q');
  await cockpit.see(/payments · claude opus/);
  assert.equal(cockpit.store.state().scroll, null, 'nothing of it is kept');
  assert.deepEqual(cockpit.ends, []);
});

test('what is read stays when its session goes, but not when the last one does', async () => {
  using cockpit = await opened();
  const {fleet, store} = cockpit;
  const names = (await fleet.sessions()).map(({name}) => name).filter(name => name !== 'docs');
  for (const name of names) await fleet.unregister(name);
  fleet.note('docs', 'the others were removed');
  await cockpit.see(/━ docs/);
  await cockpit.see(/payments · scrollback[\s\S]*224 of 224/);
  cockpit.press(PAGE_UP);
  await cockpit.see(/199 of 224/);
  fleet.note('docs', 'removed');
  await fleet.unregister('docs');
  await cockpit.see(/No sessions yet/);
  assert.deepEqual([store.state().place, store.state().scroll], ['fleet', null]);
  cockpit.press('n');
  await cockpit.see(/New session/);
});

test('what could not be read yet goes with its session', () => {
  const open = {session: 'id-payments', name: 'payments', editor: false, seen: null};
  const reading = [
    {type: 'sessions', sessions: sceneSessions(), now: SCENE_NOW},
    {type: 'place', place: 'scrollback'},
    {type: 'scrollback', step: {do: 'open', ...open}},
    {type: 'sessions', sessions: sceneSessions().filter(({name}) => name !== 'payments'), now: SCENE_NOW},
  ] as const;
  const first = firstState({size: {cols: 100, rows: 30}, now: SCENE_NOW, demo: false});
  const states = reading.map((_, i) => reading.slice(0, i + 1).reduce(reduce, first));
  assert.deepEqual(
    states.map(({place}) => place),
    ['fleet', 'scrollback', 'scrollback', 'fleet'],
  );
});

test('a text is searched as one types; esc goes back to where it began', async () => {
  using cockpit = await opened();
  cockpit.press('/');
  await cockpit.see(/search ❯/);
  cockpit.press('case 12');
  await cockpit.see(/"case 12" 11\/11 · 129 of 224/);
  cockpit.press(ESC);
  await cockpit.see(/ 224 of 224/);
  cockpit.press('/');
  cockpit.press('case 12');
  cockpit.press(ENTER);
  cockpit.press('n');
  await cockpit.see(/"case 12" 10\/11 · 128 of 224/);
  cockpit.press('N');
  cockpit.press('N');
  await cockpit.see(/"case 12" 1\/11 · 12 of 224/);
  cockpit.press('/');
  cockpit.press('no such thing');
  await cockpit.see(/"no such thing" not found/);
  cockpit.press(ENTER);
  cockpit.press(ESC);
  await cockpit.see(/─ 12 of 224/);
  cockpit.press(ESC);
  await cockpit.see(/payments · claude opus/);
});

test('y copies the selected lines, or the page, as plain text', async () => {
  using cockpit = await opened();
  cockpit.press('g');
  await cockpit.see(/─ 1 of 224/);
  cockpit.press('v');
  cockpit.press('j');
  await cockpit.see(/2 selected/);
  cockpit.press('y');
  await cockpit.see(/2 lines copied/);
  assert.doesNotMatch(cockpit.frame(), /selected/);
  cockpit.press('y');
  await cockpit.see(/25 lines copied/);
  const texts = cockpit.written.map(sequence => {
    const base64 = /^\x1b\]52;c;([\w+/=]+)\x07$/.exec(sequence)![1]!;
    return Buffer.from(base64, 'base64').toString();
  });
  const lines = sceneHistory().map(row => row.map(({text}) => text).join(''));
  assert.deepEqual(texts, [`${lines.slice(0, 2).join('\n')}\n`, `${lines.slice(0, 25).join('\n')}\n`]);
});

test('what is too long for a terminal is refused, with its size', async () => {
  const fleet = sceneFleet();
  fleet.scrollbacks.set('payments', [[{text: 'x'.repeat(80_000), style: {}}]]);
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('[');
  await cockpit.see(/1 of 1/);
  cockpit.press('y');
  await cockpit.see(/1 line is 81 kB: a terminal takes 74 kB/);
  assert.deepEqual(cockpit.written, []);
});

test('without an editor its key says so and is not in the footer', async () => {
  using cockpit = await opened();
  assert.doesNotMatch(cockpit.frame(), /e editor/);
  cockpit.press('e');
  await cockpit.see(/no editor is set/);
});

test('the scrollback of a session that never ran says that there is nothing', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/payments/);
  cockpit.press('G');
  cockpit.press('[');
  await cockpit.see(/notes · scrollback/);
  await cockpit.see(/it has printed nothing yet/);
  cockpit.press('y');
  await cockpit.see(/nothing is shown/);
});
