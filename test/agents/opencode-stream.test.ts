import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, it, test} from 'node:test';
import type {StreamReader} from '../../source/agents/agent.ts';
import {readOpencodeStream} from '../../source/agents/opencode-stream.ts';
import type {AgentEvent} from '../../source/domain/agent-event.ts';

const open = (): StreamReader => readOpencodeStream({argv: ['opencode', '--port', '4096'], env: {}})!;

/** Recorded events, as they came. */
function recorded(name: string): unknown[] {
  const file = new URL(`../fixtures/agents/opencode-events/${name}.sse`, import.meta.url);
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter(line => line.startsWith('data: ')).map(line => JSON.parse(line.slice(6)));
}

const heard = (name: string, reader = open()): AgentEvent[] => recorded(name).flatMap(event => reader.read(event));

/** What was said of the state, in short. */
const states = (events: readonly AgentEvent[]): string[] =>
  events.filter(event => event.type === 'status').map(({state, kind}) => (kind === '' ? state : `${state} ${kind}`));
const prompts = (events: readonly AgentEvent[]): string[] =>
  events.filter(event => event.type === 'prompt').map(({text}) => text);

const said: [string, string[]][] = [
  ['permission-rejected', ['working', 'blocked permission', 'working', 'blocked permission', 'working', 'done']],
  ['question', ['working', 'blocked question', 'working', 'done']],
  ['interrupted', ['working', 'idle']],
  ['error-400', ['working', 'error']],
  ['error-401', ['working', 'error login']],
  ['retried', ['working', 'working', 'working', 'working', 'working', 'done']],
  ['too-long', ['working', 'done']],
  ['subagent', ['working', 'done']],
  ['subagent-permission', ['working', 'blocked permission', 'working', 'done']],
  ['shell', ['working', 'done']],
  ['compact', ['working', 'done']],
  ['queued', ['working', 'done']],
  ['queued-interrupted', ['working', 'idle']],
  ['new-conversation', ['working', 'done']],
];
for (const [name, expected] of said) {
  test(`the recorded events "${name}" say ${expected.join(', ')}`, () => {
    assert.deepEqual(states(heard(name)), expected);
  });
}

const entered: [string, string[]][] = [
  ['permission-rejected', ['RUN:touch /srv/f1']],
  ['too-long', ['TOOLONG']],
  ['shell', []],
  ['compact', []],
  ['queued', ['WORDS:40/100', 'queued one', 'queued two']],
];
for (const [name, expected] of entered) {
  test(`the prompts of "${name}" are told once each: ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(prompts(heard(name)), expected);
  });
}

test('the prompt of a subagent is none of the conversation', () => {
  const events = heard('subagent');
  assert.equal(prompts(events).length, 1);
  const conversations = events.filter(event => event.type === 'conversation');
  assert.deepEqual(
    conversations.map(({id}) => id),
    ['ses_e06d72268ffewOVFUN3Nm0knyz'],
  );
});

test('another conversation is known by its first prompt', () => {
  const reader = open();
  heard('compact', reader);
  const [event] = heard('new-conversation', reader).filter(each => each.type === 'conversation');
  assert.equal(event?.id, 'ses_e06d3aef4ffe4n8nu6ZWDD4VSM');
});

test('a turn that failed stays failed until the next one', () => {
  const reader = open();
  const failed = heard('error-400', reader);
  assert.deepEqual(failed.at(-1), {type: 'status', state: 'error', kind: '', message: 'scripted failure (400)'});
  assert.deepEqual(states(heard('compact', reader)), ['working', 'done']);
});

test('an interrupt while it asks leaves its dialog standing, and only the reply ends it', () => {
  const reader = open();
  assert.deepEqual(states(heard('aborted-in-permission', reader)), ['working', 'blocked permission']);
  const [asked] = recorded('aborted-in-permission')
    .map(event => event as {type: string; properties: {id: string; sessionID: string}})
    .filter(({type}) => type === 'permission.asked');
  const {id: requestID, sessionID} = asked!.properties;
  const after = reader.read({type: 'permission.replied', properties: {sessionID, requestID, reply: 'once'}});
  assert.deepEqual(after, [
    {type: 'settled', ref: requestID},
    {type: 'status', state: 'idle', kind: '', message: ''},
  ]);
});

test('a permission comes with its tool, its input and the rules that "always" would add', () => {
  const asked = heard('permission-rejected').filter(event => event.type === 'asked');
  assert.deepEqual(
    asked.map(({request: {kind, tool, title, suggestions}}) => ({kind, tool, title, suggestions})),
    [
      {kind: 'permission', tool: 'external_directory', title: 'access to /srv/*', suggestions: ['/srv/*']},
      {kind: 'permission', tool: 'bash', title: 'bash: touch /srv/f1', suggestions: ['touch *']},
    ],
  );
});

test('each request is settled by its own reply', () => {
  const events = heard('captured');
  const asked = events.flatMap(event => (event.type === 'asked' ? [event.request.ref] : []));
  const settled = events.flatMap(event => (event.type === 'settled' ? [event.ref] : []));
  assert.equal(asked.length, 2);
  assert.deepEqual(settled, asked);
});

test('a retry is work, and says which attempt it is', () => {
  const retrying = heard('retried').find(event => event.type === 'status' && event.message !== '');
  assert.equal(
    retrying?.type === 'status' ? retrying.message : null,
    'retrying, attempt 1: Rate limit reached for requests',
  );
});

test('a failure of 429 is a limit', () => {
  const reader = open();
  const properties = {sessionID: 'ses_1', error: {name: 'APIError', data: {message: 'slow down', statusCode: 429}}};
  assert.deepEqual(states(reader.read({type: 'session.error', properties})), ['error limit']);
});

const odd: unknown[] = [
  null,
  7,
  'text',
  [],
  {},
  {type: 'session.status'},
  {type: 'session.status', properties: {sessionID: 3, status: 'busy'}},
  {type: 'message.part.updated', properties: {part: null}},
  {type: 'permission.replied', properties: {requestID: 'per_unknown'}},
  {type: 'session.error', properties: {error: []}},
  {type: 'of.tomorrow', properties: {deep: {deep: 1}}},
];
test('events that are not what they should be break nothing', () => {
  const reader = open();
  for (const event of odd) assert.doesNotThrow(() => reader.read(event), JSON.stringify(event));
});

test('a diff of a whole file does not stand in the request', () => {
  const properties = {
    id: 'per_1',
    sessionID: 'ses_1',
    permission: 'edit',
    patterns: ['src/a.ts'],
    metadata: {filepath: 'src/a.ts', diff: 'x'.repeat(100_000)},
    always: ['*'],
  };
  const [asked] = open()
    .read({type: 'permission.asked', properties})
    .filter(event => event.type === 'asked');
  assert.equal(asked?.request.title, 'edit: src/a.ts');
  assert.ok(JSON.stringify(asked?.request).length < 5000);
});

type Answers = Record<string, unknown>;
const nothing = {since: 0, conversation: null, refs: []};
const getFrom =
  (answers: Answers) =>
  async (path: string): Promise<unknown> =>
    answers[path] ?? (path.startsWith('/session/') ? {} : []);

test('after a connection the state is what the program says now', async () => {
  const busy = await open().catchUp(getFrom({'/session/status': {ses_1: {type: 'busy'}}}), nothing);
  assert.deepEqual(states(busy.events), ['working']);
  const quiet = await open().catchUp(getFrom({'/session/status': {}}), nothing);
  assert.deepEqual(states(quiet.events), ['idle']);
});

test('a turn that ended while nobody listened is done', async () => {
  const reader = open();
  reader.read({type: 'session.status', properties: {sessionID: 'ses_1', status: {type: 'busy'}}});
  const {events} = await reader.catchUp(getFrom({}), {...nothing, conversation: 'ses_1'});
  assert.deepEqual(states(events), ['done']);
});

test('a turn that failed while nobody listened is an error', async () => {
  const error = {name: 'APIError', data: {message: 'Incorrect API key provided', statusCode: 401}};
  const answers = {'/session/ses_1/message?limit=30': [{info: {id: 'msg_1', role: 'assistant', error}, parts: []}]};
  const {events} = await open().catchUp(getFrom(answers), {...nothing, conversation: 'ses_1'});
  assert.deepEqual(states(events), ['error login']);
});

test('requests that came and went while nobody listened are told', async () => {
  const permission = {id: 'per_2', sessionID: 'ses_1', permission: 'bash', metadata: {command: 'ls'}, always: []};
  const answers = {'/session/status': {ses_1: {type: 'busy'}}, '/permission': [permission]};
  const {events} = await open().catchUp(getFrom(answers), {...nothing, refs: ['per_1']});
  const asked = events.flatMap(event => (event.type === 'asked' ? [event.request.ref] : []));
  const settled = events.flatMap(event => (event.type === 'settled' ? [event.ref] : []));
  assert.deepEqual(
    {asked, settled, states: states(events)},
    {asked: ['per_2'], settled: ['per_1'], states: ['blocked permission']},
  );
});

test('prompts that nobody heard are told with their own time, and not again', async () => {
  const reader = open();
  const message = (id: string, created: number, text: string) => ({
    info: {id: `msg_${id}`, role: 'user', time: {created}},
    parts: [{id: `prt_${id}`, messageID: `msg_${id}`, type: 'text', text}],
  });
  const answers = {'/session/ses_1/message?limit=30': [message('a', 1000, 'of old'), message('b', 3000, 'missed')]};
  const before = {since: 2000, conversation: 'ses_1', refs: []};
  assert.deepEqual((await reader.catchUp(getFrom(answers), before)).prompts, [{at: 3000, text: 'missed'}]);
  assert.deepEqual((await reader.catchUp(getFrom(answers), before)).prompts, []);
  const part = {id: 'prt_b', messageID: 'msg_b', type: 'text', text: 'missed'};
  assert.deepEqual(reader.read({type: 'message.part.updated', properties: {sessionID: 'ses_1', part}}), []);
});

describe('another model', () => {
  type Call = [method: string, path: string, body?: unknown];
  const providers = {providers: [{id: 'fake', models: {'gpt-fake': {}, 'a/b': {}}}]};
  const asker = (calls: Call[]) => async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    calls.push(body === undefined ? [method, path] : [method, path, body]);
    return path === '/config' ? {model: 'fake/gpt-fake'} : path === '/config/providers' ? providers : {};
  };

  for (const [model, modelID] of [
    ['fake/a/b', 'a/b'],
    [null, 'gpt-fake'],
  ] as const) {
    it(`${model} is put behind the conversation, where nobody sees it`, async () => {
      const calls: Call[] = [];
      await open().giveModel(asker(calls), {conversation: 'ses_1', model});
      const [method, path, body] = calls.at(-1)!;
      assert.deepEqual([method, path], ['POST', '/session/ses_1/message']);
      const {
        noReply,
        model: given,
        parts,
      } = body as {noReply: boolean; model: unknown; parts: Record<string, unknown>[]};
      assert.deepEqual([noReply, given], [true, {providerID: 'fake', modelID}]);
      assert.ok(parts.every(({synthetic, ignored}) => synthetic === true && ignored === true));
    });
  }

  for (const model of ['fake/other', 'gpt-fake', 'nobody/x', 'fake/', 'fake/toString']) {
    it(`${model} is none that it has`, async () => {
      const calls: Call[] = [];
      await assert.rejects(open().giveModel(asker(calls), {conversation: 'ses_1', model}), {code: 'agent.no-model'});
      assert.ok(calls.every(([method]) => method === 'GET'));
    });
  }
});
