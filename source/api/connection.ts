import type * as Http from 'node:http';
import type {Facts} from '../domain/errors.ts';
import {AmuxError, isErrorCode} from '../domain/errors.ts';
import {dial, Untrusted} from './dial.ts';
import {isRemote, shownTarget, type Target} from './target.ts';

// An `import` of node:http makes Node build all its exports, undici among them: 20 ms of each short command.
const http = process.getBuiltinModule('node:http');

/** How long a call may take (a stop waits for a whole process tree), in ms. */
const CALL_MS = 30_000;
/** Longest answer that is read, in bytes. */
const ANSWER_MAX = 64 * 1024 * 1024;
const CALLS_AT_ONCE = 8;
/** How often one call may start a supervisor: the one before may have left again. */
const REVIVALS = 3;

export type Call = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  /** Doing it twice is doing it once: it carries an id. Every GET is. */
  repeatable?: boolean;
  /** How long its answer may take, in ms; default `CALL_MS`. */
  patienceMs?: number;
  /** Its answer waits for processes: it takes none of the connections that the others share. */
  lasting?: boolean;
};

/** One line of a stream of server-sent events; `id` is its cursor. */
export type Sent = {id: string | null; data: unknown};

export type Connecting = Target & {
  /** Who the journal names; it is believed on the socket only. */
  actor?: string;
  /** Starts a supervisor where none listens any more: the one that was there may have ended just now. */
  revive?: () => Promise<void>;
};

/** Calls and streams to one supervisor's API. */
export class Connection {
  readonly #target: Target;
  readonly #actor: string;
  readonly #revive: Connecting['revive'];
  readonly #kept: Http.Agent;
  /** For streams and what lasts as long, and for calls that shall not meet an old connection. */
  readonly #fresh: Http.Agent;
  /** What gives up the connections that are not there yet: agents know only of the others. */
  readonly #dialling = new Set<() => void>();

  constructor({actor = 'cli', revive, ...target}: Connecting) {
    this.#target = target;
    this.#actor = actor;
    this.#revive = revive;
    this.#kept = this.#agent({keepAlive: true, maxSockets: CALLS_AT_ONCE});
    this.#fresh = this.#agent({keepAlive: false});
  }

  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T> {
    return this.call(path, {method: 'POST', body, ...(headers === undefined ? {} : {headers})});
  }

  async call<T>(path: string, call: Call = {}): Promise<T> {
    const response = await this.#request(path, call);
    const text = await this.#textOf(response);
    const status = response.statusCode ?? 500;
    if (status >= 300) throw this.#errorFrom(text, status);
    try {
      return (text === '' ? undefined : JSON.parse(text)) as T;
    } catch (error) {
      throw this.#unreachable('what answers there is not amux', error);
    }
  }

  /**
   * A connection that was kept may have been closed meanwhile, which only using it tells: what may be done twice is
   * then asked once more, on a new one.
   */
  async #request(path: string, call: Call, signal?: AbortSignal): Promise<Http.IncomingMessage> {
    let agent = signal === undefined && call.lasting !== true ? this.#kept : this.#fresh;
    for (let revivals = 0; ; ) {
      try {
        return await this.#once(path, {...call, agent}, signal);
      } catch (error) {
        const isKept = agent === this.#kept;
        agent = this.#fresh;
        if (isNobodyThere(error) && this.#revive !== undefined && revivals++ < REVIVALS) await this.#revive();
        else if (!(error instanceof Dropped && isKept && isRepeatable(call))) throw this.#translate(error);
      }
    }
  }

  #once(
    path: string,
    {method = 'GET', body, headers: more, agent, patienceMs = CALL_MS}: Call & {agent: Http.Agent},
    signal?: AbortSignal,
  ): Promise<Http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const payload = body === undefined ? null : Buffer.from(JSON.stringify(body));
      const own = payload === null ? {} : {'content-type': 'application/json', 'content-length': payload.length};
      const headers = {...this.#headers(), ...own, ...more};
      const request = http.request({...this.#address(path), method, headers, agent, signal}, resolve);
      // A stream says something every 15 s, if only that it is there.
      request.setTimeout(patienceMs, () => request.destroy(new Error('no answer in time')));
      request.on('error', error => reject(request.reusedSocket && isReset(error) ? new Dropped(error) : error));
      request.end(payload);
    });
  }

  #agent(options: Http.AgentOptions): Http.Agent {
    const agent = new http.Agent(options);
    const target = this.#target;
    if (isRemote(target)) {
      agent.createConnection = (_, done) => {
        const giveUp = dial(target, (error, socket) => {
          this.#dialling.delete(giveUp);
          done?.(error, socket!);
        });
        this.#dialling.add(giveUp);
        return undefined;
      };
    }
    return agent;
  }

  #address(path: string): {socketPath?: string; servername?: string; path: string} {
    const target = this.#target;
    // Without this it would find out which name a certificate has to have, which takes longer than the answer.
    if (!isRemote(target)) return {socketPath: target.socket, servername: '', path};
    return {path: `${new URL(target.url).pathname.replace(/\/+$/, '')}${path}`};
  }

  #headers(): Record<string, string> {
    const target = this.#target;
    if (!isRemote(target)) return {'x-amux-actor': this.#actor};
    const {host} = new URL(target.url);
    return target.token === null ? {host} : {host, authorization: `Bearer ${target.token}`};
  }

  async #textOf(response: Http.IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of response) {
        size += (chunk as Buffer).length;
        if (size > ANSWER_MAX) throw new Error('the answer is too large');
        chunks.push(chunk as Buffer);
      }
    } catch (error) {
      throw this.#translate(error);
    }
    return Buffer.concat(chunks).toString();
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
    const status = response.statusCode ?? 500;
    if (status >= 300) throw this.#errorFrom(await this.#textOf(response), status);
    response.setEncoding('utf8');
    let rest = '';
    try {
      for await (const chunk of response) {
        const blocks = (rest + (chunk as string)).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) {
          const {id, event, data} = parseBlock(block);
          if (event === 'error') throw this.#errorFrom(`{"error":${data}}`, 500);
          if (data !== '') yield {id, data: JSON.parse(data) as unknown};
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      throw this.#translate(error);
    }
    if (!signal.aborted) throw this.#unreachable('the supervisor ended the connection');
  }

  close(): void {
    for (const giveUp of this.#dialling) giveUp();
    this.#kept.destroy();
    this.#fresh.destroy();
  }

  /** The error as the supervisor threw it. */
  #errorFrom(text: string, status: number): AmuxError {
    try {
      const {error} = JSON.parse(text) as {error: {code: string; message: string; facts?: Facts}};
      if (isErrorCode(error.code)) return new AmuxError(error.code, error.facts ?? {});
      return new AmuxError('unexpected', {why: error.message});
    } catch {
      if (status === 401) return new AmuxError('access.refused');
      return this.#unreachable(`it answered ${status}, and not as amux does`);
    }
  }

  #translate(error: unknown): AmuxError {
    if (error instanceof AmuxError) return error;
    const said = error instanceof Error ? error.message : String(error);
    const why = said === 'aborted' ? 'the connection broke off' : said;
    if (!(error instanceof Untrusted) || !isRemote(this.#target)) return this.#unreachable(why, error);
    const {url, trust} = this.#target;
    return new AmuxError('supervisor.untrusted', {target: url, why, next: trust.advice}, error);
  }

  #unreachable(why: string, cause?: unknown): AmuxError {
    return new AmuxError('supervisor.unreachable', {target: shownTarget(this.#target), why}, cause);
  }
}

const isRepeatable = ({repeatable, method = 'GET'}: Call): boolean => repeatable ?? method === 'GET';

/** Nothing was sent. */
const isNobodyThere = (error: unknown): boolean =>
  ['ENOENT', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '');

/** A kept connection ended before its request was answered. */
class Dropped extends Error {
  constructor(cause: Error) {
    super(cause.message, {cause});
  }
}

const isReset = (error: Error): boolean =>
  ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');

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
