import assert from 'node:assert/strict';
import {test} from 'node:test';
import stringWidth from 'string-width';
import {answerKeys, bindingFor, footerBindings, keymap} from '../../source/cockpit/keymap.ts';
import {approvalAreas, layoutOf} from '../../source/cockpit/layout.ts';
import {requestEnd, requestPane} from '../../source/cockpit/panes/request.ts';
import {requestCards, requestList} from '../../source/cockpit/panes/requests.ts';
import {asksOf, moveChoice, noRequests, requestInHand, withOpen} from '../../source/cockpit/requests.ts';
import {firstState, reduce, type State} from '../../source/cockpit/state.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import type {ApprovalView} from '../../source/domain/fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {loadTheme} from './palettes.ts';
import {approvalOf, scenePending} from './requests.ts';
import {SCENE_NOW, sceneFleet, sceneSessions} from './scene.ts';

const theme = loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});
const plainText = (lines: readonly string[]) => lines.map(line => line.replace(/\x1b\[[\d;]*m/g, '').trimEnd());

const nasty = approvalOf({
  id: 'a-nasty',
  session: '支付\x1b[2Jx',
  title: '删除\u202e所有文件 👩‍🚀👩‍🚀 \x1b]0;owned\x07',
  input: {
    command: `cat <<EOF\n\t${'批量导入'.repeat(60)}\n  two\x07\nEOF`,
    env: {A: 1, B: null, list: ['x', {deep: true}]},
    a_very_long_name_of_a_field: 'y'.repeat(300),
  },
  suggestions: [{type: 'addRules', rules: [{toolName: 'Bash', ruleContent: 'rm:*'}]}],
  choices: Array.from({length: 12}, (_, i) => ({
    n: i + 1,
    label: `选择 ${'长'.repeat(i * 6)}`,
    means: 'other' as const,
  })),
});
const odd: ApprovalView[] = [
  nasty,
  approvalOf({id: 'a-1', session: 'x', tool: null, input: null, choices: [], via: 'screen', kind: 'trust'}),
  approvalOf({id: 'a-2', session: 'x', input: 'plain text', choices: [], title: ''}),
];

const keys = answerKeys(keymap);

test('its panes have exactly their width and height at every size', () => {
  for (const cols of [40, 50, 79, 80, 120, 200]) {
    for (const rows of [12, 20, 24, 50]) {
      const {body} = layoutOf({cols, rows}, 'cards', false);
      const open = [...scenePending(), ...odd];
      const {side, list, detail} = approvalAreas(body, open.length);
      for (const chosen of open) {
        const props = {theme, size: list, open, chosen: chosen.id, now: SCENE_NOW};
        const drawn = [
          {lines: side ? requestCards(props) : requestList(props), size: list},
          {lines: requestPane({theme, keys, size: detail, request: chosen, top: 3, now: SCENE_NOW}), size: detail},
          {lines: requestPane({theme, keys, size: detail, request: null, top: 0, now: SCENE_NOW}), size: detail},
        ];
        for (const {lines, size} of drawn) {
          assert.equal(lines.length, size.rows, `${cols}×${rows} ${chosen.id}`);
          for (const line of lines) {
            assert.equal(stringWidth(line), size.cols, `${cols}×${rows} ${chosen.id}: ${JSON.stringify(line)}`);
            assert.doesNotMatch(line.replace(/\x1b\[[\d;]*m/g, ''), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
          }
        }
      }
    }
  }
});

test('a request shows its tool, its whole input and what can be answered', () => {
  const [request] = scenePending();
  const lines = plainText(
    requestPane({theme, keys, size: {cols: 64, rows: 16}, request: request!, top: 0, now: SCENE_NOW}),
  );
  assert.deepEqual(lines.slice(0, 11), [
    '╭─ payments · claude ───────────────────────────── a-one · 2m ─╮',
    '│                                                              │',
    '│  Bash                                                        │',
    '│    command      rm -rf dist                                  │',
    '│    description  Clean the build output                       │',
    '│                                                              │',
    '│  in /work/shop/payments                                      │',
    '│                                                              │',
    '│  1 y  Yes                                                    │',
    '│  2 a  Yes, and always allow access to dist/ from this        │',
    '│       project                                                │',
  ]);
});

test('a long input scrolls; what can be answered stays in sight', () => {
  const content = Array.from({length: 60}, (_, i) => `line ${i}`).join('\n');
  const request = approvalOf({id: 'a-long', session: 'payments', tool: 'Write', input: {file_path: '/a', content}});
  const at = (top: number) =>
    plainText(requestPane({theme, keys, size: {cols: 64, rows: 20}, request, top, now: SCENE_NOW}));
  assert.match(at(0).join('\n'), /line 0[\s\S]*1 y {2}Yes[\s\S]*1-12 of 6\d ─╯/);
  assert.match(at(30).join('\n'), /line 30[\s\S]*3 n {2}No/);
  assert.match(at(1000).join('\n'), /line 59/, 'no further than its end');
  const end = requestEnd({size: {cols: 64, rows: 20}, request, keys});
  assert.deepEqual(at(end), at(1000));
  assert.notDeepEqual(at(end - 1), at(end));
  assert.equal(requestEnd({size: {cols: 64, rows: 90}, request, keys}), 0, 'all of it is in sight');
});

test('what was scrolled to its end goes back with the first key', async () => {
  const fleet = sceneFleet();
  const content = Array.from({length: 60}, (_, i) => `line ${i}`).join('\n');
  fleet.approvalViews = [approvalOf({id: 'a-long', session: 'payments', tool: 'Write', input: {content}})];
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('3');
  await cockpit.see(/line 0\b/);
  for (let i = 0; i < 20; i++) cockpit.press('\x04');
  await cockpit.see(/line 59/);
  cockpit.press('\x15');
  await cockpit.see(/^(?![\s\S]*line 59)/);
});

test('the choice stays on its request, and goes to the next when that is answered', () => {
  const [one, two] = scenePending();
  const three = approvalOf({id: 'a-three', session: 'api'});
  const first = withOpen(noRequests, [one!, two!]);
  assert.equal(first.chosen, 'a-one');
  const second = moveChoice(first, 1);
  assert.equal(withOpen(second, [one!, two!, three]).chosen, 'a-two');
  assert.equal(withOpen(second, [one!, three]).chosen, 'a-three');
  assert.equal(withOpen(second, [one!]).chosen, 'a-one');
  assert.equal(withOpen(second, []).chosen, null);
  assert.equal(moveChoice(second, 5), second);
  assert.deepEqual(
    [...asksOf(first)],
    [
      ['id-payments', 'Bash(rm -rf dist)'],
      ['id-docs', 'Which colour?'],
    ],
  );
});

function stateOf(place: State['place'], open: ApprovalView[] = scenePending()): State {
  const empty = firstState({size: {cols: 120, rows: 40}, now: SCENE_NOW, demo: false});
  const listed = reduce(empty, {type: 'sessions', sessions: sceneSessions(), now: SCENE_NOW});
  return reduce(reduce(listed, {type: 'approvals', open}), {type: 'place', place});
}

test('keys answer what is in hand: the selected session’s request, or the chosen one', () => {
  assert.equal(requestInHand(stateOf('fleet'))?.id, 'a-one', 'payments is selected');
  assert.equal(requestInHand(reduce(stateOf('fleet'), {type: 'select', session: 'id-web'})), null);
  assert.equal(requestInHand(reduce(stateOf('approvals'), {type: 'move', by: 1}))?.id, 'a-two');
  assert.equal(requestInHand(stateOf('events')), null);
});

test('numbers choose answers while there are some, and screens else', () => {
  const idOf = (key: string, state: State) => bindingFor(key, state)?.id;
  assert.equal(idOf('1', stateOf('approvals')), 'choose.1');
  assert.equal(idOf('5', stateOf('approvals')), 'events', 'three are offered');
  assert.equal(idOf('1', stateOf('approvals', [])), 'fleet');
  assert.equal(idOf('1', stateOf('fleet')), 'fleet');
  assert.equal(idOf('y', reduce(stateOf('approvals'), {type: 'move', by: 1})), undefined, 'a question has no yes');
});

test('the footer offers answers only where they can be given', () => {
  const ids = (state: State) => footerBindings(state).map(({id}) => id);
  assert.deepEqual(ids(stateOf('fleet')).slice(0, 3), ['allow', 'deny-now', 'send']);
  assert.deepEqual(ids(stateOf('approvals')).slice(0, 4), ['allow', 'always', 'deny', 'to-session']);
  const unknown = approvalOf({id: 'a-x', session: 'payments', via: 'screen', choices: []});
  assert.deepEqual(ids(stateOf('fleet', [unknown])).slice(0, 1), ['send']);
});

function open(pending: ApprovalView[] = scenePending()) {
  const fleet = sceneFleet();
  fleet.approvalViews = pending;
  return openCockpit({fleet});
}

const decisions = (fleet: {calls: string[]}) => fleet.calls.filter(call => call.startsWith('decide'));

test('the screen of requests is one key away; y allows, and a second y looks first', async () => {
  using cockpit = open();
  await cockpit.see(/3 Approvals 2/);
  cockpit.press('3');
  await cockpit.see(/\[3 Approvals 2\][\s\S]*rm -rf dist/);
  cockpit.press('y');
  await cockpit.see(/\[3 Approvals 1\][\s\S]*Which colour\?/);
  cockpit.press('1');
  await cockpit.see(/this one has just come up: look at it first/);
  cockpit.pass(1000);
  cockpit.press('1');
  await cockpit.see(/nothing waits for you/);
  assert.deepEqual(decisions(cockpit.fleet), ['decide a-one allow', 'decide a-two allow 1']);
});

test('a denial takes a message, or none', async () => {
  using cockpit = open();
  await cockpit.see(/3 Approvals 2/);
  cockpit.press('3');
  await cockpit.see(/y allow/);
  cockpit.press('n');
  await cockpit.see(/deny → payments/);
  for (const key of 'not now') cockpit.press(key);
  cockpit.press('\r');
  await cockpit.see(/Approvals 1\]/);
  cockpit.pass(1000);
  cockpit.press('n');
  await cockpit.see(/deny → docs/);
  cockpit.press('\r');
  await cockpit.see(/nothing waits for you/);
  assert.deepEqual(decisions(cockpit.fleet), ['decide a-one deny not now', 'decide a-two deny']);
});

test('on the Fleet screen the selected session’s request shows above its peek and is answered there', async () => {
  using cockpit = open();
  await cockpit.see(/◆ Bash\(rm -rf dist\) ─╮/);
  await cockpit.see(/y allow {2}N deny {2}space send/);
  cockpit.press('N');
  await cockpit.see(/Approvals 1/);
  assert.deepEqual(decisions(cockpit.fleet), ['decide a-one deny']);
});

test('own words are offered where they can be given, and refused with the reason elsewhere', async () => {
  const asked = (change: Partial<ApprovalView>) =>
    approvalOf({id: 'a-q', session: 'payments', kind: 'question', choices: [], ...change});
  const whyNot = (request: ApprovalView) => {
    const state = stateOf('approvals', [request]);
    return bindingFor('space', state)?.whyNot?.(state) ?? null;
  };
  const red = {n: 1, label: 'Red', means: 'answer'} as const;
  assert.equal(whyNot(asked({via: 'hook'})), null);
  assert.match(whyNot(asked({via: 'screen'}))!, /amux does not know this dialog: answer it in its terminal/);
  assert.match(whyNot(asked({via: 'screen', choices: [red]}))!, /takes no text: choose an answer by its number/);
  assert.equal(whyNot(asked({via: 'screen', choices: Array.from({length: 10}, () => red)})), null, 'ten has no key');
  using cockpit = open([asked({via: 'screen'})]);
  await cockpit.see(/3 Approvals 1/);
  cockpit.press('3');
  await cockpit.see(/session/);
  assert.doesNotMatch(cockpit.frame(), /space answer/);
  cockpit.press(' ');
  await cockpit.see(/amux does not know this dialog/);
  assert.equal(cockpit.store.state().dialog.kind, 'none');
});

test('an answer that is refused keeps its text: for the same request, and in the prompt bar', async () => {
  const [payments, docs] = scenePending();
  using cockpit = open([payments!, docs!]);
  cockpit.fleet.decide = async () => {
    throw new AmuxError('approval.hidden', {name: 'docs', why: 'its dialog is not on the screen'});
  };
  await cockpit.see(/3 Approvals 2/);
  cockpit.press('3');
  await cockpit.see(/y allow/);
  cockpit.press('j');
  await cockpit.see(/space answer/);
  cockpit.press(' ');
  await cockpit.see(/answer → docs/);
  for (const key of 'neither: teal') cockpit.press(key);
  cockpit.press('\r');
  await cockpit.see(/cannot be answered now/);
  cockpit.press(' ');
  await cockpit.see(/answer → docs.*neither: teal/);
  for (const key of ' or blue') cockpit.press(key);
  await cockpit.see(/teal or blue/);
  cockpit.fleet.approvalViews = [payments!];
  cockpit.fleet.note('docs', 'answered elsewhere');
  await cockpit.see(/Approvals 1\]/);
  cockpit.press('\r');
  await cockpit.see(/docs does not ask that any more/);
  cockpit.press('\x1b');
  await cockpit.see(/y allow/);
  cockpit.press('\x1b');
  await cockpit.see(/\[1 Fleet\]/);
  cockpit.press(' ');
  cockpit.press('\x1b[A');
  await cockpit.see(/neither: teal or blue/);
  cockpit.press('\x1b[A');
  await cockpit.see(/neither: teal(?! or)/);
});

test('enter goes to the session that asks; esc goes back to the Fleet screen', async () => {
  using cockpit = open();
  await cockpit.see(/3 Approvals 2/);
  cockpit.press('3');
  await cockpit.see(/y allow/);
  cockpit.press('j');
  await cockpit.see(/space answer/);
  cockpit.press('\r');
  await cockpit.see(/\[1 Fleet\][\s\S]*╭─ docs · gemini/);
});
