import assert from 'node:assert/strict';
import {test} from 'node:test';
import {FakeFleet} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {sceneFleet} from './scene.ts';

const ESC = '\x1b';

const open = (fleet?: FakeFleet) => openCockpit(fleet === undefined ? {} : {fleet});

test('the new-session dialog complains as one types and keeps its text when the supervisor refuses', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  cockpit.press('n');
  await cockpit.see(/New session/);
  for (const key of '9x') cockpit.press(key);
  await cockpit.see(/letter first/);
  cockpit.press('\x15');
  for (const key of 'shop') cockpit.press(key);
  cockpit.press('\t');
  await cockpit.see(/‹ claude ›/);
  cockpit.press('\x1b[D');
  await cockpit.see(/‹ gemini ›/);
  cockpit.press('\t');
  cockpit.press('\x15');
  for (const key of '/nowhere') cockpit.press(key);
  cockpit.press('\x13');
  await cockpit.see(/no directory \/nowhere/);
  await cockpit.see(/name {2}shop/);
  cockpit.press(ESC);
  await cockpit.see(/^(?![\s\S]*New session)/);
});

test('enter goes to the next field and makes the session on the last', async () => {
  using cockpit = open(new FakeFleet([]));
  await cockpit.see(/No sessions yet/);
  cockpit.press('n');
  await cockpit.see(/New session/);
  for (const key of 'shop') cockpit.press(key);
  for (let i = 0; i < 6; i++) cockpit.press('\r');
  for (const key of 'hi') cockpit.press(key);
  cockpit.press('\r');
  await cockpit.see(/shop · claude/);
  assert.deepEqual(cockpit.fleet.calls.slice(0, 2), [
    'register {"name":"shop","dir":"/work/shop","agent":"claude"}',
    'start shop hi',
  ]);
});

test('a bracketed paste goes to the focused field as text, and nowhere else', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  cockpit.press('\x1b[200~q\x1b[201~');
  await cockpit.see(/a paste needs a text field/);
  cockpit.press(' ');
  await cockpit.see(/→ payments ❯/);
  cockpit.press('\x1b[200~two\nlines\x1b[201~');
  await cockpit.see(/❯ two *\n +lines/);
  assert.deepEqual(cockpit.ends, []);
});

test('a paste that is longer than a field takes is refused in words, and what was written stays', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  cockpit.press(' ');
  await cockpit.see(/→ payments ❯/);
  for (const key of 'look') cockpit.press(key);
  cockpit.press(`\x1b[200~${'x'.repeat(100_000)}\x1b[201~`);
  await cockpit.see(/→ payments ❯ look .*✗ too long: at most 100000 characters/);
  cockpit.press(':');
  await cockpit.see(/❯ look: /);
});

test('marked sessions all get what the prompt bar sends', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  cockpit.press('m');
  cockpit.press('j');
  cockpit.press('m');
  await cockpit.see(/2 marked/);
  cockpit.press(' ');
  await cockpit.see(/→ 2 marked ❯/);
  cockpit.press('g');
  cockpit.press('o');
  cockpit.press('\r');
  await cockpit.see(/queued/);
  const sent = cockpit.fleet.calls.filter(call => call.startsWith('send'));
  assert.deepEqual(sent, ['send payments go', 'send docs go']);
});

test('a confirmation keeps what works when the answer is no', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  for (const key of 'jjjs') cockpit.press(key);
  await cockpit.see(/Stop api\?/);
  cockpit.press(ESC);
  await cockpit.see(/^(?![\s\S]*Stop api)/);
  assert.ok(!cockpit.fleet.calls.some(call => call.startsWith('stop')));
});

test('esc in the filter puts back what was there', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  for (const key of '/zzz') cockpit.press(key);
  await cockpit.see(/no session matches "zzz"/);
  cockpit.press(ESC);
  await cockpit.see(/payments/);
  assert.equal(cockpit.store.state().filter, '');
});

test('an error of the fleet shows with its hint and can be read again in Events', async () => {
  const fleet = sceneFleet();
  fleet.send = async () => {
    throw Object.assign(new Error('the socket is gone'), {code: 'ECONNRESET'});
  };
  using cockpit = open(fleet);
  await cockpit.see(/COMMAND/);
  for (const key of ' hi\r') cockpit.press(key);
  await cockpit.see(/✗ the socket is gone {2}this is a fault of amux/);
  cockpit.press('5');
  await cockpit.see(/error +the socket is gone \(this is a fault/);
  cockpit.press('\r');
  await cockpit.see(/by cockpit/);
});

test('a selected session that finished counts as seen after a while', async () => {
  const fleet = sceneFleet();
  fleet.set('payments', {activity: 'finished', waitingFor: null});
  using cockpit = open(fleet);
  await cockpit.see(/✓ 1 done/);
  for (const key of '/payments\r') cockpit.press(key);
  await cockpit.see(/✓ finished/);
  await cockpit.see(/○ idle/);
  assert.ok(cockpit.fleet.calls.includes('seen payments'));
});

test('f forks the selected session; a refusal leaves what was written', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  cockpit.press('f');
  await cockpit.see(/Fork payments/);
  await cockpit.see(/changes {2}come along/);
  for (const key of 'api') cockpit.press(key);
  cockpit.press('\t');
  await cockpit.see(/a session has this name already/);
  cockpit.press('\x1b[Z');
  for (const key of '-two') cockpit.press(key);
  cockpit.press('\t');
  for (const key of 'try/it') cockpit.press(key);
  cockpit.press('\t');
  cockpit.press('\x1b[C');
  await cockpit.see(/‹ stay behind ›/);
  cockpit.press('\r');
  for (const key of 'go') cockpit.press(key);
  cockpit.press('\r');
  await cockpit.see(/api-two: submodules are empty/);
  await cockpit.see(/^(?![\s\S]*Fork payments)/);
  const [call] = cockpit.fleet.calls.filter(each => each.startsWith('fork'));
  assert.equal(call, 'fork payments {"name":"api-two","branch":"try/it","prompt":"go","clean":true}');
});

test('what cannot be copied is asked about in the form: a summary instead, and commands that nobody accepted', async () => {
  const fleet = sceneFleet();
  fleet.set('payments', {agent: 'gemini'});
  using cockpit = open(fleet);
  await cockpit.see(/COMMAND/);
  cockpit.press('f');
  for (const key of 'two') cockpit.press(key);
  cockpit.press('\x13');
  await cockpit.see(/Gemini CLI cannot copy/);
  await cockpit.see(/begins with {2}‹ a summary ›/);
  fleet.set('payments', {agent: 'codex'});
  cockpit.press('\r');
  await cockpit.see(/wants to run commands/);
  await cockpit.see(/commands {2}‹ leave them out ›/);
  cockpit.press('\x1b[C');
  await cockpit.see(/‹ run them ›/);
  cockpit.press('\r');
  await cockpit.see(/two: submodules are empty/);
  assert.deepEqual(
    fleet.calls.filter(each => each.startsWith('fork')),
    [
      'fork payments {"name":"two"}',
      'fork payments {"name":"two","handoff":true}',
      `fork payments {"name":"two","handoff":true,"trust":"${'a'.repeat(64)}"}`,
    ],
  );
});

test('who was removed meanwhile is no one that a text goes to', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  for (const key of 'mjm ') cockpit.press(key);
  await cockpit.see(/→ 2 marked ❯/);
  await cockpit.fleet.unregister('payments');
  cockpit.fleet.note('docs', 'payments was removed');
  await cockpit.see(/→ 1 marked \(1 removed\) ❯/);
});

test('an answer about a session that was removed meanwhile says that nothing is done', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  for (const key of 'jjjs') cockpit.press(key);
  await cockpit.see(/Stop api\?/);
  await cockpit.fleet.unregister('api');
  cockpit.fleet.note('docs', 'api was removed');
  await cockpit.see(/▶ 1 working/);
  cockpit.press('y');
  await cockpit.see(/nobody is there any more to stop/);
});

test('on the last field the footer has one meaning for enter', async () => {
  using cockpit = open();
  await cockpit.see(/COMMAND/);
  cockpit.press('n');
  await cockpit.see(/⏎ next field/);
  cockpit.press('\x1b[Z');
  await cockpit.see(/⏎ create/);
  assert.doesNotMatch(cockpit.frame(), /next field/);
});
