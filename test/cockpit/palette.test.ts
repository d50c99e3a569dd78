import assert from 'node:assert/strict';
import {test} from 'node:test';
import {helpEntries} from '../../source/cockpit/help-entries.ts';
import {keymap} from '../../source/cockpit/keymap.ts';
import {commands} from '../../source/cockpit/palette/commands.ts';
import {listingOf} from '../../source/cockpit/palette/entries.ts';
import {givenBy, missing, readLine} from '../../source/cockpit/palette/written.ts';
import {firstState, reduce, type State} from '../../source/cockpit/state.ts';
import {readTags, withTags} from '../../source/cockpit/tags.ts';
import {SCENE_NOW, sceneSessions} from './scene.ts';

const empty = firstState({size: {cols: 120, rows: 40}, now: SCENE_NOW, demo: false});
const fleet: State = reduce(empty, {type: 'sessions', sessions: sceneSessions(), now: SCENE_NOW});
const names = (text: string, state = fleet) => listingOf(state, {keymap, text}).entries.map(({name}) => name);

test('names of commands are unique, and no session can be mistaken for one', () => {
  const all = commands.map(({name}) => name);
  assert.equal(new Set(all).size, all.length);
  for (const {args} of commands) {
    assert.ok(
      args.slice(0, -1).every(({rest}) => rest === undefined),
      'only the last argument goes to the end',
    );
  }
});

test('a few letters find keys, commands and sessions', () => {
  assert.equal(names('pay')[0], 'go payments');
  assert.equal(names('attach')[0], 'attach');
  assert.equal(names('rest')[0], 'restart');
  assert.equal(names('M')[0], 'model', 'a key by itself is meant for sure');
  assert.deepEqual(names('xyzzy'), []);
  assert.ok(names('').includes('quit') && names('').includes('tag') && names('').includes('go web'));
});

test('what cannot be done now says why, and stands behind what can', () => {
  const stopped = reduce(fleet, {type: 'select', session: 'id-notes'});
  const {entries} = listingOf(stopped, {keymap, text: ''});
  const attach = entries.find(({name}) => name === 'attach')!;
  assert.equal(attach.whyNot, 'notes is not running (s starts it)');
  assert.ok(entries.indexOf(attach) > entries.findIndex(({name}) => name === 'go web'));
  const none = reduce(empty, {type: 'sessions', sessions: [], now: 0});
  assert.equal(listingOf(none, {keymap, text: 'stop'}).entries[0]!.whyNot, 'there are no sessions');
});

test('a line is read word by word, and a text as one', () => {
  const read = (text: string) => {
    const written = readLine(text, commands);
    return written && [written.command.name, ...givenBy(written), missing(written.command, givenBy(written))];
  };
  assert.equal(read('send'), null, 'not before the blank');
  assert.deepEqual(read('send '), ['send', 'NAME']);
  assert.deepEqual(read('send web'), ['send', 'web', 'TEXT']);
  assert.deepEqual(read('send web  fix the  tests '), ['send', 'web', 'fix the  tests', null]);
  assert.deepEqual(read('stop web  docs'), ['stop', 'web', 'docs', null]);
  assert.deepEqual(read('nothing at all'), null);
});

test('arguments are completed, and a name is offered once', () => {
  assert.deepEqual(names('send pa'), ['payments']);
  const listing = listingOf(fleet, {keymap, text: 'stop web pa'});
  assert.equal(listing.entries[0]!.text, 'stop web payments ');
  assert.ok(!names('stop web ').includes('web'));
  assert.deepEqual(names('send web fix'), [], 'a text is not completed');
});

test('an argument that may be left out is not chosen for anybody', () => {
  assert.equal(listingOf(fleet, {keymap, text: 'stop '}).first, null);
  assert.equal(listingOf(fleet, {keymap, text: 'stop w'}).first, 0);
  assert.equal(listingOf(fleet, {keymap, text: 'go '}).first, 0);
  assert.equal(listingOf(fleet, {keymap, text: 'stop web'}).first, null, 'written out');
});

test('the keys of all screens are in the help, those of this one first', () => {
  const help = (text: string, state = fleet) => helpEntries(state, {keymap, text});
  const all = help('');
  const ids = new Set(all.map(({binding}) => binding.id));
  for (const id of ['send', 'card-move-left', 'deny', 'form.create']) assert.ok(ids.has(id), id);
  const first = all.findIndex(({whyNot}) => whyNot?.startsWith('only in') === true);
  assert.ok(all.slice(0, first).every(({binding}) => binding.where.includes('fleet')));
  assert.ok(all.slice(first).every(({binding}) => !binding.where.includes('fleet')));
  assert.equal(help('column right')[0]!.binding.id, 'card-right');
  assert.equal(help('M')[0]!.binding.id, 'model', 'a key finds what it does');
  assert.equal(help('allow what is asked')[0]!.whyNot, 'nothing to use it on at the moment');
  assert.deepEqual(help('xyzzy'), []);
});

test('tags are given and taken, each once', () => {
  assert.deepEqual(readTags('+urgent -later api  +urgent'), {add: ['urgent', 'api'], remove: ['later']});
  assert.deepEqual(readTags('+ - '), {add: [], remove: []});
  const tags = ['later'];
  assert.deepEqual(withTags(tags, readTags('+urgent -later')), ['urgent']);
  assert.equal(withTags(tags, readTags('+later -other')), tags);
});
