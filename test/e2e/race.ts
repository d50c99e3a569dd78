import assert from 'node:assert/strict';
import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {amuxFile, type Home} from '../helpers/home.ts';

const racerFile = fileURLToPath(new URL('../helpers/racer.mjs', import.meta.url));
/** How long one that got no answer asks again, and the pause between, in ms. */
const GIVE_UP_MS = 30_000;
const AGAIN_MS = 50;

export type Way = 'http' | 'socket' | 'mcp';
/** What was said to one who wanted a card; status 200: it is theirs. */
export type Answer = {session: string; card: string; status: number; code: string};

/** One process that wants every card. */
export type Racer = {
  session: string;
  ready: Promise<void>;
  /** Resolves with the answers, in the order of the cards. */
  race: (cards: string[], heard: (answer: Answer) => void) => Promise<void>;
  end: () => void;
};

type Start = {home: Home; session: string; url: string};

export const racers: Record<Way, (start: Start) => Racer> = {
  http: start => client(start, [start.url, join(start.home.path, 'tls', 'cert.pem')]),
  socket: start => client(start, [join(start.home.path, 'amux.sock')]),
  mcp,
};

type Child = ChildProcessByStdio<Writable, Readable, null>;
const run = (args: string[], home: Home): Child =>
  spawn(process.execPath, args, {env: home.env, cwd: home.work, stdio: ['pipe', 'pipe', 'inherit']});

/** The lines of a process, one at a time. */
function linesOf(child: Child): () => Promise<string> {
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  return async () => {
    const {value, done} = await lines.next();
    assert.ok(done !== true, 'it ended');
    return value;
  };
}

function client({home, session}: Start, args: string[]): Racer {
  const child = run([racerFile, session, ...args], home);
  const line = linesOf(child);
  return {
    session,
    ready: line().then(said => assert.equal(said, 'ready')),
    async race(cards, heard) {
      child.stdin.write(`${JSON.stringify(cards)}\n`);
      for (const _ of cards) heard({session, ...(JSON.parse(await line()) as Omit<Answer, 'session'>)});
    },
    end: () => void child.kill('SIGKILL'),
  };
}

/** `amux mcp serve` as an agent runs it, spoken to line by line. */
function mcp({home, session, url}: Start): Racer {
  const file = join(home.dir, `${session}.json`);
  writeFileSync(file, JSON.stringify({AMUX_HOME: home.path, AMUX_URL: url, AMUX_SESSION: session}), {mode: 0o600});
  const child = run([amuxFile, 'mcp', 'serve', '--environment', file], home);
  const line = linesOf(child);
  let id = 0;
  const call = async <T>(method: string, params: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify({jsonrpc: '2.0', id: ++id, method, params})}\n`);
    return (JSON.parse(await line()) as {result: T}).result;
  };
  const claim = async (card: string): Promise<Answer> => {
    const end = performance.now() + GIVE_UP_MS;
    for (;;) {
      const params = {name: 'board_claim', arguments: {id: card}};
      const {content, isError} = await call<{content: [{text: string}]; isError?: true}>('tools/call', params);
      if (isError !== true) return {session, card, status: 200, code: ''};
      const {code} = (JSON.parse(content[0].text) as {error: {code: string}}).error;
      if (code !== 'supervisor.unreachable') return {session, card, status: code.startsWith('card.') ? 409 : 500, code};
      if (performance.now() > end) return {session, card, status: 0, code};
      await new Promise(resolve => setTimeout(resolve, AGAIN_MS));
    }
  };
  const client = {protocolVersion: '2025-06-18', capabilities: {}, clientInfo: {name: 'racer', version: '1'}};
  return {
    session,
    ready: call('initialize', client).then(() => {
      child.stdin.write(`${JSON.stringify({jsonrpc: '2.0', method: 'notifications/initialized'})}\n`);
    }),
    async race(cards, heard) {
      for (const card of cards) heard(await claim(card));
    },
    end: () => void child.kill('SIGKILL'),
  };
}
