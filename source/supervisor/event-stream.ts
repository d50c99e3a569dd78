import type * as Http from 'node:http';
import type {StreamReader} from '../agents/agent.ts';
import type {AgentEvent} from '../domain/agent-event.ts';
import type {Decision, Request} from '../domain/approvals.ts';
import {Conversation} from '../domain/transcript.ts';
import {nothingYet, readServerSent} from './server-sent.ts';

// An `import` of node:http makes Node build all its exports; the cockpit without a supervisor of its own needs none.
const http = process.getBuiltinModule('node:http');

/** Its API is up before its terminal program is: who asks too soon hears of an idleness that takes no input yet, in ms. */
const UNSEEN_MS = 15_000;
/** Between two tries to connect, in ms: the first, and the longest. */
const RETRY_MS = 100;
const RETRY_MAX_MS = 1000;
/** So long it is tried without further ado, in ms; from then on only after its terminal printed something. */
const TRYING_MS = 60_000;
/** A program that starts may accept a connection and never answer on it, in ms. */
const ANSWER_MS = 1500;
/** Its heartbeat comes every 10 s: a connection that is silent for longer is dead, in ms. */
const SILENCE_MS = 30_000;
/** After so long without a connection its last word proves nothing any more, in ms. */
const LOST_MS = 3000;
/** An answer that is larger is none of ours, in characters. */
const BODY_MAX = 16 * 1024 * 1024;
/** The state is asked again when something happened meanwhile, at most so often. */
const ASKED_AGAIN = 3;

export type EventStreamOptions = {
  reader: StreamReader;
  now: () => number;
  /** What was heard until now, in ms since the epoch. */
  since: number;
  /** What amux knows of it already. */
  known: () => {conversation: string | null; refs: readonly string[]};
  tell: (events: readonly AgentEvent[], at: number) => void;
};

/** Listens to the API of one running program from `begin` to `close`, and connects again after a drop. */
export class EventStream {
  readonly #options: EventStreamOptions;
  #request: Http.ClientRequest | null = null;
  #timer: NodeJS.Timeout | null = null;
  #delay = RETRY_MS;
  #tryUntil = 0;
  #begun = false;
  #lostAt: number | null = null;
  #heardAt: number;
  #closed = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#heardAt = options.since;
    this.#timer = setTimeout(() => this.begin(), UNSEEN_MS);
  }

  /** Its terminal program takes input: listens from now on. Without this it begins by itself after a while. */
  begin(): void {
    if (this.#begun || this.#closed) return;
    this.#begun = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#tryUntil = this.#options.now() + TRYING_MS;
    this.#connect();
  }

  /** Its terminal printed something: a program that has not answered for long is worth another try. */
  poke(): void {
    if (this.#closed || this.#request !== null || this.#timer !== null) return;
    this.#timer = setTimeout(() => this.#connect(), RETRY_MAX_MS);
  }

  /** Settles a request; false when the program did not take it, or takes such an answer only by its dialog. */
  async answer(request: Request, decision: Decision): Promise<boolean> {
    const call = this.#options.reader.answer(request, decision);
    if (call === null) return false;
    try {
      await this.#ask('POST', call.path, call.body);
      return true;
    } catch {
      return false;
    }
  }

  /** Its conversation goes on with another model once it is taken up again. Rejects when there is none such. */
  async giveModel(conversation: string, model: string | null): Promise<void> {
    await this.#options.reader.giveModel((...call) => this.#ask(...call), {conversation, model});
  }

  /** What was said in its conversation, oldest first. Rejects when it does not answer. */
  async said(): Promise<Conversation> {
    const entries = new Conversation();
    const {conversation} = this.#options.known();
    if (conversation === null) return entries;
    for (const {at, said} of await this.#options.reader.said(path => this.#ask('GET', path), conversation)) {
      entries.add(said, at === null ? null : Math.floor(at / 1000));
    }
    return entries;
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#request?.destroy();
    this.#request = null;
  }

  #connect(): void {
    this.#timer = null;
    const {url, headers, events} = this.#options.reader;
    const request = http.get(`${url}${events}`, {headers: {...headers, accept: 'text/event-stream'}, agent: false});
    this.#request = request;
    const lost = () => {
      if (this.#request === request) this.#lost();
      request.destroy();
    };
    request.setTimeout(ANSWER_MS, lost);
    request.on('error', lost);
    request.on('close', lost);
    request.on('response', response => {
      if (response.statusCode !== 200) {
        lost();
        return;
      }
      request.setTimeout(SILENCE_MS, lost);
      response.on('error', lost);
      response.on('end', lost);
      this.#listen(response, request);
    });
  }

  #listen(response: Http.IncomingMessage, request: Http.ClientRequest): void {
    const {reader, now, tell} = this.#options;
    let rest = nothingYet;
    let heard = 0;
    let connected = false;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      if (this.#request !== request) return;
      const read = readServerSent(rest, chunk);
      rest = read.rest;
      const told = read.events.flatMap(event => readEvent(reader, event));
      heard += told.length;
      this.#heardAt = now();
      if (told.length > 0) tell(told, now());
      if (connected) return;
      connected = true;
      this.#delay = RETRY_MS;
      void this.#catchUp({request, heard: () => heard});
    });
  }

  async #catchUp({request, heard}: {request: Http.ClientRequest; heard: () => number}): Promise<void> {
    const {reader, known, tell, now} = this.#options;
    const since = this.#lostAt ?? this.#options.since;
    try {
      for (let i = 0; i < ASKED_AGAIN; i++) {
        const before = heard();
        const {events, prompts} = await reader.catchUp(path => this.#ask('GET', path), {since, ...known()});
        if (this.#request !== request) return;
        for (const {at, text} of prompts) tell([{type: 'prompt', text}], at);
        tell(events, now());
        this.#lostAt = null;
        // What came in between may be older or newer than the answer.
        if (heard() === before) return;
      }
    } catch {
      // Its events are no use without the state that they change.
      request.destroy();
    }
  }

  #lost(): void {
    this.#request = null;
    if (this.#closed) return;
    const {now, tell} = this.#options;
    if (this.#lostAt === null) {
      this.#lostAt = this.#heardAt;
      this.#tryUntil = now() + TRYING_MS;
    }
    if (now() - this.#heardAt > LOST_MS) tell([{type: 'status', state: 'clear', kind: '', message: ''}], now());
    if (now() > this.#tryUntil) return;
    this.#timer = setTimeout(() => this.#connect(), this.#delay);
    this.#delay = Math.min(RETRY_MAX_MS, this.#delay * 2);
  }

  #ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const {url, headers} = this.#options.reader;
    return new Promise((resolve, reject) => {
      const request = http.request(`${url}${path}`, {
        method,
        agent: false,
        timeout: ANSWER_MS,
        headers: {...headers, ...(body === undefined ? {} : {'content-type': 'application/json'})},
      });
      request.on('timeout', () => request.destroy(new Error(`no answer to ${path} in ${ANSWER_MS} ms`)));
      request.on('error', reject);
      request.on('response', response => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          answer += chunk;
          if (answer.length > BODY_MAX) request.destroy(new Error(`the answer to ${path} has no end`));
        });
        response.on('error', reject);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status < 200 || status > 299) reject(new Error(`${path} was answered with ${status}`));
          else resolve(parse(answer));
        });
      });
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** An event that cannot be read is left out: the next one, or the next connection, tells the state again. */
function readEvent(reader: StreamReader, event: string): AgentEvent[] {
  const given = parse(event);
  return given === null ? [] : reader.read(given);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
