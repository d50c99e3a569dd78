import assert from 'node:assert/strict';
import {test} from 'node:test';
import {directoryOffers} from '../../source/cockpit/directory-offers.ts';
import {type Form, type FormStep, offerOf, stepForm} from '../../source/cockpit/form.ts';
import {newSessionFaults, newSessionForm, registerInput} from '../../source/cockpit/new-session.ts';
import {FakeFleet, sessionOf} from './fake-fleet.ts';
import {openCockpit} from './open-cockpit.tsx';
import {sceneFleet} from './scene.ts';

const tree: Record<string, string[]> = {
  '/': ['work', 'home', '.git'],
  '/work/': ['shop', 'shop-old', 'site', '.cache'],
  '/work/shop/': [],
  '/home/ada/': ['notes'],
};
const read = async (dir: string): Promise<string[] | null> => tree[dir] ?? null;
const places = [
  {name: 'payments', path: '/work/shop/.amux/workspaces/payments'},
  {name: 'pages', path: '/work/site'},
];
const offers = async (text: string, local = true) => {
  const found = await directoryOffers(text, {places, home: '/home/ada', read: local ? read : null});
  return {offers: found.offers.map(offer => offer.text), wrong: found.wrong};
};

type Cockpit = ReturnType<typeof openCockpit>;
const type = (cockpit: Cockpit, text: string): void => {
  for (const key of text) cockpit.press(key);
};
const written = (form: Form, ...steps: FormStep[]): Form => steps.reduce(stepForm, form);
const dirOf = (form: Form): Form => written(form, {do: 'next'}, {do: 'next'});
const write = (text: string): FormStep => ({do: 'edit', edit: {do: 'insert', text}});

test('a path is gone on with, until it is one', async () => {
  assert.deepEqual(await offers('/wo'), {offers: ['/work'], wrong: 'there is no directory /wo'});
  assert.deepEqual(await offers('/work/s'), {
    offers: ['/work/shop', '/work/shop-old', '/work/site'],
    wrong: 'there is no directory /work/s',
  });
  assert.deepEqual(
    await offers('/work/shop'),
    {offers: [], wrong: null},
    'another one begins so, but this one is there',
  );
  assert.deepEqual(await offers('/work/'), {offers: ['/work/shop', '/work/shop-old', '/work/site'], wrong: null});
  assert.deepEqual((await offers('/work/.')).offers, ['/work/.cache'], 'hidden ones when they are asked for');
  assert.deepEqual(await offers('~/no'), {offers: ['~/notes'], wrong: 'there is no directory ~/no'});
  assert.deepEqual(await offers('~'), {offers: ['~/notes'], wrong: null});
  assert.deepEqual(await offers('/nowhere/x'), {offers: [], wrong: 'there is no directory /nowhere/'});
});

test('the name of a workspace becomes its path', async () => {
  assert.deepEqual((await offers('pa')).offers, ['/work/shop/.amux/workspaces/payments', '/work/site']);
  assert.match((await offers('pay')).wrong!, /a path begins with/);
  assert.deepEqual((await offers('')).offers.length, 2);
});

test('of another machine only what is known is offered, and nothing is called wrong', async () => {
  assert.deepEqual(await offers('/work/s', false), {
    offers: ['/work/shop/.amux/workspaces/payments', '/work/site'],
    wrong: null,
  });
});

test('offers count for the text that they are about, and are taken at the end of it', () => {
  let form = dirOf(newSessionForm({agents: [{name: 'claude', version: null}], dir: ''}));
  form = written(form, write('/wo'));
  const give = (about: string): FormStep => {
    const list = ['/work', '/world'].map(text => ({text, about: ''}));
    return {do: 'offers', id: 'dir', about, offers: list, wrong: 'there is none'};
  };
  assert.equal(written(form, give('/w')), form, 'too late');
  form = written(form, give('/wo'));
  assert.equal(offerOf(form.lines[2]!)?.text, '/work');
  assert.equal(newSessionFaults(form, [])['dir'], undefined, 'something begins so');
  assert.equal(newSessionFaults(written(form, {do: 'next'}), [])['dir'], 'there is none');
  assert.equal(offerOf(written(form, {do: 'other', by: 1}).lines[2]!)?.text, '/world');
  assert.equal(offerOf(written(form, {do: 'edit', edit: {do: 'left'}}).lines[2]!), null);
  const taken = written(form, {do: 'other', by: -1}, {do: 'take'});
  const line = taken.lines[2]!;
  assert.ok(line.kind === 'text' && line.field.text === '/world' && offerOf(line) === null);
});

test('a model and yolo are asked for only where they were given', () => {
  const fresh = newSessionForm({agents: [{name: 'claude', version: null}], dir: '/work'});
  const plain = {name: '', dir: '/work', agent: 'claude'};
  assert.deepEqual(registerInput(fresh, undefined).input, plain);
  const form = written(dirOf(fresh), {do: 'next'}, write(' opus '), {do: 'next'}, {do: 'cycle', by: 1});
  assert.deepEqual(registerInput(form, undefined).input, {...plain, model: 'opus', yolo: true});
});

test('a session is made of what was completed, with a warning where it never asks', async () => {
  const fleet = sceneFleet();
  Object.assign(fleet, {workspaces: async () => places});
  using cockpit = openCockpit({fleet, directories: read});
  await cockpit.see(/COMMAND/);
  type(cockpit, 'nshop');
  cockpit.press('\r');
  cockpit.press('\r');
  await cockpit.see(/directory {2}\/work\/shop/);
  cockpit.press('\x15');
  type(cockpit, 'pag');
  await cockpit.see(/pag {2}→ \/work\/site/);
  cockpit.press('\t');
  await cockpit.see(/directory {2}\/work\/site /);
  cockpit.press('\x15');
  type(cockpit, '/work/s');
  await cockpit.see(/\/work\/shop {2}1 of 3/);
  cockpit.press('\x0e');
  await cockpit.see(/\/work\/shop-old {2}2 of 3/);
  cockpit.press('\x1b[C');
  await cockpit.see(/directory {2}\/work\/shop-old /);
  cockpit.press('\t');
  type(cockpit, 'op');
  await cockpit.see(/model {2}opus/);
  cockpit.press('\t');
  await cockpit.see(/model {2}opus /);
  cockpit.press('\t');
  await cockpit.see(/permission {2}‹ asks › {2}before it runs/);
  cockpit.press('\x1b[C');
  await cockpit.see(/‹ yolo › {2}runs and changes anything[\s\S]*no question comes before/);
  cockpit.press('\x13');
  await cockpit.see(/shop · claude/);
  assert.equal(
    fleet.calls.find(call => call.startsWith('register')),
    'register {"name":"shop","dir":"/work/shop-old","agent":"claude","model":"opus","yolo":true}',
  );
});

test('for a fleet on another machine nothing of this one is meant', async () => {
  const fleet = sceneFleet();
  const asked: string[] = [];
  Object.assign(fleet, {
    workspaces: async ({cwd}: {cwd: string}) => {
      asked.push(cwd);
      return places;
    },
  });
  using cockpit = openCockpit({fleet, cwd: null});
  const registered = () => fleet.calls.filter(call => call.startsWith('register'));
  await cockpit.see(/COMMAND/);
  type(cockpit, 'nfar\r\r');
  await cockpit.see(/directory +a path there → \/home\/ada\/work\/notes {2}1 of 9/);
  await cockpit.see(/on the machine of the fleet/);
  type(cockpit, '~/shop\x13');
  await cockpit.see(/it is on another machine: give it from the root/);
  assert.deepEqual(registered(), []);
  cockpit.press('\x15');
  type(cockpit, 'note');
  await cockpit.see(/note {2}→ \/home\/ada\/work\/notes/);
  cockpit.press('\x15');
  type(cockpit, '/srv/shop');
  await cockpit.see(/^(?![\s\S]*another machine)/);
  cockpit.press('\x13');
  await cockpit.see(/━ far/);
  assert.deepEqual(registered(), ['register {"name":"far","dir":"/srv/shop","agent":"claude"}']);
  assert.deepEqual(asked, []);
});

test('a directory that is not there is told once nothing begins so', async () => {
  using cockpit = openCockpit({directories: read});
  await cockpit.see(/COMMAND/);
  type(cockpit, 'nshop');
  cockpit.press('\t');
  cockpit.press('\t');
  cockpit.press('\x15');
  type(cockpit, '/work/x');
  await cockpit.see(/directory: there is no directory \/work\/x/);
  cockpit.press('\x7f');
  type(cockpit, 's');
  await cockpit.see(/\/work\/shop/);
  await cockpit.see(/^(?![\s\S]*there is no directory)/);
});

test('without anything to complete tab goes on', async () => {
  using cockpit = openCockpit({fleet: new FakeFleet([sessionOf({name: 'a'})])});
  await cockpit.see(/COMMAND/);
  type(cockpit, 'nshop\t\t\t');
  await cockpit.see(/▌ +model/);
});
