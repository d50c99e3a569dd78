import assert from 'node:assert/strict';
import {test} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import type {ModelOutcome, Selection} from '../../source/domain/fleet.ts';
import {FakeFleet, sessionOf} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';

const ESC = '\x1b';

const modelCalls = ({calls}: FakeFleet): string[] => calls.filter(call => call.startsWith('model '));

const three = () => [
  sessionOf({name: 'api', model: 'opus'}),
  sessionOf({name: 'web', model: 'opus'}),
  sessionOf({name: 'tool', agent: 'generic'}),
];

test('M gives the marked sessions a model, chosen from those that sessions of their agent have', async () => {
  using cockpit = openCockpit({fleet: new FakeFleet([...three(), sessionOf({name: 'db', model: 'sonnet'})])});
  await cockpit.see(/COMMAND/);
  cockpit.press('m');
  cockpit.press('j');
  cockpit.press('m');
  cockpit.press('M');
  await cockpit.see(/Another model[\s\S]*2 sessions/);
  const shown = cockpit.frame();
  assert.match(shown, /opus +2 sessions[\s\S]*sonnet +1 session[\s\S]*default[\s\S]*for api, web/);
  cockpit.press('s');
  await cockpit.see(/^(?![\s\S]*opus +2 sessions)/);
  cockpit.press('\x1b[B');
  cockpit.press('\r');
  await cockpit.see(/sonnet for 2 sessions +each at its next turn boundary/);
  assert.deepEqual(modelCalls(cockpit.fleet), ['model sonnet api web']);
});

test('a name that nobody has is given as it is written, "default" takes the model away, and esc does nothing', async () => {
  using cockpit = openCockpit({fleet: new FakeFleet(three())});
  await cockpit.see(/COMMAND/);
  cockpit.press('M');
  await cockpit.see(/for api/);
  cockpit.press('\r');
  await cockpit.see(/Another model/);
  for (const key of 'haiku') cockpit.press(key);
  cockpit.press('\r');
  await cockpit.see(/api: haiku/);
  cockpit.press('M');
  await cockpit.see(/Another model/);
  for (const key of 'def') cockpit.press(key);
  cockpit.press('\t');
  await cockpit.see(/model {2}default/);
  cockpit.press('\r');
  await cockpit.see(/api: default/);
  cockpit.press('M');
  await cockpit.see(/Another model/);
  cockpit.press(ESC);
  await cockpit.see(/^(?![\s\S]*Another model)/);
  assert.deepEqual(modelCalls(cockpit.fleet), ['model haiku api', 'model null api']);
});

class Refusing extends FakeFleet {
  override async switchModels(of: Selection, model: string | null): Promise<ModelOutcome[]> {
    const outcomes = await super.switchModels(of, model);
    const {code, message, hint} = new AmuxError('agent.model', {agent: 'generic'});
    return outcomes.map(each =>
      each.name === 'tool' ? {...each, ok: false, error: {code, message, hint}, model: null} : each,
    );
  }
}

test('whom it was refused is listed, with the reason', async () => {
  using cockpit = openCockpit({fleet: new Refusing(three())});
  await cockpit.see(/COMMAND/);
  for (const key of 'mjmjm') cockpit.press(key);
  await cockpit.see(/3 marked/);
  cockpit.press('M');
  await cockpit.see(/Another model/);
  for (const key of 'opus') cockpit.press(key);
  cockpit.press('\r');
  await cockpit.see(/opus: refused by 1 of 3[\s\S]*tool: generic takes no model[\s\S]*The other 2 get it/);
});

test('a card shows the model that comes next', async () => {
  const switching = {
    state: 'waiting',
    launched: 'sonnet',
    said: null,
    reason: 'waits for the end of its turn',
  } as const;
  const fleet = new FakeFleet([sessionOf({name: 'api', model: 'opus', model_state: switching, activity: 'working'})]);
  using cockpit = openCockpit({fleet});
  await cockpit.see(/claude opus next/);
});

test('a model that was walked to stays chosen where the list reorders, and Enter does nothing once it is gone', async () => {
  const all = () => [sessionOf({name: 'api', model: 'opus'}), sessionOf({name: 'web', model: 'sonnet'})];
  using cockpit = openCockpit({fleet: new FakeFleet([...all(), sessionOf({name: 'db', model: 'opus'})])});
  const {fleet} = cockpit;
  await cockpit.see(/COMMAND/);
  cockpit.press('M');
  await cockpit.see(/opus +2 sessions[\s\S]*sonnet +1 session/);
  cockpit.press('\x1b[B');
  fleet.set('db', {model: 'sonnet'});
  await cockpit.see(/sonnet +2 sessions[\s\S]*opus +1 session/);
  cockpit.press('\r');
  await cockpit.see(/api: opus/);
  cockpit.press('M');
  await cockpit.see(/Another model/);
  cockpit.press('\x1b[B');
  fleet.set('db', {model: 'opus'});
  fleet.set('web', {model: 'opus'});
  await cockpit.see(/^(?![\s\S]*sonnet)[\s\S]*opus +3 sessions/);
  cockpit.press('\r');
  await cockpit.see(/the chosen line is gone/);
  assert.deepEqual(modelCalls(fleet), ['model opus api']);
});
