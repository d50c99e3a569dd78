import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {answerKeys, bindingFor, footerBindings, keymap} from '../../source/cockpit/keymap.ts';
import {requestPane} from '../../source/cockpit/panes/request.ts';
import {requestInHand} from '../../source/cockpit/requests.ts';
import {firstState, reduce, type State} from '../../source/cockpit/state.ts';
import type {ApprovalView} from '../../source/domain/fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {loadTheme} from './palettes.ts';
import {approvalOf, scenePending} from './requests.ts';
import {SCENE_NOW, sceneFleet, sceneSessions} from './scene.ts';

const ESC = '\x1b';

type Cockpit = ReturnType<typeof openCockpit>;
const type = (cockpit: Cockpit, text: string): void => {
  for (const key of text) cockpit.press(key);
};
const gone = (text: string) => new RegExp(`^(?![\\s\\S]*${text})`);
const decisions = ({fleet}: Cockpit): string[] => fleet.calls.filter(call => call.startsWith('decide'));

function open(pending: ApprovalView[] = scenePending()): Cockpit {
  const fleet = sceneFleet();
  fleet.approvalViews = pending;
  return openCockpit({fleet});
}

const bare = (): State => {
  const empty = firstState({size: {cols: 120, rows: 40}, now: SCENE_NOW, demo: false});
  return reduce(empty, {type: 'sessions', sessions: sceneSessions(), now: SCENE_NOW});
};

test('the key is there on every screen while somebody waits, and only then', () => {
  for (const place of ['fleet', 'board', 'tokens', 'events', 'diff', 'scrollback'] as const) {
    const state = reduce(bare(), {type: 'place', place});
    assert.equal(bindingFor('A', state), null);
    const asked = reduce(state, {type: 'approvals', open: scenePending()});
    assert.equal(bindingFor('A', asked)?.id, 'answer-any');
    assert.ok(
      footerBindings(asked).some(({id}) => id === 'answer-any'),
      place,
    );
  }
});

test('the newest comes first, and the next when it is answered', async () => {
  using cockpit = open([...scenePending(), approvalOf({id: 'a-three', session: 'api', title: 'Bash(npm test)'})]);
  await cockpit.see(/A answer 3/);
  type(cockpit, '2A');
  await cockpit.see(/┏━ api · claude ━+ a-three · 2m ━┓[\s\S]*2 more/);
  cockpit.press('y');
  await cockpit.see(/┏━ docs · gemini ━+ a-two[\s\S]*1 more/);
  cockpit.pass(1000);
  cockpit.press('2');
  await cockpit.see(/┏━ payments · claude ━/);
  cockpit.pass(1000);
  cockpit.press('n');
  await cockpit.see(/deny → payments ❯/);
  type(cockpit, 'not now\r');
  await cockpit.see(gone('┏━ payments'));
  assert.deepEqual(decisions(cockpit), ['decide a-three allow', 'decide a-two allow 2', 'decide a-one deny not now']);
  assert.equal(cockpit.store.state().place, 'board');
  assert.equal(cockpit.store.state().dialog.kind, 'none');
});

test('tab goes round all that wait, and esc leaves them waiting', async () => {
  using cockpit = open();
  await cockpit.see(/A answer 2/);
  cockpit.press('A');
  await cockpit.see(/┏━ docs · gemini/);
  cockpit.press('\t');
  await cockpit.see(/┏━ payments · claude/);
  cockpit.press('\t');
  await cockpit.see(/┏━ docs · gemini/);
  cockpit.press(ESC);
  await cockpit.see(gone('┏━ docs · gemini'));
  assert.deepEqual(decisions(cockpit), []);
});

test('a denial with a message comes back for the next', async () => {
  using cockpit = open([approvalOf({id: 'a-1', session: 'api'}), approvalOf({id: 'a-2', session: 'web'})]);
  await cockpit.see(/A answer 2/);
  type(cockpit, 'An');
  await cockpit.see(/deny → web ❯/);
  type(cockpit, 'no\r');
  await cockpit.see(/┏━ api · claude/);
});

test('enter goes to who asks', async () => {
  using cockpit = open();
  await cockpit.see(/A answer 2/);
  type(cockpit, '5A');
  await cockpit.see(/┏━ docs · gemini/);
  cockpit.press('\r');
  await cockpit.see(/┏━ docs ━+ gemini ━┓/);
  assert.deepEqual([cockpit.store.state().selected, cockpit.store.state().dialog.kind], ['id-docs', 'none']);
});

test('what somebody else answers goes from the popup, and the last one closes it', () => {
  const [one, two] = scenePending();
  let state = reduce(bare(), {type: 'approvals', open: [one!, two!]});
  state = reduce(reduce(state, {type: 'dialog', dialog: {kind: 'answer'}}), {type: 'edge', to: 'last'});
  assert.equal(requestInHand(state)?.id, 'a-two');
  state = reduce(state, {type: 'approvals', open: [one!]});
  assert.equal(requestInHand(state)?.id, 'a-one');
  assert.equal(reduce(state, {type: 'approvals', open: []}).dialog.kind, 'none');
});

test('the popup is as wide as it says and no higher than it has to', () => {
  const theme = loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});
  const long = approvalOf({id: 'a-x', session: '批量👨‍👩‍👧', input: {command: '批 \x1b[2J\n'.repeat(200)}});
  for (const request of [...scenePending(), long]) {
    for (const [cols, rows] of [
      [40, 10],
      [80, 21],
      [88, 46],
    ] as const) {
      const popup = {others: 3};
      const props = {theme, request, top: 0, now: SCENE_NOW, keys: answerKeys(keymap), popup};
      const lines = requestPane({...props, size: {cols, rows}}).map(line => line.replace(/\x1b\[[\d;]*m/g, ''));
      assert.ok(lines.length <= rows && (request === long || rows < 46 || lines.length < rows));
      for (const line of lines) assert.equal(stringWidth(line), cols, line);
    }
  }
});
