import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import type {BoardState, Card, Deed, Holder} from '../../source/domain/board.ts';
import {addCard, archiveCard, changeCard} from '../../source/domain/cards.ts';
import {claimCard, releaseCard} from '../../source/domain/claims.ts';
import {baseColumns} from '../../source/domain/columns.ts';
import {apply, emptyState} from '../../source/domain/events.ts';
import {undoLast} from '../../source/domain/undo.ts';

const ada: Holder = {id: 's1', name: 'ada'};
const bob: Holder = {id: 's2', name: 'bob'};

/** A board on which a person and an agent act, a second apart. */
function table() {
  const stored = emptyState();
  const state: BoardState = {cards: stored.cards, columns: baseColumns, leaseMs: 60_000, heard: () => 0};
  const sessions = [ada, bob];
  let now = 1_000_000;
  const act = (decide: (now: number) => Deed): Card => {
    now += 1000;
    const {card, entry} = decide(now);
    for (const change of entry?.changes ?? []) apply(stored, change);
    assert.deepEqual(stored.cards.get(card.id), card, 'what is stored is what was decided');
    return card;
  };
  const as = (actor: string) => ({
    add: (status = 'todo') => act(at => addCard(state, {input: {title: 'a task', status}, actor}, at)),
    change: (id: string, patch: Parameters<typeof changeCard>[1]['patch']) =>
      act(at => changeCard(state, {id, patch, actor}, at)),
    archive: (id: string) => act(at => archiveCard(state, {id, actor}, at)),
    claim: (id: string, session: Holder) => act(at => claimCard(state, {id, session, actor}, at)),
    release: (id: string) => act(at => releaseCard(state, {id, session: null, actor}, at)),
    undo: () => {
      const find = (name: string) => sessions.find(each => each.name === name) ?? null;
      return act(at => undoLast(state, {actor, find}, at));
    },
  });
  return {person: as('cockpit'), agent: as('agent:bob'), sessions, cards: stored.cards};
}

describe('undo', () => {
  test('puts back each field of the last change, and history tells of it', () => {
    const {person} = table();
    const {id} = person.add();
    const before = person.change(id, {title: 'old', desc: 'text', tags: ['a'], priority: 3});
    person.change(id, {title: 'new', desc: 'other', tags: [], priority: 9, status: 'review', links: ['x']});
    const {revision: _, updatedAt: __, history, ...undone} = person.undo();
    const {revision: ___, updatedAt: ____, history: _____, ...was} = before;
    assert.deepEqual(undone, was);
    assert.deepEqual(
      history.slice(-2).map(({actor, change, reason}) => [actor, change, reason]),
      [
        ['cockpit', 'title, desc, todo → review, priority, tags, links', ''],
        ['cockpit', 'took back: title, desc, todo → review, priority, tags, links', 'undo'],
      ],
    );
    assert.equal(history.at(-1)!.old.title, 'new', 'what was taken back is kept');
  });

  test('goes on with the change before, to a card that was added', () => {
    const {person, cards} = table();
    const {id} = person.add();
    person.change(id, {status: 'review'});
    person.change(id, {status: 'done'});
    const other = person.add();
    assert.deepEqual([person.undo().id, cards.get(other.id)!.archived], [other.id, true]);
    assert.equal(person.undo().status, 'review');
    assert.equal(person.undo().status, 'todo');
    assert.equal(person.undo().archived, true);
    assert.throws(person.undo, {code: 'card.undo-none'});
  });

  test('takes a card out of the archive again', () => {
    const {person} = table();
    const {id} = person.add();
    person.archive(id);
    assert.equal(person.undo().archived, false);
  });

  test('never overwrites what somebody else did since, and names who and when', () => {
    const {person, agent} = table();
    const {id} = person.add();
    const before = agent.change(id, {desc: 'found it'});
    assert.throws(person.undo, {
      code: 'card.undo',
      message: `${id} is not put back: agent:bob changed it since, 1 s ago: desc`,
    });
    assert.equal(agent.undo().desc, '');
    assert.equal(before.desc, 'found it');
    assert.equal(person.undo().archived, true, 'once that is taken back, its own change is the last one again');
  });

  test('is of the caller’s own changes only', () => {
    const {person, agent} = table();
    person.add();
    assert.throws(agent.undo, {code: 'card.undo-none'});
  });

  test('ends a claim that was made, and raises the fence', () => {
    const {person} = table();
    const {id} = person.add('backlog');
    person.claim(id, ada);
    const {status, session, claim, fence} = person.undo();
    assert.deepEqual([status, session, claim, fence], ['backlog', null, null, 2]);
  });

  test('brings a card back to doing without the claim that ended when it left', () => {
    const {person} = table();
    const {id} = person.add();
    person.claim(id, ada);
    person.change(id, {status: 'done'});
    const {status, session, claim, fence, history} = person.undo();
    assert.deepEqual([status, session, claim, fence], ['doing', ada, null, 2]);
    assert.equal(history.at(-1)!.change, 'took back: doing → done, the claim of ada stays ended');
  });

  test('of a claim that was given back is refused', () => {
    const {person} = table();
    const {id} = person.add();
    person.claim(id, ada);
    person.release(id);
    assert.throws(person.undo, {code: 'card.undo', message: /a claim that ended does not come back/});
  });

  test('leaves a claim alone that it has nothing to do with', () => {
    const {person} = table();
    const {id} = person.add();
    person.claim(id, ada);
    person.change(id, {title: 'another'});
    assert.equal(person.undo().claim?.holder.name, 'ada');
  });

  test('gives a card to the session that it was for, unless that is gone', () => {
    const {person, sessions} = table();
    const {id} = person.add();
    person.change(id, {session: bob});
    person.change(id, {session: ada});
    person.change(id, {session: bob});
    assert.deepEqual(person.undo().session, ada);
    sessions.splice(1);
    assert.throws(person.undo, {code: 'card.undo', message: /it was for bob/});
  });
});
