import assert from 'node:assert/strict';
import {test} from 'node:test';
import {canonicalKey} from '../../source/cockpit/key-names.ts';
import {bindingFor, footerBindings, keymap, keymapOf, keyOf, whyDisabled} from '../../source/cockpit/keymap.ts';
import {firstState, reduce, type State} from '../../source/cockpit/state.ts';
import {openCockpit} from './open-cockpit.tsx';
import {approvalOf} from './requests.ts';
import {SCENE_NOW, sceneFleet, sceneSessions} from './scene.ts';

const empty = firstState({size: {cols: 120, rows: 40}, now: SCENE_NOW, demo: false});
const fleet: State = reduce(empty, {type: 'sessions', sessions: sceneSessions(), now: SCENE_NOW});

test('a key is written as people and tmux write it', () => {
  const pairs = [
    ['Ctrl+L', 'ctrl+l'],
    ['C-l', 'ctrl+l'],
    ['M-Enter', 'alt+enter'],
    ['Alt+Ctrl+x', 'ctrl+alt+x'],
    ['shift+m', 'M'],
    ['S-Tab', 'shift+tab'],
    ['PgDn', 'pagedown'],
    ['-', '-'],
    ['+', '+'],
    ['ctrl+m', 'enter'],
    ['Ö', 'Ö'],
  ] as const;
  for (const [written, key] of pairs) assert.equal(canonicalKey(written), key, written);
  for (const wrong of ['', 'hyper+x', 'spacebar', 'ctrl+', '\x1b', 'ctrl++x']) assert.equal(canonicalKey(wrong), null);
});

test('every default key has the name that it is found by', () => {
  for (const {id, keys} of keymap) for (const key of keys) assert.equal(canonicalKey(key), key, id);
});

test('a key that was moved does it, and the old one nothing', () => {
  const {keymap: own, problems} = keymapOf({send: ['.', 'C-g'], zoom: []});
  assert.deepEqual(problems, []);
  assert.equal(bindingFor('.', fleet, own)?.id, 'send');
  assert.equal(bindingFor('ctrl+g', fleet, own)?.id, 'send');
  assert.equal(bindingFor('space', fleet, own), null);
  assert.equal(bindingFor('z', fleet, own), null);
  assert.equal(keyOf(own, 'send'), '.');
  assert.ok(!footerBindings(fleet, own).some(({id}) => id === 'zoom'));
  assert.equal(bindingFor('space', fleet)?.id, 'send', 'the defaults are as they were');
});

test('texts say the key that counts', () => {
  const {keymap: own} = keymapOf({'start-stop': 'X', 'card-move-left': '<', send: '.'});
  const find = (id: string) => own.find(binding => binding.id === id)!;
  const stopped = reduce(fleet, {type: 'select', session: 'id-notes'});
  assert.equal(whyDisabled(find('attach'), stopped), 'notes is not running (X starts it)');
  assert.match(find('mark').help, /: \. X r M # mean all marked/);
  assert.match(find('card-mark').help, /: < and L move/);
  assert.ok(
    keymap.every(({help}) => !/<[a-z]/.test(help)),
    'no name is left in a text',
  );
});

test('two keys may change places', () => {
  const {keymap: own, problems} = keymapOf({send: 'm', mark: 'space'});
  assert.deepEqual(problems, []);
  assert.equal(bindingFor('m', fleet, own)?.id, 'send');
});

test('a clash names both, and the defaults stand', () => {
  const one = keymapOf({send: 'z'});
  assert.deepEqual(one.problems, ['z is both send and zoom in fleet: send keeps space']);
  assert.equal(bindingFor('space', fleet, one.keymap)?.id, 'send');
  const two = keymapOf({send: '.', zoom: '.'});
  assert.deepEqual(two.problems, ['. is both send and zoom in fleet: send keeps space, zoom keeps z']);
  assert.equal(bindingFor('.', fleet, two.keymap), null);
  // The one that falls back takes its place from the one that was put there.
  const chain = keymapOf({send: 'z', mark: 'space'});
  assert.deepEqual(chain.problems, [
    'z is both send and zoom in fleet: send keeps space',
    'space is both send and mark in fleet: mark keeps m',
  ]);
});

test('the same key in two places is no clash, nor are two that share one by default', () => {
  assert.deepEqual(keymapOf({'card-new': 'z', 'form.submit': ['enter', 'ctrl+g']}).problems, []);
});

test('an unknown name, a wrong key and a letter in a text field are told', () => {
  assert.deepEqual(keymapOf({zom: 'x', send: 'spacebar', 'prompt.send': 'x', 'help.run': 'y'}).problems, [
    'no key is called zom (is zoom meant?)',
    'send: "spacebar" is not the name of a key',
    'no key is called help.run',
    'prompt.send keeps enter: x is text there',
  ]);
});

test('footer, help and palette show the keys that count, and a clash is told at the start', async () => {
  using cockpit = openCockpit({keys: {send: '.', zoom: 'm'}});
  await cockpit.see(/✗ m is both zoom and mark in fleet: zoom keeps z/);
  cockpit.pass(2000);
  cockpit.press('j');
  await cockpit.see(/\. send {2}i type/);
  cockpit.press('?');
  await cockpit.see(/\. +send text to the session/);
  cockpit.press('\x1b');
  await cockpit.see(/^(?![\s\S]*Keys ━)/);
  cockpit.press(':');
  await cockpit.see(/send +send text .* NAME TEXT {2}\./);
  cockpit.press('\x1b');
  await cockpit.see(/^(?![\s\S]*Command ━)/);
  cockpit.press('.');
  await cockpit.see(/→ docs ❯/);
});

test('several that do not hold are listed together', async () => {
  using cockpit = openCockpit({keys: {zoom: 'm', nonsense: 'x'}});
  await cockpit.see(/2 of your keys do not hold[\s\S]*no key is called nonsense[\s\S]*zoom keeps z/);
});

test('what is said of other keys names those that count', () => {
  const {keymap: own, problems} = keymapOf({
    scrollback: '{',
    'scroll.search': 'ctrl+r',
    'scroll.next': '.',
    'scroll.previous': ',',
    'tokens.longer': '>',
    'tokens.shorter': '<',
  });
  assert.deepEqual(problems, []);
  const found = (id: string) => own.find(binding => binding.id === id)!;
  const tokens = (span: State['tokens']['span']): State => ({...fleet, tokens: {...fleet.tokens, span}});
  assert.equal(found('scroll.next').whyNot?.(fleet), 'nothing is searched (ctrl+r does)');
  assert.equal(found('scroll.next').footerKey?.(fleet), '. ,');
  assert.equal(found('scrollback.zoomed').help, 'zoomed: the same as {');
  assert.equal(found('search.keep').help, 'keep the search; . and , go on');
  assert.equal(found('tokens.longer').footerKey?.(tokens('1h')), '>');
  assert.equal(found('tokens.longer').footerKey?.(tokens('24h')), '< >');
  assert.equal(found('tokens.shorter').footerKey?.(tokens('30d')), '<');
});

test('a request whose dialog is not seen yet names the keys that answer it', async () => {
  const ofPayments = approvalOf({id: 'a-one', session: 'payments', choices: []});
  for (const [keys, said] of [
    [{}, 'y allows, n denies; its dialog'],
    [{allow: '=', deny: 'ctrl+x'}, '= allows, ctrl+x denies; its dialog'],
    [{allow: []}, 'n denies; its dialog'],
    [{allow: [], deny: []}, 'its dialog'],
  ] as const) {
    const fleet = sceneFleet();
    fleet.approvalViews = [ofPayments];
    using cockpit = openCockpit({fleet, keys});
    await cockpit.see(/Approvals 1/);
    cockpit.press('3');
    const text = ` ${said} is not on the screen yet`.replace('+', '\\+');
    await cockpit.see(new RegExp(`[│┃] ${text}`));
  }
});
