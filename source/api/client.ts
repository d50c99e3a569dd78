import type * as Http from 'node:http';
import type {Decision} from '../domain/approvals.ts';
import type {Facts} from '../domain/errors.ts';
import {AmuxError, isErrorCode} from '../domain/errors.ts';
import type {
  ApprovalView,
  AttachPlan,
  Decided,
  EventView,
  Explanation,
  Fleet,
  Health,
  Outcome,
  Peek,
  QueueView,
  RegisterInput,
  RunInput,
  RunView,
  SessionView,
  StartInput,
} from '../domain/fleet.ts';
import type {Screen} from '../domain/screen.ts';

// An `import` of node:http makes Node build all its exports, undici among them: 20 ms of each short command.
const http = process.getBuiltinModule('node:http');

/** How long a call may take (a stop waits for a whole process tree), in ms. */
const CALL_MS = 30_000;
/** Longest answer that is read, in bytes. */
const ANSWER_MAX = 64 * 1024 * 1024;

type Call = {method?: string; body?: unknown};

/** The fleet of a supervisor elsewhere: over its unix socket. */
export class Client implements Fleet {
  readonly #socket: string;
  readonly #agent: Http.Agent;

  constructor(options: {socket: string}) {
    this.#socket = options.socket;
    this.#agent = new http.Agent({keepAlive: true, maxSockets: 8});
  }

  health = (): Promise<Health> => this.#call('/api/health');

  sessions = ({all = false}: {all?: boolean} = {}): Promise<SessionView[]> =>
    this.#call(`/api/sessions${all ? '?all=1' : ''}`);

  session = (ref: string): Promise<SessionView> => this.#call(at(ref));

  register = (input: RegisterInput): Promise<SessionView> => this.#post('/api/sessions', input);

  unregister = (ref: string): Promise<void> => this.#call(at(ref), {method: 'DELETE'});

  start = (ref: string, input: StartInput = {}): Promise<SessionView> => this.#post(at(ref, 'start'), input);

  stop = (ref: string, options: {force?: boolean} = {}): Promise<SessionView> => this.#post(at(ref, 'stop'), options);

  restart = (ref: string, input: StartInput = {}): Promise<SessionView> => this.#post(at(ref, 'restart'), input);

  stopAll = (options: {force?: boolean} = {}): Promise<Outcome[]> =>
    this.#post('/api/sessions/bulk/stop', {all: true, ...options});

  run = (input: RunInput): Promise<SessionView> => this.#post('/api/run', input);

  variables = (target: {ref: string} | {agent: string; cwd: string; env?: Record<string, string>}): Promise<string[]> =>
    this.#post('/api/variables', target);

  send: Fleet['send'] = (ref, {text, id, asCommand, now}) =>
    this.#post(at(ref, 'send'), {text, msg_id: id, as_command: asCommand, now});

  keys = (ref: string, input: {keys: string[]; force?: boolean}): Promise<void> => this.#post(at(ref, 'keys'), input);

  type = (ref: string, bytes: string): Promise<void> => this.#post(at(ref, 'type'), {bytes});

  queue = (ref: string): Promise<QueueView[]> => this.#call(at(ref, 'queue'));

  clearQueue = (ref: string): Promise<number> => this.#call(at(ref, 'queue'), {method: 'DELETE'});

  approvals = (): Promise<ApprovalView[]> => this.#call('/api/approvals');

  decide = (ref: string, {behaviour, ...more}: Decision): Promise<Decided> =>
    this.#post(`/api/approvals/${encodeURIComponent(ref)}`, {decision: behaviour, ...more});

  peek = (ref: string, {lines, ansi = false}: {lines?: number; ansi?: boolean} = {}): Promise<Peek> =>
    this.#call(`${at(ref, 'peek')}?ansi=${ansi ? 1 : 0}${lines === undefined ? '' : `&lines=${lines}`}`);

  logs = (ref: string, {lines}: {lines?: number} = {}): Promise<string[]> =>
    this.#call(`${at(ref, 'logs')}${lines === undefined ? '' : `?lines=${lines}`}`);

  async *screens(ref: string, signal: AbortSignal): AsyncIterable<Screen> {
    for await (const {data} of this.#stream(at(ref, 'screens'), signal)) yield data as Screen;
  }

  resize = (ref: string, size: {cols: number; rows: number}): Promise<void> => this.#post(at(ref, 'resize'), size);

  runs = (ref: string): Promise<RunView[]> => this.#call(at(ref, 'runs'));

  explain = (ref: string): Promise<Explanation> => this.#call(at(ref, 'explain'));

  seen = (ref: string): Promise<void> => this.#post(at(ref, 'seen'), undefined);

  attach = (ref: string): Promise<AttachPlan> => this.#call(at(ref, 'attach'));

  attached = (ref: string, state: 'on' | 'off'): Promise<void> => this.#post(at(ref, 'attached'), {state});

  async *events({since, signal}: {since?: number; signal: AbortSignal}): AsyncIterable<EventView> {
    const path = `/api/events${since === undefined ? '' : `?since=${since}`}`;
    for await (const {data} of this.#stream(path, signal)) yield data as EventView;
  }

  shutdown = async (): Promise<void> => {
    await this.#post('/api/shutdown', undefined);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
  }

  #post<T>(path: string, body: unknown): Promise<T> {
    return this.#call(path, {method: 'POST', body});
  }

  async #call<T>(path: string, {method = 'GET', body}: Call = {}): Promise<T> {
    const response = await this.#request(path, {method, body});
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

  #request(path: string, {method = 'GET', body}: Call, signal?: AbortSignal): Promise<Http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const payload = body === undefined ? null : Buffer.from(JSON.stringify(body));
      const headers = payload === null ? {} : {'content-type': 'application/json', 'content-length': payload.length};
      const agent = signal === undefined ? this.#agent : undefined;
      const request = http.request({socketPath: this.#socket, path, method, headers, agent, signal}, resolve);
      if (signal === undefined) request.setTimeout(CALL_MS, () => request.destroy(new Error('no answer in time')));
      request.on('error', error => reject(this.#unreachable(error.message, error)));
      request.end(payload);
    });
  }

  async *#stream(path: string, signal: AbortSignal): AsyncGenerator<{data: unknown}> {
    let response: Http.IncomingMessage;
    try {
      response = await this.#request(path, {}, signal);
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
          const {event, data} = parseBlock(block);
          if (event === 'error') throw errorFrom(JSON.stringify({error: JSON.parse(data)}), 500);
          if (data !== '') yield {data: JSON.parse(data) as unknown};
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error instanceof AmuxError ? error : this.#unreachable((error as Error).message, error);
    }
    if (!signal.aborted) throw this.#unreachable('the supervisor ended the connection');
  }

  #unreachable(why: string, cause?: unknown): AmuxError {
    return new AmuxError('supervisor.unreachable', {target: this.#socket, why}, cause);
  }
}

const at = (ref: string, what?: string): string =>
  `/api/sessions/${encodeURIComponent(ref)}${what === undefined ? '' : `/${what}`}`;

function parseBlock(block: string): {event: string; data: string} {
  let event = '';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('data: ')) data += line.slice(6);
    else if (line.startsWith('event: ')) event = line.slice(7);
  }
  return {event, data};
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
