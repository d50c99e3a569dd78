import {readFileSync, writeFileSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo, ListenOptions} from 'node:net';
import {AmuxError} from '../domain/errors.ts';
import {Drain} from './drain.ts';

/** Largest body that is read, in bytes. A longer one is answered like any other and told to nobody. */
const BODY_MAX = 8 * 1024 * 1024;
const PATH = /^\/hooks\/([\w-]{1,100})$/;

/** One request of an agent's hook. `signal` ends with its connection. */
export type HookCall = {session: string; token: string; body: unknown; signal: AbortSignal};
/** What is answered; null: this session or token is not known. */
export type HookHandler = (call: HookCall) => Promise<unknown>;

export type HookDoor = {
  /** Where a session's hooks are posted. */
  url: (session: string) => string;
  /** Until it is set, requests wait. */
  handle: (handler: HookHandler) => void;
  /** Why the port of this home had to change; null: it did not. */
  notice: string | null;
  close: () => Promise<void>;
};

/** Listens on a port of 127.0.0.1, 0 for any, and says which; null: it is taken. */
export type Bind = (listener: Listener, port: number) => Promise<number | null>;
type Listener = {listen: (options: ListenOptions) => Promise<void>; stop: () => void; port: () => number};

/** How long hooks that are being answered may take when the door closes, in ms. */
const CLOSE_MS = 800;
/** The same for connections that agents keep for their next hook, in ms. */
const IDLE_MS = 300;

/**
 * Plain HTTP on 127.0.0.1, for hooks alone: agents refuse self-signed certificates there. The port is kept in `file`,
 * because agents that run hold the URL. Everything but `POST /hooks/SESSION` with that session's token is refused.
 */
export async function openHookDoor(file: string, bind: Bind = alone): Promise<HookDoor> {
  const first = Promise.withResolvers<HookHandler>();
  let handler = first.promise;
  // What ends with this listener was settled by nobody: it stays open for the next supervisor.
  const ending = {closing: false};
  const server = createServer((request, response) => {
    const controller = new AbortController();
    response.once('close', () => {
      if (!ending.closing) controller.abort();
    });
    void answer(request, response, async call => (await handler)({...call, signal: controller.signal}));
  });
  // A permission may be held for as long as a person takes.
  server.requestTimeout = 0;
  server.headersTimeout = 10_000;
  const drain = new Drain(server);
  const listener: Listener = {
    listen: options => listen(server, options),
    stop: () => void server.close(),
    port: () => (server.address() as AddressInfo).port,
  };
  const kept = keptPort(file);
  const port = (kept !== null && (await bind(listener, kept))) || (await bind(listener, 0));
  if (port === null) throw new Error('no port of 127.0.0.1 is free');
  if (port !== kept) keepPort(file, port, listener);
  return {
    url: session => `http://127.0.0.1:${port}/hooks/${session}`,
    handle: next => {
      handler = Promise.resolve(next);
      first.resolve(next);
    },
    notice:
      kept === null || kept === port
        ? null
        : `port ${kept}, where running agents send their hooks, is taken: new ones use ${port}, those that run are judged by their screens`,
    close: async () => {
      ending.closing = true;
      await drain.stopWhenQuiet();
      // A held request is not waited for any longer: its agent asks a person, who answers by keys.
      await drain.finish({idleMs: IDLE_MS, inFlightMs: CLOSE_MS});
    },
  };
}

type Unsigned = (call: Omit<HookCall, 'signal'>) => Promise<unknown>;

async function answer(request: IncomingMessage, response: ServerResponse, handler: Unsigned): Promise<void> {
  const send = (status: number, body: unknown) => {
    const text = JSON.stringify(body);
    response.writeHead(status, {'content-type': 'application/json', 'content-length': Buffer.byteLength(text)});
    response.end(text);
  };
  try {
    const session = request.method === 'POST' ? PATH.exec(request.url ?? '')?.[1] : undefined;
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (
      session === undefined ||
      (host !== '127.0.0.1' && host !== 'localhost') ||
      request.headers.origin !== undefined
    ) {
      request.resume();
      return send(404, refusal('hook.unknown', 'only POST /hooks/SESSION is answered here'));
    }
    const text = await read(request);
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const body = text === null ? null : parsed(text);
    if (body === undefined) return send(400, refusal('input.invalid', 'the body is no JSON'));
    const reply = await handler({session, token, body});
    if (reply === null) return send(401, refusal('hook.refused', 'no such session, or not its token'));
    send(200, reply);
  } catch {
    // The agent is not to be bothered with our failures: it goes on as if nobody had an opinion.
    if (!response.headersSent && !response.destroyed) send(200, {});
  }
}

const refusal = (code: string, message: string) => ({error: {code, message, hint: ''}});

/** Null when it is too long: then the rest is read and forgotten. */
async function read(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= BODY_MAX) chunks.push(chunk);
  }
  return length > BODY_MAX ? null : Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keptPort(file: string): number | null {
  try {
    const port = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

/** A listener that stayed behind would keep the process of a supervisor that did not start. */
function keepPort(file: string, port: number, listener: Listener): void {
  try {
    writeFileSync(file, `${port}\n`, {mode: 0o600});
  } catch (error) {
    listener.stop();
    throw new AmuxError('store.write', {file, why: (error as Error).message}, error);
  }
}

const alone: Bind = async (listener, port) => {
  try {
    await listener.listen({host: '127.0.0.1', port});
    return listener.port();
  } catch {
    return null;
  }
};

/** Rejects with the system's error. */
function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
