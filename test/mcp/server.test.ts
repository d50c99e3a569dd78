import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {Client} from '@modelcontextprotocol/sdk/client/index.js';
import {InMemoryTransport} from '@modelcontextprotocol/sdk/inMemory.js';
import type {CardView} from '../../source/domain/board.ts';
import type {AmuxError} from '../../source/domain/errors.ts';
import type {Fleet} from '../../source/domain/fleet.ts';
import {serveMcp} from '../../source/mcp/server.ts';
import {Supervised} from '../helpers/supervised.ts';
import {temporaryHome} from '../store/records.ts';

const TOOLS = [
  ...['list_sessions', 'peek', 'send', 'wait'],
  ...['board_list', 'board_add', 'board_next', 'board_claim', 'board_update', 'board_done', 'board_release'],
  ...['notes_add', 'notes_search', 'memory_read', 'memory_write'],
];
const LAST = Promise.withResolvers<void>();

let home: Supervised;
let fleet: Fleet;
before(async () => {
  home = await Supervised.open(temporaryHome(), {now: Date.now, sessions: ['ada', 'bob']});
  fleet = home.supervisor.as('agent:ada');
});
after(async () => {
  LAST.resolve();
  await home.close();
});

/** A client of a server that runs in a session, or in none. */
async function connected(session: string | null = 's-ada') {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  void serveMcp({fleet, session, version: '1.2.3', transport: theirs, ended: LAST.promise});
  const client = new Client({name: 'test', version: '1'});
  await client.connect(ours);
  const call = async <T = unknown>(name: string, input: Record<string, unknown> = {}): Promise<T> => {
    const {content, isError} = await client.callTool({name, arguments: input});
    const [{text}] = content as [{text: string}];
    if (isError === true) throw Object.assign(new Error(), (JSON.parse(text) as {error: object}).error);
    try {
      return JSON.parse(text) as T;
    } catch {
      return text as T;
    }
  };
  return {client, call};
}

describe('the MCP server', () => {
  test('lists its tools with what they take, and says what it is for', async () => {
    const {client} = await connected();
    const {tools} = await client.listTools();
    assert.deepEqual(
      tools.map(({name}) => name),
      TOOLS,
    );
    for (const {inputSchema, description} of tools) {
      assert.equal(inputSchema.type, 'object');
      assert.equal(inputSchema['additionalProperties'], false);
      assert.ok(description!.length > 20);
    }
    assert.deepEqual(client.getServerVersion(), {name: 'amux', version: '1.2.3'});
    assert.match(client.getInstructions()!, /board_next/);
  });

  test('claims, updates and finishes cards for the session that it runs in', async () => {
    const {call} = await connected();
    const {id} = await call<CardView>('board_add', {title: 'a task', desc: 'all of it', priority: 9});
    const claimed = await call<CardView>('board_next');
    assert.deepEqual([claimed.id, claimed.claim?.holder, claimed.desc], [id, 'ada', 'all of it']);
    assert.deepEqual(await call('board_list', {status: 'doing'}), [
      {
        id,
        title: 'a task',
        status: 'doing',
        session: 'ada',
        priority: 9,
        tags: [],
        depends_on: [],
        claim: {holder: 'ada', expired: false},
      },
    ]);
    await call('board_update', {id: id.toLowerCase(), desc: 'half of it', reason: 'halfway'});
    const done = await call<CardView>('board_done', {id, reason: 'PR 1'});
    assert.deepEqual([done.status, done.claim], ['done', null]);
    const {history} = await call<CardView>('board_list', {id});
    assert.deepEqual(
      history.map(({actor}) => actor),
      Array.from({length: 4}, () => 'agent:ada'),
    );
    await call('board_update', {id, status: 'review'});
  });

  test('a write under a claim that is over is refused, with the reason', async () => {
    const {call} = await connected();
    const {id} = await call<CardView>('board_add', {title: 'lost'});
    await call('board_claim', {id});
    await fleet.releaseCard(id, {});
    await fleet.claimCard(id, {session: 'bob'});
    for (const name of ['board_update', 'board_done', 'board_release']) {
      await assert.rejects(call(name, {id}), {code: 'card.fence', message: /bob holds it now/}, name);
    }
    await fleet.releaseCard(id, {});
    await call('board_claim', {id});
    await call('board_release', {id, reason: 'not mine'});
  });

  test('a server that was started again ends no claim but that of its session', async () => {
    const first = await connected();
    const {id} = await first.call<CardView>('board_add', {title: 'taken over'});
    await first.call('board_claim', {id});
    const later = await connected();
    await fleet.releaseCard(id, {});
    await fleet.claimCard(id, {session: 'bob'});
    await later.call('board_update', {id, desc: 'what ada knows of it'});
    const ends: [string, object][] = [
      ['board_done', {}],
      ['board_update', {status: 'review'}],
      ['board_update', {session: 'ada'}],
    ];
    for (const [name, input] of ends) {
      await assert.rejects(
        later.call(name, {id, ...input}),
        {code: 'card.not-held', message: /ada: bob holds it/},
        name,
      );
    }
    assert.equal((await fleet.card(id)).claim?.holder, 'bob');
    await fleet.releaseCard(id, {});
    await fleet.claimCard(id, {session: 'ada'});
    assert.equal((await later.call<CardView>('board_done', {id})).status, 'done');
  });

  test('what goes wrong is an error of the tool, with code, message and hint', async () => {
    const {call} = await connected();
    const cases: [string, Record<string, unknown>, string, RegExp][] = [
      ['board_list', {id: 'AMX-999'}, 'card.unknown', /no card "AMX-999"/],
      ['board_add', {title: ''}, 'input.invalid', /^title: /],
      ['board_add', {title: 'x', titel: 'y'}, 'input.invalid', /titel/],
      ['board_update', {id: 'AMX-1', status: 'later'}, 'input.invalid', /^status: /],
      ['board_claim', {id: 'AMX-1', session: 'nobody'}, 'session.unknown', /nobody/],
      ['memory_read', {file: '../../etc/passwd'}, 'memory.name', /not a name/],
      ['peek', {session: 'nobody'}, 'session.unknown', /nobody/],
      ['rm_rf', {}, 'input.invalid', /no tool "rm_rf"/],
    ];
    for (const [name, input, code, message] of cases) {
      const refused: AmuxError = await call(name, input).then(
        () => assert.fail(`${name} ${JSON.stringify(input)}`),
        error => error as AmuxError,
      );
      assert.equal(refused.code, code, name);
      assert.match(refused.message, message);
      assert.ok(refused.hint.length > 0, name);
    }
  });

  test('outside a session it has to be told which one is meant', async () => {
    const {call} = await connected(null);
    await call('board_add', {title: 'for bob'});
    await assert.rejects(call('board_next'), {code: 'input.invalid', hint: /list_sessions/});
    const {claim, id} = await call<CardView>('board_next', {session: 'bob'});
    assert.equal(claim?.holder, 'bob');
    await call('board_release', {id});
  });

  test('sends messages, keeps notes, and reads and writes the memory', async () => {
    const {call} = await connected();
    assert.equal((await call<{state: string}>('send', {session: 'bob', text: 'hello'})).state, 'queued');
    assert.deepEqual(
      (await fleet.queue('bob')).map(({text, actor}) => [text, actor]),
      [['hello', 'agent:ada']],
    );
    await call('notes_add', {text: 'the sandbox lies', tags: ['payments']});
    const notes = await call<{text: string; author: string}[]>('notes_search', {query: 'sandbox'});
    assert.deepEqual(
      notes.map(({text, author}) => [text, author]),
      [['the sandbox lies', 'agent:ada']],
    );
    await call('memory_write', {file: 'conventions.md', text: '# Tabs\n'});
    assert.equal(await call('memory_read', {file: 'conventions.md'}), '# Tabs\n');
    assert.deepEqual(
      (await call<{file: string}[]>('memory_read')).map(({file}) => file),
      ['conventions.md'],
    );
    assert.deepEqual(
      (await call<{name: string}[]>('list_sessions')).map(({name}) => name),
      ['ada', 'bob'],
    );
  });

  test('waits for a session, and not for one that nobody started', async () => {
    const {call} = await connected();
    assert.equal((await call<{name: string}>('wait', {session: 'bob', until: 'exited'})).name, 'bob');
    await assert.rejects(call('wait', {session: 'bob', until: 'waiting'}), {code: 'session.not-running'});
  });

  test('has a resource for each card and each session', async () => {
    const {client, call} = await connected();
    const {id} = await call<CardView>('board_add', {title: 'a resource'});
    const {resources} = await client.listResources();
    const uris = resources.map(({uri}) => uri);
    assert.ok(uris.includes(`amux://board/${id}`) && uris.includes('amux://sessions/bob'), uris.join(' '));
    const {resourceTemplates} = await client.listResourceTemplates();
    assert.deepEqual(
      resourceTemplates.map(({uriTemplate}) => uriTemplate),
      ['amux://board/{card}', 'amux://sessions/{session}'],
    );
    const {contents} = await client.readResource({uri: `amux://board/${id}`});
    assert.equal((JSON.parse((contents as unknown as [{text: string}])[0].text) as CardView).title, 'a resource');
    for (const uri of ['amux://board/AMX-999', 'amux://sessions/nobody', 'amux://else/1', 'amux://board/%']) {
      await assert.rejects(client.readResource({uri}), {code: -32602}, uri);
    }
  });
});
