import type * as Http from 'node:http';
import type {Facts} from '../domain/errors.ts';
import {AmuxError, isErrorCode} from '../domain/errors.ts';

// An `import` of node:http makes Node build all its exports, undici among them: 20 ms of each short command.
const http = process.getBuiltinModule('node:http');

/** How long a call may take (a stop waits for a whole process tree), in ms. */
const CALL_MS = 30_000;
/** Longest answer that is read, in bytes. */
const ANSWER_MAX = 64 * 1024 * 1024;

export type Call = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
};

/** One line of a stream of server-sent events; `id` is its cursor. */
export type Sent = {id: string | null; data: unknown};

/** Calls and streams to one supervisor's API. */
export class Connection {
  readonly #socket: string;
  readonly #actor: string;
  readonly #agent: Http.Agent;

  /** `actor`: who the journal names; it is believed on the socket only. */
  constructor(options: {socket: string; actor?: string}) {
    this.#socket = options.socket;
    this.#actor = options.actor ?? 'cli';
    this.#agent = new http.Agent({keepAlive: true, maxSockets: 8});
  }

  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T> {
    return this.call(path, {method: 'POST', body, ...(headers === undefined ? {} : {headers})});
  }

  async call<T>(path: string, call: Call = {}): Promise<T> {
    const response = await this.#request(path, call);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      size += (chunk as Buffer).length;
      if (size > ANSWER_MAX) throw this.#unreachable('the answer is too large');
      chunks.push(chunk as Buffer);
    }
    const text = Buffer.concat(chunks).toString();
    if ((response.statusCode ?? 500) >= 400) throw errorFrom(text, response.statusCode ?? 500);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  #request(
    path: string,
    {method = 'GET', body, headers: more}: Call,
    signal?: AbortSignal,
  ): Promise<Http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const payload = body === undefined ? null : Buffer.from(JSON.stringify(body));
      const own = payload === null ? {} : {'content-type': 'application/json', 'content-length': payload.length};
      const headers = {'x-amux-actor': this.#actor, ...own, ...more};
      const agent = signal === undefined ? this.#agent : undefined;
      const request = http.request({socketPath: this.#socket, path, method, headers, agent, signal}, resolve);
      if (signal === undefined) request.setTimeout(CALL_MS, () => request.destroy(new Error('no answer in time')));
      request.on('error', error => reject(this.#unreachable(error.message, error)));
      request.end(payload);
    });
  }

  /** Ends with the signal; rejects when the connection does. */
  async *stream(path: string, signal: AbortSignal, headers: Record<string, string> = {}): AsyncGenerator<Sent> {
    let response: Http.IncomingMessage;
    try {
      response = await this.#request(path, {headers}, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    if ((response.statusCode ?? 500) >= 400) {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      throw errorFrom(text, response.statusCode ?? 500);
    }
    response.setEncoding('utf8');
    let rest = '';
    try {
      for await (const chunk of response) {
        const blocks = (rest + (chunk as string)).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) {
          const {id, event, data} = parseBlock(block);
          if (event === 'error') throw errorFrom(JSON.stringify({error: JSON.parse(data)}), 500);
          if (data !== '') yield {id, data: JSON.parse(data) as unknown};
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error instanceof AmuxError ? error : this.#unreachable((error as Error).message, error);
    }
    if (!signal.aborted) throw this.#unreachable('the supervisor ended the connection');
  }

  close(): void {
    this.#agent.destroy();
  }

  #unreachable(why: string, cause?: unknown): AmuxError {
    return new AmuxError('supervisor.unreachable', {target: this.#socket, why}, cause);
  }
}

function parseBlock(block: string): {id: string | null; event: string; data: string} {
  let id: string | null = null;
  let event = '';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('data: ')) data += line.slice(6);
    else if (line.startsWith('event: ')) event = line.slice(7);
    else if (line.startsWith('id: ')) id = line.slice(4);
  }
  return {id, event, data};
}

/** The error as the supervisor threw it. */
function errorFrom(text: string, status: number): AmuxError {
  try {
    const {error} = JSON.parse(text) as {error: {code: string; message: string; facts?: Facts}};
    if (isErrorCode(error.code)) return new AmuxError(error.code, error.facts ?? {});
    return new AmuxError('unexpected', {why: error.message});
  } catch {
    return new AmuxError('unexpected', {why: `the supervisor answered ${status}`});
  }
}
