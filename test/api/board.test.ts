import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {Client} from '../../source/api/client.ts';
import type {Route} from '../../source/api/route.ts';
import {boardRoutes} from '../../source/api/routes/board.ts';
import type {Caller} from '../../source/domain/access.ts';
import type {CardView} from '../../source/domain/board.ts';
import {type Ask, Supervised} from '../helpers/supervised.ts';
import {temporaryHome} from '../store/records.ts';

const callers: Record<string, Caller> = {
  viewer: {actor: 'api:look', role: 'viewer', session: null},
  ci: {actor: 'api:ci', role: 'agent', session: null},
  ada: {actor: 'agent:ada', role: 'agent', session: 's-ada'},
  operator: {actor: 'api:op', role: 'operator', session: null},
};
type ErrorBody = {error: {code: string; message: string; hint: string}};

async function withBoard(use: (board: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  const board = await open();
  try {
    await use(board);
  } finally {
    await board.home.close();
  }
}

async function open() {
  const clock = {now: 1_700_000_000_000};
  const home = await Supervised.open(temporaryHome(), {now: () => clock.now, sessions: ['ada', 'bob'], callers});
  const ask = async <T = CardView>(as: string, method: string, path: string, {headers, ...more}: Ask = {}) => {
    const answer = await home.ask<T>(method, path, {...more, headers: {...headers, 'x-test-caller': as}});
    if (answer.status < 300) checkResult(method, path, answer.body);
    else assertError(answer.body);
    return answer;
  };
  return {
    home,
    clock,
    ask,
    add: async (body: object = {}) => (await ask('ci', 'POST', '/api/board', {body: {title: 'a task', ...body}})).body,
    /** Status and code of a refusal. */
    refusal: async (as: string, method: string, path: string, more: Ask = {}) => {
      const {status, body} = await ask<ErrorBody>(as, method, path, more);
      return `${status} ${body.error.code}`;
    },
  };
}

/** What is answered is what the route declares. */
function checkResult(method: string, path: string, body: unknown): void {
  const {pathname} = new URL(path, 'http://x');
  const matches = ({url}: Route) => new RegExp(`^${url.replace(':id', '[^/]+')}$`).test(pathname);
  const route = boardRoutes.find(each => each.method === method && matches(each));
  route?.result?.parse(body);
}

function assertError(body: unknown): void {
  const {code, message, hint} = (body as ErrorBody).error;
  for (const text of [code, message, hint]) assert.ok(typeof text === 'string' && text !== '', JSON.stringify(body));
  assert.doesNotMatch(message, /[\u0000-\u001f]/);
}

describe('the board over the API', () => {
  test('takes what a workflow of CI posts, and tells it when the card is done', () =>
    withBoard(async ({ask}) => {
      const body = {title: 'Review PR #247: Payments', status: 'todo', desc: 'https://example.org/pull/247'};
      const {status, body: card, headers} = await ask('ci', 'POST', '/api/board', {body});
      assert.equal(status, 201);
      assert.equal(headers.etag, '"1"');
      assert.deepEqual([card.title, card.status, card.desc, card.session], [body.title, 'todo', body.desc, null]);
      const poll = async () => {
        const {body: cards} = await ask<CardView[]>('viewer', 'GET', '/api/board');
        return cards.filter(({title}) => title.includes('PR #247'))[0]?.status;
      };
      assert.equal(await poll(), 'todo');
      await ask('ada', 'POST', `/api/board/${card.id}/claim`, {body: {session: 'ada'}});
      assert.equal(await poll(), 'doing');
      await ask('ada', 'PATCH', `/api/board/${card.id}`, {body: {status: 'done'}});
      assert.equal(await poll(), 'done');
    }));

  test('shows a monitor what stands in doing for hours, and takes its reset', () =>
    withBoard(async ({ask, add, clock}) => {
      const {id} = await add({desc: 'the task'});
      await ask('ci', 'POST', `/api/board/${id}/claim`, {body: {session: 'ada'}});
      clock.now += 3 * 3_600_000;
      await ask('ci', 'POST', `/api/board/${id}/heartbeat`, {body: {session: 'ada'}});
      const now = clock.now / 1000;
      const {body: cards} = await ask<CardView[]>('ci', 'GET', '/api/board');
      const stale = cards.filter(card => card.status === 'doing' && now - card.updated_at > 7200);
      assert.deepEqual(
        stale.map(card => [card.id, card['session'], card.title]),
        [[id, 'ada', 'a task']],
      );
      const body = {status: 'todo', desc: 'Reset by monitor — session unresponsive'};
      const {status, body: reset} = await ask('ci', 'PATCH', `/api/board/${id}`, {body});
      assert.equal(status, 200);
      assert.deepEqual([reset.status, reset.desc, reset.claim, reset.updated_at], ['todo', body.desc, null, now]);
      assert.deepEqual(reset.history.at(-1)?.actor, 'api:ci');
      assert.equal(reset.history.at(-1)?.old.desc, 'the task');
      // The claim is over: what its holder sends now is refused.
      const late = {body: {fence: 1}};
      assert.equal((await ask('ada', 'POST', `/api/board/${id}/heartbeat`, late)).status, 409);
    }));

  test('lets the token of a session claim for itself only', () =>
    withBoard(async ({ask, add, refusal}) => {
      const {id} = await add();
      const claim = `/api/board/${id}/claim`;
      assert.equal(await refusal('ada', 'POST', claim, {body: {session: 'bob'}}), '403 card.others');
      assert.equal(await refusal('ada', 'POST', '/api/board/next', {body: {session: 'bob'}}), '403 card.others');
      assert.equal(await refusal('ada', 'POST', claim, {body: {session: 'nobody'}}), '404 session.unknown');
      assert.equal(await refusal('ci', 'POST', claim, {body: {}}), '400 input.invalid');
      assert.equal((await ask('ada', 'POST', claim)).body.claim?.holder, 'ada');
      assert.equal((await ask('ada', 'POST', claim, {body: {session: 'ada'}})).status, 200);
      assert.equal(await refusal('ci', 'POST', claim, {body: {session: 'bob'}}), '409 card.claimed');
      const release = `/api/board/${id}/release`;
      assert.equal(await refusal('ada', 'POST', release, {body: {session: 'bob'}}), '403 card.others');
      assert.equal(await refusal('ci', 'POST', release, {body: {session: 'bob'}}), '409 card.not-held');
      assert.equal((await ask('ada', 'POST', release, {body: {reason: 'too hard', fence: 1}})).body.status, 'todo');
      assert.equal(await refusal('ada', 'POST', release), '409 card.not-held');
      assert.equal((await ask('ada', 'POST', '/api/board/next', {body: {}})).body.id, id);
    }));

  test('is read by viewers, used by agents, and cleared by operators', () =>
    withBoard(async ({ask, add, refusal}) => {
      const {id} = await add();
      const at = `/api/board/${id}`;
      assert.equal(await refusal('viewer', 'POST', '/api/board', {body: {title: 'x'}}), '403 access.role');
      assert.equal(await refusal('viewer', 'PATCH', at, {body: {title: 'x'}}), '403 access.role');
      assert.equal(await refusal('viewer', 'POST', `${at}/claim`, {body: {session: 'ada'}}), '403 access.role');
      assert.equal(await refusal('ci', 'DELETE', at), '403 access.role');
      assert.equal((await ask('viewer', 'GET', at)).body.id, id);
      assert.equal((await ask('operator', 'DELETE', at)).body.archived, true);
      assert.deepEqual((await ask<CardView[]>('viewer', 'GET', '/api/board')).body, []);
      assert.equal((await ask<CardView[]>('viewer', 'GET', '/api/board?archived=1')).body.length, 1);
      assert.equal(await refusal('ci', 'PATCH', at, {body: {title: 'x'}}), '409 card.archived');
      assert.equal((await ask('ci', 'PATCH', at, {body: {archived: false}})).body.archived, false);
    }));

  test('refuses the second of two edits with the same If-Match', () =>
    withBoard(async ({ask, add, refusal}) => {
      const {id} = await add();
      const at = `/api/board/${id}`;
      const {headers, body: seen} = await ask('ci', 'GET', at);
      assert.equal(headers.etag, `"${seen.etag}"`);
      const guarded = (title: string) => ({body: {title}, headers: {'if-match': headers.etag!}});
      const answers = await Promise.all(['one', 'two'].map(title => ask('ci', 'PATCH', at, guarded(title))));
      assert.deepEqual(answers.map(({status}) => status).sort(), [200, 409]);
      assert.equal(await refusal('operator', 'DELETE', at, {headers: guarded('').headers}), '409 card.changed');
      const {body: card} = await ask('ci', 'GET', at);
      assert.equal(card.history.length, 2);
      assert.equal(
        (await ask('ci', 'PATCH', at, {body: {title: 'x'}, headers: {'if-match': `W/"${card.etag}"`}})).status,
        200,
      );
    }));

  test('filters its list', () =>
    withBoard(async ({ask, add, refusal}) => {
      await add({title: 'Fix login', tags: ['web'], project: '/work/shop', session: 'ada', priority: 3});
      await add({
        title: 'Other',
        status: 'review',
        position: 0.25,
        links: ['https://example.org/1'],
        depends_on: ['shop-1'],
      });
      const ids = async (query: string) =>
        (await ask<CardView[]>('viewer', 'GET', `/api/board?${query}`)).body.map(({id}) => id);
      for (const query of ['status=todo', 'session=ada', 'project=shop', 'tag=web', 'q=fix%20LOGIN'])
        assert.deepEqual(await ids(query), ['SHOP-1'], query);
      assert.deepEqual(await ids(''), ['SHOP-1', 'AMX-2']);
      assert.equal(await refusal('viewer', 'GET', '/api/board?status=blocked'), '400 input.invalid');
    }));

  test('is the same through the client', () =>
    withBoard(async ({home, clock}) => {
      await using client = new Client({socket: home.socket, actor: 'cockpit'});
      const here = home.supervisor.as('cockpit');
      const same = async () =>
        assert.deepEqual(await client.cards({archived: true}), await here.cards({archived: true}));
      const {id, etag} = await client.addCard({title: 'één / two', project: 'shop', tags: ['a b']});
      assert.deepEqual(await client.card(id.toLowerCase()), await here.card(id));
      assert.equal((await client.cards({q: 'één /', tag: 'a b', status: 'todo'})).length, 1);
      assert.equal((await client.updateCard(id, {desc: 'x', reason: 'why'}, {etag})).history.at(-1)?.actor, 'cockpit');
      await assert.rejects(client.updateCard(id, {desc: 'y'}, {etag}), {code: 'card.changed', message: /but at 2/});
      assert.equal((await client.nextCard({session: 'ada'})).claim?.fence, 1);
      await assert.rejects(client.claimCard(id, {session: 'bob'}), {code: 'card.claimed', message: /held by ada/});
      clock.now += 5000;
      assert.equal((await client.beatCard(id, {session: 'ada', fence: 1})).claim?.heartbeat, clock.now / 1000);
      await same();
      assert.equal((await client.releaseCard(id, {})).session, null);
      assert.equal((await client.removeCard(id)).archived, true);
      assert.deepEqual(await client.cards(), []);
      await same();
      await client.addNote({text: 'known', tags: ['a']});
      assert.deepEqual(await client.notes({tag: 'a', limit: 1}), await here.notes());
      await client.writeMemory('a.md', 'text');
      assert.deepEqual(await client.readMemory('a.md'), await here.readMemory('a.md'));
      assert.deepEqual(await client.memory(), await here.memory());
    }));

  test('takes back the last change of whoever asks, and nobody else’s', () =>
    withBoard(async ({home}) => {
      await using client = new Client({socket: home.socket, actor: 'cockpit'});
      const {supervisor} = home;
      const {id} = await client.addCard({title: 'one'});
      await client.updateCard(id, {status: 'review'});
      assert.equal((await client.undo()).status, 'todo');
      await supervisor.as('agent:ada').updateCard(id, {desc: 'mine'});
      await assert.rejects(client.undo(), {code: 'card.undo', message: /agent:ada changed it since/});
      assert.deepEqual(await client.columns(), ['backlog', 'todo', 'doing', 'review', 'done']);
      await assert.rejects(client.cards({status: 'blocked'}), {
        code: 'input.invalid',
        hint: 'the columns are backlog, todo, doing, review, done',
      });
    }));

  test('answers whatever is wrong with a 4xx, and changes nothing', () =>
    withBoard(async ({add, refusal, home}) => {
      const {id} = await add();
      const at = `/api/board/${id}`;
      const {cursor} = home.store;
      const wrong: [string, string, Ask?][] = [
        ['POST', '/api/board', {body: {}}],
        ['POST', '/api/board', {body: {title: ''}}],
        ['POST', '/api/board', {body: {title: ' \u0007 '}}],
        ['POST', '/api/board', {body: {title: 'x'.repeat(501)}}],
        ['POST', '/api/board', {body: {title: 'x', desc: 'x'.repeat(100_001)}}],
        ['POST', '/api/board', {body: {title: 'x', status: 'blocked'}}],
        ['POST', '/api/board', {body: {title: 'x', colour: 'red'}}],
        ['POST', '/api/board', {body: {title: 'x', priority: 1.5}}],
        ['POST', '/api/board', {body: {title: 'x', position: 1e300}}],
        ['POST', '/api/board', {body: {title: 'x', tags: Array.from({length: 51}, String)}}],
        ['POST', '/api/board', {body: {title: 'x', depends_on: ['AMX-9']}}],
        ['POST', '/api/board', {body: {title: 'x', session: 'nobody'}}],
        ['POST', '/api/board', {body: []}],
        ['POST', '/api/board', {raw: '{"title":'}],
        ['PATCH', at, {body: {updated_at: 1}}],
        ['PATCH', at, {body: {archived: true}}],
        ['PATCH', at, {body: {depends_on: [id]}}],
        ['PATCH', at, {body: {title: null}}],
        ['PATCH', at, {raw: '[1'}],
        ['POST', `${at}/claim`, {body: {session: 7}}],
        ['POST', `${at}/claim`, {body: {session: 'ada', force: true}}],
        ['POST', `${at}/release`, {body: {}}],
        ['POST', `${at}/heartbeat`, {body: {fence: -1}}],
        ['POST', '/api/board/next', {body: {session: 'ada', tags: ['none has it']}}],
        ['GET', '/api/board/AMX-99'],
        ['GET', '/api/board/..'],
        ['GET', '/api/board/%2e%2e%2f%2e%2e%2fetc'],
        ['GET', '/api/board/%00'],
        ['GET', '/api/board/%1b%5b31m'],
        ['GET', '/api/board/%E0%A4%A'],
        ['GET', '/api/board/constructor'],
        ['GET', `/api/board/${'x'.repeat(2000)}`],
        ['PATCH', '/api/board/__proto__', {body: {title: 'x'}}],
        ['POST', at, {body: {}}],
      ];
      for (const [method, path, more] of wrong) {
        const refused = await refusal('ci', method, path, more);
        assert.match(
          refused,
          /^4\d\d /,
          `${method} ${path} ${String(more?.raw ?? JSON.stringify(more?.body)).slice(0, 80)}`,
        );
      }
      assert.equal(home.store.cursor, cursor);
    }));
});
