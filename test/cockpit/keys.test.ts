import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type Dialog, textKinds} from '../../source/cockpit/dialogs.ts';
import {stepForm} from '../../source/cockpit/form.ts';
import {firstUnit} from '../../source/cockpit/key-units.ts';
import {leaveSequences} from '../../source/cockpit/keyboard.ts';
import {bindingFor, bindingsHere, footerBindings, keymap, keyTable, whyDisabled} from '../../source/cockpit/keymap.ts';
import {newSessionFaults, newSessionForm, registerInput} from '../../source/cockpit/new-session.ts';
import {firstState, reduce, type State} from '../../source/cockpit/state.ts';
import {edit, fieldOf} from '../../source/cockpit/text-field.ts';
import {SCENE_NOW, sceneSessions} from './scene.ts';

const empty = firstState({size: {cols: 120, rows: 40}, now: SCENE_NOW, demo: false});
const fleet = (): State => reduce(empty, {type: 'sessions', sessions: sceneSessions(), now: SCENE_NOW});

test('every key has one meaning in each place', () => {
  const ids = keymap.map(({id}) => id);
  assert.equal(new Set(ids).size, ids.length, 'ids are unique');
  for (const where of new Set(keymap.flatMap(binding => binding.where))) {
    const taken = new Set<string>();
    for (const binding of keymap.filter(item => item.where.includes(where) && item.when === undefined)) {
      for (const key of binding.keys) {
        assert.ok(!taken.has(key), `${key} twice in ${where}`);
        taken.add(key);
      }
    }
  }
});

test('keys of later screens are not bound and not shown', () => {
  for (const key of ['y', 'N', 'b']) assert.equal(bindingFor(key, fleet()), null);
});

test('the footer shows only keys that do something now', () => {
  const ids = (state: State) => footerBindings(state).map(({id}) => id);
  assert.deepEqual(ids(fleet()).slice(0, 6), ['send', 'type', 'attach', 'next', 'new', 'start-stop']);
  const stopped = reduce(fleet(), {type: 'select', session: 'id-notes'});
  assert.ok(!ids(stopped).includes('type'));
  assert.deepEqual(ids(reduce(empty, {type: 'sessions', sessions: [], now: 0})), ['new', 'palette', 'help', 'quit']);
});

test('the help says why a key cannot be used', () => {
  const stopped = reduce(fleet(), {type: 'select', session: 'id-notes'});
  const attach = bindingsHere(stopped, keymap).find(({id}) => id === 'attach')!;
  assert.equal(whyDisabled(attach, stopped), 'notes is not running (s starts it)');
});

test('every key of the keymap stands in the table for the README', () => {
  const table = keyTable();
  for (const binding of keymap) for (const key of binding.keys) assert.ok(table.includes(`\`${key}\``), key);
});

test('raw input is taken apart key by key', () => {
  const units = (text: string, pasting = false) => {
    const found: string[] = [];
    for (let rest = text; rest !== ''; ) {
      const unit = firstUnit(rest, pasting);
      found.push(unit.text);
      rest = rest.slice(unit.text.length);
    }
    return found;
  };
  assert.deepEqual(units('jé👍'), ['j', 'é', '👍']);
  assert.deepEqual(units('\x1b[A\x1bOBx'), ['\x1b[A', '\x1bOB', 'x']);
  assert.deepEqual(units('\x1b'), ['\x1b']);
  assert.deepEqual(units('\x1b\x1d'), ['\x1b', '\x1d']);
  assert.deepEqual(units('\x1bf'), ['\x1bf']);
  assert.deepEqual(units('\x1b[93;5u'), ['\x1b[93;5u']);
  assert.deepEqual(units('a\x1d\x1b[201~', true), ['a\x1d', '\x1b[201~']);
  assert.equal(firstUnit('\x1b[20', false).kind, 'part');
  assert.deepEqual(units('\x1b]j'), ['\x1b]', 'j']);
  const report = '\x1b]11;rgb:ffff/ffff/ffff\x1b\\';
  assert.deepEqual(units(`${report}j\x1b]11;rgb:0/0/0\x07j`), [report, 'j', '\x1b]11;rgb:0/0/0\x07', 'j']);
  for (let length = 3; length < report.length; length++) {
    assert.equal(firstUnit(report.slice(0, length), false).kind, 'part', report.slice(1, length));
  }
});

test('the leave key is known in the old and the new keyboard protocols', () => {
  assert.deepEqual(leaveSequences('ctrl+]'), ['\x1d', '\x1b[93;5u', '\x1b[27;5;93~']);
  assert.deepEqual(leaveSequences('C-b')[0], '\x02');
});

test('a text field edits by characters as people see them', () => {
  let field = fieldOf('a👨‍👩‍👧b');
  field = edit(field, {do: 'left'});
  field = edit(field, {do: 'erase'});
  assert.deepEqual(field, {text: 'ab', at: 1});
  field = edit(fieldOf('fix the tests'), {do: 'erase-word'});
  assert.equal(field.text, 'fix the ');
  assert.equal(edit(fieldOf('x'), {do: 'insert', text: 'a\x1b[31m\r\nb'}).text, 'xa[31m\nb');
});

test('wherever a text is written, every editing key counts', () => {
  const editing = keymap.filter(({id}) => id.startsWith('text.'));
  assert.ok(editing.length > 8);
  const form = newSessionForm({agents: [known('claude')], dir: '/work'});
  for (const kind of textKinds) {
    const dialog = {kind, to: [], field: fieldOf('ab'), form} as unknown as Dialog;
    const state = reduce(fleet(), {type: 'dialog', dialog});
    for (const key of editing.flatMap(({keys}) => keys)) assert.ok(bindingFor(key, state), `${key} in ${kind}`);
    assert.equal(bindingFor('backspace', state)?.id, 'text.erase', kind);
  }
});

test('a new session is checked as one types', () => {
  let form = newSessionForm({agents: [known('claude'), known('codex')], dir: '~/shop'});
  assert.equal(newSessionFaults(form, [])['name'], 'a name is needed');
  form = stepForm(form, {do: 'edit', edit: {do: 'insert', text: '9lives'}});
  assert.match(newSessionFaults(form, [])['name']!, /letter first/);
  form = stepForm(form, {do: 'edit', edit: {do: 'erase-before'}});
  form = stepForm(form, {do: 'edit', edit: {do: 'insert', text: 'web\n'}});
  form = stepForm(form, {do: 'edit', edit: {do: 'erase'}});
  assert.match(newSessionFaults(form, ['web'])['name']!, /already/);
  assert.deepEqual(newSessionFaults(form, []), {});
  form = stepForm(stepForm(form, {do: 'next'}), {do: 'cycle', by: 1});
  assert.deepEqual(registerInput(form, '/home/ada'), {
    input: {name: 'web', dir: '/home/ada/shop', agent: 'codex'},
    prompt: undefined,
  });
});

const known = (name: string) => ({name, version: null});
