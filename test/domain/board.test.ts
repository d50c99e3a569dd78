import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {CARDS_MAX, type Card, type Deed, type Holder} from '../../source/domain/board.ts';
import {HISTORY_MAX, HISTORY_TEXT_MAX} from '../../source/domain/card-record.ts';
import {cardView, filtered, inBoardOrder} from '../../source/domain/card-view.ts';
import {addCard, archiveCard, changeCard} from '../../source/domain/cards.ts';
import {beatCard, claimCard, nextCard, releaseCard} from '../../source/domain/claims.ts';
import {withBase} from '../../source/domain/columns.ts';
import {apply, emptyState} from '../../source/domain/events.ts';

const LEASE = 60_000;
const ada: Holder = {id: 's1', name: 'ada'};
const bob: Holder = {id: 's2', name: 'bob'};
type Session = Parameters<typeof nextCard>[1]['session'];
const next = (change: Partial<Session> = {}): Session => ({...ada, project: null, tags: [], ...change});

/** A board that stores what is decided, as the journal does, and whose clock is set by hand. */
function table({claimsPerSession}: {claimsPerSession?: number} = {}) {
  const stored = emptyState();
  const {cards} = stored;
  const heard = new Map<string, number>();
  const state = {
    cards,
    columns: withBase(['backlog', 'todo', 'doing', 'review', 'qa', 'done']),
    leaseMs: LEASE,
    claimsPerSession,
    heard: (id: string) => heard.get(id) ?? 0,
  };
  const clock = {now: 1_000_000};
  const actor = 'cli';
  const act = ({card, entry}: Deed): Card => {
    for (const change of entry?.changes ?? []) apply(stored, change);
    assert.deepEqual(cards.get(card.id), card, 'what is stored is what was decided');
    return card;
  };
  return {
    cards,
    heard,
    clock,
    state,
    add: (input: Partial<Parameters<typeof addCard>[1]['input']> = {}) =>
      act(addCard(state, {input: {title: 'a task', ...input}, actor}, clock.now)),
    change: (id: string, patch: Parameters<typeof changeCard>[1]['patch'], etag?: string) =>
      act(changeCard(state, {id, patch, etag, actor: 'agent:bob'}, clock.now)),
    archive: (id: string, etag?: string) => act(archiveCard(state, {id, etag, actor}, clock.now)),
    claim: (id: string, session: Holder) => act(claimCard(state, {id, session, actor}, clock.now)),
    next: (session: Partial<Session> = {}, tags?: string[]) =>
      act(nextCard(state, {session: next(session), tags, actor}, clock.now)),
    release: (id: string, session: Holder | null, fence?: number) =>
      act(releaseCard(state, {id, session, fence, actor}, clock.now)),
    beat: (id: string, session: Holder, fence?: number) => act(beatCard(state, {id, session, fence}, clock.now)),
    view: (id: string) => cardView(cards.get(id)!, state, clock.now),
  };
}

describe('a card', () => {
  test('is numbered through the home, with letters of its project', () => {
    const {add, archive} = table();
    assert.equal(add().id, 'AMX-1');
    assert.equal(add({project: '/work/shop'}).id, 'SHOP-2');
    assert.equal(add({project: 'my-project'}).id, 'MYPR-3');
    assert.equal(add({project: '/work/42nd.street/'}).id, 'NDST-4');
    assert.equal(add({project: '日本'}).id, 'AMX-5');
    archive('AMX-5');
    assert.equal(add().id, 'AMX-6');
  });

  test('starts in todo at the end, and is shown with every field', () => {
    const {add, view} = table();
    assert.equal(add().position, 1);
    const {id} = add({title: ' two\u001b[31m\nlines ', desc: 'a\r\n\tb\u001b]0;x\u0007'});
    const {history, ...shown} = view(id);
    assert.deepEqual(shown, {
      id: 'AMX-2',
      title: 'two [31m lines',
      desc: 'a\n\tb]0;x',
      status: 'todo',
      session: null,
      priority: 0,
      tags: [],
      created_at: 1000,
      updated_at: 1000,
      claim: null,
      project: null,
      position: 2,
      depends_on: [],
      links: [],
      archived: false,
      etag: '1',
    });
    assert.deepEqual(history, [{at: 1000, actor: 'cli', change: 'added to todo', reason: '', old: {}}]);
  });

  test('whose title cannot be seen is refused', () => {
    const {add, change} = table();
    assert.throws(() => add({title: ' \u0007\u202e\n'}), {code: 'input.invalid'});
    assert.throws(() => change(add().id, {title: '\u0000'}), {code: 'input.invalid'});
  });

  test('keeps the old text of each change, its actor and its reason', () => {
    const {add, change, clock} = table();
    add({status: 'doing', desc: 'first'});
    clock.now += 5000;
    const card = change('amx-1', {status: 'todo', desc: 'second', reason: 'nobody\nanswers'});
    assert.equal(card.updatedAt, clock.now);
    assert.equal(card.revision, 2);
    assert.deepEqual(card.history.at(-1), {
      at: clock.now,
      actor: 'agent:bob',
      change: 'desc, doing → todo',
      reason: 'nobody answers',
      old: {desc: 'first', status: 'doing'},
    });
  });

  test('that nothing changes stays as it is', () => {
    const {add, change, clock} = table();
    const card = add({tags: ['a']});
    clock.now += 1000;
    assert.equal(change(card.id, {title: card.title, tags: ['a', ' a ']}), card);
  });

  test('is changed by one of two writers who saw the same', () => {
    const {add, change, archive, view} = table();
    const {id} = add();
    const {etag} = view(id);
    change(id, {title: 'mine'}, etag);
    assert.throws(() => change(id, {title: 'yours'}, etag), {code: 'card.changed'});
    assert.throws(() => archive(id, etag), {code: 'card.changed'});
    assert.equal(view(id).title, 'mine');
    assert.equal(view(id).history.length, 2);
    change(id, {title: 'whatever it was'}, '*');
  });

  test('in the archive keeps its history, and comes back', () => {
    const {add, change, archive, claim, state, view} = table();
    const {id} = add();
    const archived = archive(id);
    assert.equal(archive(id), archived);
    assert.throws(() => change(id, {title: 'x'}), {code: 'card.archived'});
    assert.throws(() => claim(id, ada), {code: 'card.archived'});
    assert.deepEqual(filtered(state.cards.values(), {}), []);
    assert.equal(filtered(state.cards.values(), {archived: true}).length, 1);
    change(id, {archived: false});
    assert.deepEqual(
      view(id).history.map(({change: what}) => what),
      ['added to todo', 'archived', 'out of the archive'],
    );
  });

  test('has a history that does not grow for ever', () => {
    const {add, change} = table();
    const {id} = add();
    for (let i = 0; i < HISTORY_MAX + 20; i++) change(id, {title: `title ${i}`});
    const {history} = change(id, {title: 'last'});
    assert.equal(history.length, HISTORY_MAX);
    assert.equal(history.at(-1)!.old.title, `title ${HISTORY_MAX + 19}`);
    for (let i = 0; i < 5; i++) change(id, {desc: String(i).repeat(100_000)});
    const kept = change(id, {desc: ''}).history.reduce((sum, {old}) => sum + (old.desc?.length ?? 0), 0);
    assert.ok(kept > 0 && kept <= HISTORY_TEXT_MAX, `${kept} characters`);
  });

  test('waits for cards that exist, and never for itself', () => {
    const {add, change} = table();
    add();
    add({depends_on: ['amx-1']});
    add({depends_on: ['AMX-2']});
    assert.throws(() => add({depends_on: ['AMX-99']}), {code: 'input.invalid', message: /AMX-99/});
    assert.throws(() => change('AMX-1', {depends_on: ['AMX-3']}), {code: 'card.cycle'});
    assert.throws(() => change('AMX-1', {depends_on: ['AMX-1']}), {code: 'card.cycle'});
  });

  test('takes the place of the oldest archived one on a full board, whose number is not used again', () => {
    const {add, archive, cards, clock} = table();
    const {id} = add();
    for (let i = 2; i <= CARDS_MAX; i++) cards.set(`AMX-${i}`, {...cards.get(id)!, id: `AMX-${i}`});
    assert.throws(() => add(), {code: 'board.full'});
    archive(`AMX-${CARDS_MAX}`);
    assert.throws(() => add(), {code: 'board.full'});
    clock.now += 1000;
    archive('AMX-7');
    assert.equal(add().id, `AMX-${CARDS_MAX + 1}`);
    assert.equal(cards.has('AMX-7'), false);
    assert.equal(cards.size, CARDS_MAX);
  });
});

describe('the board', () => {
  test('is ordered by column, then position', () => {
    const {add, change, cards, state} = table();
    for (const status of ['done', 'todo', 'backlog', 'todo']) add({status});
    change('AMX-4', {position: 0.5});
    assert.deepEqual(
      inBoardOrder(cards.values(), state).map(({id}) => id),
      ['AMX-3', 'AMX-4', 'AMX-2', 'AMX-1'],
    );
  });

  test('is filtered by column, session, project, tag and words', () => {
    const {add, cards} = table();
    add({title: 'Fix the login', tags: ['web'], project: '/work/shop', session: ada});
    add({title: 'Login page', status: 'done', project: 'shop', desc: 'Fix\nlater'});
    add({title: 'Other', project: '/other/shop'});
    const found = (filter: Parameters<typeof filtered>[1]) => filtered(cards.values(), filter).map(({id}) => id.at(-1));
    assert.deepEqual(found({q: 'fix LOGIN'}), ['1', '2']);
    assert.deepEqual(found({status: 'done'}), ['2']);
    assert.deepEqual(found({session: 'ada'}), ['1']);
    assert.deepEqual(found({session: 's1'}), ['1']);
    assert.deepEqual(found({tag: 'web'}), ['1']);
    assert.deepEqual(found({project: 'shop'}), ['1', '2', '3']);
    assert.deepEqual(found({project: '/work/shop'}), ['1', '2']);
    assert.deepEqual(found({}), ['1', '2', '3']);
  });
});

describe('a claim', () => {
  test('takes a card of todo or backlog to doing, for one session', () => {
    for (const status of ['todo', 'backlog'] as const) {
      const {add, claim, clock, view} = table();
      const {id} = add({status});
      clock.now += 3000;
      claim(id, ada);
      assert.throws(() => claim(id, bob), {code: 'card.claimed', message: /held by ada/});
      const {status: now, session, updated_at, claim: held} = view(id);
      assert.deepEqual([now, session, updated_at], ['doing', 'ada', 1003]);
      assert.deepEqual(held, {
        holder: 'ada',
        holder_id: 's1',
        since: 1003,
        heartbeat: 1003,
        expires: 1063,
        expired: false,
        fence: 1,
      });
    }
  });

  test('is repeated by its holder without another change', () => {
    const {add, claim, clock, view} = table();
    const {id} = add();
    claim(id, ada);
    const before = view(id);
    clock.now += 30_000;
    claim(id, ada);
    const after = view(id);
    const held = after.claim;
    assert.deepEqual({...after, claim: null}, {...before, claim: null});
    assert.deepEqual([held?.since, held?.heartbeat, held?.fence], [1000, 1030, 1]);
  });

  // How a card is before, who claims it, and what it says.
  const refused: [string, (board: ReturnType<typeof table>) => void, Holder, string, RegExp][] = [
    ['a card that is done', ({change}) => change('AMX-1', {status: 'done'}), ada, 'card.done', /AMX-1 is done/],
    ['a card in review', ({change}) => change('AMX-1', {status: 'review'}), ada, 'card.column', /in review/],
    [
      'a card that a person moved to doing',
      ({change}) => change('AMX-1', {status: 'doing'}),
      ada,
      'card.column',
      /doing/,
    ],
    [
      'a card that waits for another',
      ({add, change}) => change('AMX-1', {depends_on: [add().id]}),
      ada,
      'card.blocked',
      /waits for AMX-2/,
    ],
    ['a second card', ({add, claim}) => claim(add().id, ada), ada, 'card.one', /ada holds AMX-2 already/],
    ['a card in the archive', ({archive}) => archive('AMX-1'), ada, 'card.archived', /archive/],
  ];
  for (const [what, before, session, code, message] of refused) {
    test(`of ${what} is refused, and names why`, () => {
      const board = table();
      board.add();
      before(board);
      const held = board.view('AMX-1');
      assert.throws(() => board.claim('AMX-1', session), {code, message});
      assert.deepEqual(board.view('AMX-1'), held);
    });
  }

  test('of a card that is not there is refused', () => {
    assert.throws(() => table().claim('AMX-1\u0007', ada), {code: 'card.unknown', message: 'no card "AMX-1"'});
  });

  test('is possible in doing for the session that the card was given to', () => {
    const {add, claim} = table();
    const {id} = add({status: 'doing', session: ada});
    assert.throws(() => claim(id, bob), {code: 'card.column'});
    assert.equal(claim(id, ada).claim?.holder.name, 'ada');
  });

  test('of a card whose dependencies are done or archived is possible', () => {
    const {add, change, archive, claim} = table();
    add();
    add();
    const {id} = add({depends_on: ['AMX-1', 'AMX-2']});
    change('AMX-1', {status: 'done'});
    assert.throws(() => claim(id, ada), {code: 'card.blocked', message: /waits for AMX-2$/});
    archive('AMX-2');
    claim(id, ada);
  });

  const ends: [string, (board: ReturnType<typeof table>) => void, Card['status'], string | null][] = [
    ['done', ({change}) => change('AMX-1', {status: 'done'}), 'done', 'ada'],
    ['review', ({change}) => change('AMX-1', {status: 'review'}), 'review', 'ada'],
    ['a reset to todo', ({change}) => change('AMX-1', {status: 'todo'}), 'todo', null],
    ['a move to todo for somebody', ({change}) => change('AMX-1', {status: 'todo', session: bob}), 'todo', 'bob'],
    ['another session', ({change}) => change('AMX-1', {session: bob}), 'doing', 'bob'],
    ['release', ({release}) => release('AMX-1', ada), 'todo', null],
    ['release by a person', ({release}) => release('AMX-1', null), 'todo', null],
    ['the archive', ({archive}) => archive('AMX-1'), 'doing', 'ada'],
  ];
  for (const [what, end, status, session] of ends) {
    test(`ends with ${what}, which raises the fence`, () => {
      const board = table();
      board.add();
      board.claim('AMX-1', ada);
      board.clock.now += 2000;
      end(board);
      const card = board.cards.get('AMX-1')!;
      assert.deepEqual([card.claim, card.fence, card.status, card.session?.name ?? null], [null, 2, status, session]);
      assert.equal(card.updatedAt, board.clock.now);
      assert.throws(() => board.beat('AMX-1', ada), {code: 'card.not-held', message: /nobody holds it/});
      assert.throws(() => board.beat('AMX-1', ada, 1), {code: 'card.fence'});
    });
  }

  test('stays while its card is edited', () => {
    const {add, claim, change, view} = table();
    const {id} = add();
    claim(id, ada);
    change(id, {desc: 'found it', links: ['https://example.org/pull/1'], session: ada, fence: 1});
    assert.equal(view(id).claim?.fence, 1);
    assert.equal(view(id).history.length, 3);
  });

  test('expires without a sign of life, and then another session may have the card', () => {
    const {add, claim, clock, change, beat, release, view} = table();
    const {id} = add();
    claim(id, ada);
    clock.now += LEASE - 1;
    assert.equal(view(id).claim?.expired, false);
    assert.throws(() => claim(id, bob), {code: 'card.claimed'});
    clock.now += 1;
    assert.deepEqual([view(id).claim?.expired, view(id).status], [true, 'doing']);
    claim(id, bob);
    assert.deepEqual([view(id).claim?.holder, view(id).claim?.fence, view(id).session], ['bob', 2, 'bob']);
    assert.match(view(id).history.at(-1)!.reason, /lease of ada had expired/);
    // What the first holder writes now comes too late.
    const late = {code: 'card.fence', message: /past fence 1.*bob holds it now/};
    assert.throws(() => change(id, {status: 'done', fence: 1}), late);
    assert.throws(() => beat(id, ada, 1), late);
    assert.throws(() => release(id, ada, 1), late);
    assert.throws(() => release(id, ada), {code: 'card.not-held', message: /bob holds it/});
    assert.equal(view(id).history.length, 3);
  });

  test('that expired is still its holder’s until somebody takes it', () => {
    const {add, claim, clock, beat, view} = table();
    const {id} = add();
    claim(id, ada);
    clock.now += 10 * LEASE;
    assert.throws(() => claim(add().id, ada), {code: 'card.one'});
    beat(id, ada, 1);
    assert.equal(view(id).claim?.expired, false);
  });

  test('is renewed by heartbeats and by whatever else is heard, which is no change of the card', () => {
    const {add, claim, clock, heard, beat, view} = table();
    const {id} = add();
    claim(id, ada);
    const {updated_at, etag} = view(id);
    clock.now += LEASE - 1;
    beat(id, ada);
    clock.now += LEASE - 1;
    heard.set('s1', clock.now);
    clock.now += LEASE - 1;
    const now = view(id);
    assert.deepEqual([now.claim?.expired, now.updated_at, now.etag], [false, updated_at, etag]);
    assert.equal(now.claim?.heartbeat, Math.floor((clock.now - LEASE + 1) / 1000));
    clock.now += 1;
    assert.equal(view(id).claim?.expired, true);
  });
});

describe('the next card of a session', () => {
  const order: [string, Partial<Parameters<typeof addCard>[1]['input']>[], Partial<Session>, string[]?][] = [
    ['has the highest priority', [{}, {priority: 2}, {priority: 1}], {}],
    ['is further up', [{position: 2}, {position: 1}], {}],
    ['is its own before others', [{priority: 9}, {session: ada}], {}],
    ['is nobody else’s', [{session: bob, priority: 9}, {}], {}],
    ['shares a tag with it', [{tags: ['web']}, {tags: ['db']}], {tags: ['db']}],
    ['has a tag that was asked for', [{priority: 9}, {tags: ['db']}], {}, ['db', 'x']],
    ['is of its project', [{project: '/work/other'}, {project: 'shop'}], {project: '/work/shop'}],
    ['is in todo', [{status: 'backlog', priority: 9}, {}], {}],
    ['waits for nothing', [{status: 'review'}, {}, {depends_on: ['AMX-1'], priority: 9}], {}],
  ];
  for (const [what, cards, session, tags] of order) {
    test(what, () => {
      const board = table();
      for (const card of cards) board.add(card);
      assert.match(board.next(session, tags).id, /-2$/);
    });
  }

  test('is none when nothing is free, nor one that somebody left', () => {
    const {add, claim, clock, next: take} = table();
    claim(add().id, bob);
    clock.now += 10 * LEASE;
    assert.throws(() => take(), {code: 'card.none', message: /free for ada/});
  });

  test('is as many as the home allows', () => {
    const {add, claim, next: take, release} = table({claimsPerSession: 2});
    for (let i = 0; i < 3; i++) add();
    assert.deepEqual([claim('AMX-1', ada).id, take().id], ['AMX-1', 'AMX-2']);
    assert.throws(() => take(), {code: 'card.one', message: /ada holds AMX-1, AMX-2 already/});
    release('AMX-1', ada);
    assert.equal(take().id, 'AMX-3');
  });

  test('is none while it holds one', () => {
    const {add, next: take} = table();
    add();
    add();
    assert.equal(take().claim?.holder.name, 'ada');
    assert.throws(() => take(), {code: 'card.one'});
    assert.equal(take(bob).id, 'AMX-2');
  });
});
