import assert from 'node:assert/strict';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, test} from 'node:test';
import type {Before, StreamReader} from '../../source/agents/agent.ts';
import type {AgentEvent} from '../../source/domain/agent-event.ts';
import type {Request} from '../../source/domain/approvals.ts';
import type {ProgramState} from '../../source/domain/evidence.ts';
import {EventStream} from '../../source/supervisor/event-stream.ts';

const BOUND_MS = 30_000;
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A program with an API: its events are written by the test. */
class Program {
  readonly server: Server;
  readonly listeners: ServerResponse[] = [];
  readonly posted: {path: string; body: unknown; authorization: string | undefined}[] = [];
  state: unknown = {says: 'idle'};
  /** Requests that are accepted and never answered. */
  mute = 0;
  asked = 0;

  constructor(port = 0) {
    this.server = createServer((request, response) => this.#answer(request, response));
    this.server.listen({host: '127.0.0.1', port});
    open.push(() => this.end());
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  end(): void {
    for (const response of this.listeners) response.destroy();
    this.server.closeAllConnections();
    this.server.close();
  }

  write(text: string): void {
    for (const response of this.listeners) response.write(text);
  }

  say(event: unknown): void {
    this.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    if (this.mute-- > 0) return;
    if (path === '/event') {
      response.writeHead(200, {'content-type': 'text/event-stream'});
      response.write('data: {"connected":true}\n\n');
      this.listeners.push(response);
      return;
    }
    if (path === '/state') {
      this.asked++;
      response.end(JSON.stringify(this.state));
      return;
    }
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      this.posted.push({path, body: JSON.parse(body), authorization: request.headers.authorization});
      response.writeHead(path === '/taken' ? 200 : 404).end('{}');
    });
  }
}

const word = (event: unknown): AgentEvent[] => {
  const says = (event as {says?: ProgramState}).says;
  return says === undefined ? [] : [{type: 'status', state: says, kind: '', message: ''}];
};

function readerOf(port: number): StreamReader {
  return {
    url: `http://127.0.0.1:${port}`,
    headers: {authorization: 'Basic eDp5'},
    events: '/event',
    read: word,
    catchUp: async (get, before) => {
      asked.push(before);
      const state = (await get('/state')) as {prompts?: {at: number; text: string}[]};
      return {events: word(state), prompts: state.prompts ?? []};
    },
    said: async (get, conversation) => {
      const said = (await get(`/said/${conversation}`)) as {text: string}[];
      return said.map(({text}, i) => ({at: 5000, said: [{id: `${i}`, role: 'user' as const, text, tool: null}]}));
    },
    giveModel: async () => {},
    answer: ({ref}) => (ref === null ? null : {path: `/${ref}`, body: {reply: 'once'}}),
  };
}

let asked: Before[] = [];

/** What was told, and a wait for a condition on it. */
function listen(port: number) {
  asked = [];
  const told: {event: AgentEvent; at: number}[] = [];
  const waiting = new Set<() => void>();
  const stream = new EventStream({
    reader: readerOf(port),
    now: Date.now,
    since: 1000,
    known: () => ({conversation: 'ses_1', refs: ['per_1']}),
    tell: (events, at) => {
      told.push(...events.map(event => ({event, at})));
      for (const look of [...waiting]) look();
    },
  });
  open.push(() => stream.close());
  const states = () => told.flatMap(({event}) => (event.type === 'status' ? [event.state] : []));
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`told so far: ${JSON.stringify(told)}`)), BOUND_MS);
      const look = () => {
        if (!holds()) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {stream, told, states, until};
}

test('it asks for the state once it is connected, then tells what happens', async () => {
  const program = new Program();
  await listening(program);
  const {stream, states, until} = listen(program.port);
  stream.begin();
  await until(() => states().length === 1);
  program.say({says: 'working'});
  program.write('data: {"says":\r\ndata: "done"}\r\n\r\n');
  await until(() => states().length === 3);
  assert.deepEqual(states(), ['idle', 'working', 'done']);
  assert.deepEqual(asked[0], {since: 1000, conversation: 'ses_1', refs: ['per_1']});
});

test('a program that comes up later is found, and one that accepts without an answer is asked again', async () => {
  const probe = new Program();
  await listening(probe);
  const {port} = probe;
  probe.end();
  const {stream, states, until} = listen(port);
  stream.begin();
  const program = new Program(port);
  program.mute = 1;
  await until(() => states().includes('idle'));
});

test('after a drop it connects again and asks what it missed, with prompts at their own time', async () => {
  const program = new Program();
  await listening(program);
  const {stream, told, states, until} = listen(program.port);
  stream.begin();
  await until(() => states().length === 1);
  const before = Date.now();
  program.state = {says: 'done', prompts: [{at: 4711, text: 'missed'}]};
  for (const response of program.listeners.splice(0)) response.destroy();
  await until(() => states().includes('done'));
  const prompt = told.find(({event}) => event.type === 'prompt');
  assert.deepEqual(prompt, {event: {type: 'prompt', text: 'missed'}, at: 4711});
  assert.ok(asked.at(-1)!.since >= before - 1000, 'what was heard before is not asked for again');
});

test('the state is asked again when something happened while it was asked', async () => {
  const program = new Program();
  await listening(program);
  const reader = readerOf(program.port);
  const told: string[] = [];
  let first = true;
  const answers: (() => void)[] = [];
  let done = () => {};
  const over = new Promise<void>(resolve => {
    done = resolve;
  });
  const stream = new EventStream({
    reader: {
      ...reader,
      catchUp: async (get, before) => {
        const answer = await reader.catchUp(get, before);
        if (first) {
          first = false;
          program.state = {says: 'working'};
          program.say({says: 'working'});
          await new Promise<void>(resolve => answers.push(resolve));
        }
        return answer;
      },
    },
    now: Date.now,
    since: 0,
    known: () => ({conversation: null, refs: []}),
    tell: events => {
      told.push(...events.flatMap(event => (event.type === 'status' ? [event.state] : [])));
      for (const resolve of answers.splice(0)) resolve();
      if (program.asked === 2 && told.length === 3) done();
    },
  });
  open.push(() => stream.close());
  stream.begin();
  await over;
  // The answer of before came after the event: asked again, the program says the same as its event.
  assert.deepEqual(told, ['working', 'idle', 'working']);
});

test('what cannot be read is left out, and the next event counts', async () => {
  const program = new Program();
  await listening(program);
  const {stream, states, until} = listen(program.port);
  stream.begin();
  await until(() => states().length === 1);
  program.write('data: {"says":"work\n\n');
  program.write(`data: ${'x'.repeat(3 * 1024 * 1024)}\n\n`);
  program.say({says: 'working'});
  await until(() => states().length === 2);
  assert.deepEqual(states(), ['idle', 'working']);
});

const request: Request = {
  id: 'request-1',
  ref: 'taken',
  kind: 'permission',
  tool: 'bash',
  input: {},
  title: 'bash: ls',
  suggestions: [],
  choices: [],
  via: 'stream',
  shown: null,
  missedAt: null,
  at: 0,
};

test('a request is answered over the API; a refusal and a form that it does not take are told', async () => {
  const program = new Program();
  await listening(program);
  const {stream} = listen(program.port);
  assert.equal(await stream.answer(request, {behaviour: 'allow'}), true);
  assert.deepEqual(program.posted, [{path: '/taken', body: {reply: 'once'}, authorization: 'Basic eDp5'}]);
  assert.equal(await stream.answer({...request, ref: 'unknown'}, {behaviour: 'allow'}), false);
  assert.equal(await stream.answer({...request, ref: null}, {behaviour: 'allow'}), false);
  program.end();
  assert.equal(await stream.answer(request, {behaviour: 'allow'}), false);
});

test('a closed stream leaves no connection', async () => {
  const program = new Program();
  await listening(program);
  const {stream, states, until} = listen(program.port);
  stream.begin();
  await until(() => states().length === 1);
  const gone = new Promise(resolve => program.listeners[0]!.on('close', resolve));
  stream.close();
  await gone;
  stream.begin();
  stream.poke();
  assert.equal(program.listeners.length, 1);
});

function listening({server}: Program): Promise<void> {
  return new Promise(resolve => {
    if (server.listening) resolve();
    else server.once('listening', () => resolve());
  });
}
