import type {AgentEvent} from '../domain/agent-event.ts';
import type {Asked} from '../domain/approvals.ts';
import type {ProgramState} from '../domain/evidence.ts';
import type {Before, CaughtUp, Launch, StreamReader} from './agent.ts';
import {answerOpencode, askedPermission, askedQuestion, failureOf} from './opencode-events.ts';
import {optionOf, wordsOf} from './opencode-launch.ts';
import {giveOpencodeModel} from './opencode-model.ts';
import {opencodeSaid} from './opencode-said.ts';
import {list, record, text} from './unknown.ts';

/** Messages and parts that are remembered, so that each prompt is told once. */
const REMEMBERED = 512;
/** Messages that are looked at for prompts which nobody heard. */
const CAUGHT_UP = 30;

/** Nothing of this has to be kept on disk: port and password stand in the command line and the environment that it runs with. */
export function readOpencodeStream({argv, env}: Launch): StreamReader | null {
  const words = wordsOf(argv);
  const port = words === null ? null : optionOf(words, 'port');
  if (port === null || !/^[1-9]\d*$/.test(port)) return null;
  const user = env['OPENCODE_SERVER_USERNAME'] || 'opencode';
  const password = env['OPENCODE_SERVER_PASSWORD'] ?? '';
  const headers: Record<string, string> =
    password === '' ? {} : {authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`};
  const reader = new OpencodeReader();
  return {
    url: `http://127.0.0.1:${port}`,
    headers,
    events: '/event',
    read: event => reader.read(record(event)),
    catchUp: (get, before) => reader.catchUp(get, before),
    said: opencodeSaid,
    answer: answerOpencode,
    giveModel: giveOpencodeModel,
  };
}

type Body = Record<string, unknown>;
type Failure = {kind: string; message: string};

class OpencodeReader {
  /** Sessions of this process that work, by what they say of a retry. Those of subagents are among them. */
  #busy = new Map<string, string>();
  /** What stands open, by id. An interrupt leaves its dialog on screen: only a reply ends it. */
  #open = new Map<string, Asked>();
  readonly #children = new Set<string>();
  /** How the last turn of a session failed; null: it was interrupted. */
  readonly #failures = new Map<string, Failure | null>();
  readonly #prompts = new Remembered();
  readonly #told = new Remembered();
  #conversation: string | null = null;
  #rest: {state: ProgramState; kind: string; message: string} = {state: 'idle', kind: '', message: ''};
  #last = '';
  #lastPrompt = '';
  #lastModel = '';
  /** The prompt that was too long is put into the history once more after a compaction. */
  #replayed: string | null = null;

  read({type, properties}: Body): AgentEvent[] {
    const body = record(properties);
    const session = text(body['sessionID']);
    switch (type) {
      case 'session.status':
        return this.#status(session, record(body['status']));
      case 'session.idle':
        return this.#status(session, {type: 'idle'});
      case 'session.error':
        return this.#failed(session, record(body['error']));
      case 'session.created':
      case 'session.updated':
        if (text(record(body['info'])['parentID']) !== '') this.#children.add(session);
        return [];
      case 'session.deleted':
        return this.#status(session, {type: 'idle'});
      case 'session.compacted':
        return this.#children.has(session) ? [] : [{type: 'compacted'}];
      case 'permission.asked':
        return this.#asked(askedPermission(body));
      case 'question.asked':
        return this.#asked(askedQuestion(body));
      case 'permission.replied':
      case 'question.replied':
      case 'question.rejected':
        return this.#settled(text(body['requestID']));
      case 'message.updated':
        return this.#message(session, record(body['info']));
      case 'message.part.updated':
        return this.#part(session, record(body['part']));
      default:
        return [];
    }
  }

  async catchUp(get: (path: string) => Promise<unknown>, {since, conversation, refs}: Before): Promise<CaughtUp> {
    const [statuses, permissions, questions] = await Promise.all(
      ['/session/status', '/permission', '/question'].map(get),
    );
    this.#conversation ??= conversation;
    const busy = new Map<string, string>();
    for (const [id, status] of Object.entries(record(statuses))) {
      if (text(record(status)['type']) !== 'idle') busy.set(id, retryOf(record(status)));
    }
    for (const id of busy.keys()) {
      if (this.#busy.has(id) || this.#children.has(id)) continue;
      if (text(record(await get(`/session/${id}`))['parentID']) !== '') this.#children.add(id);
    }
    this.#conversation ??= [...busy.keys()].find(id => !this.#children.has(id)) ?? null;
    const asked = [...list(permissions).map(askedPermission), ...list(questions).map(askedQuestion)];
    this.#busy = busy;
    this.#open = new Map(asked.map(request => [request.ref ?? '', request]));
    const requests = [
      ...refs.filter(ref => !this.#open.has(ref)).map((ref): AgentEvent => ({type: 'settled', ref})),
      ...asked.filter(({ref}) => !refs.includes(ref ?? '')).map((request): AgentEvent => ({type: 'asked', request})),
    ];
    const {events, prompts} = await this.#history(get, since);
    this.#last = '';
    return {events: [...events, ...this.#word(), ...requests], prompts};
  }

  /** The turns that went by: their prompts, and how the last one ended. */
  async #history(get: (path: string) => Promise<unknown>, since: number): Promise<CaughtUp> {
    const id = this.#conversation;
    if (id === null) return {events: [], prompts: []};
    const messages = list(await get(`/session/${id}/message?limit=${CAUGHT_UP}`)).map(record);
    const prompts: CaughtUp['prompts'] = [];
    for (const {info, parts} of messages) {
      const at = Number(record(record(info)['time'])['created']);
      const message = text(record(info)['id']);
      if (record(info)['role'] !== 'user') continue;
      this.#prompts.add(message);
      for (const part of list(parts).map(record)) {
        if (!isPrompt(part) || !this.#told.add(text(part['id'])) || at < since) continue;
        prompts.push({at, text: text(part['text'])});
      }
    }
    const last = record(messages.at(-1)?.['info']);
    const failure =
      last['role'] === 'assistant' && last['error'] !== undefined ? failureOf(record(last['error'])) : null;
    const told = Number(record(last['time'])['created']) >= since ? this.#model(last) : [];
    if (this.#busy.size === 0) {
      const failed = failure === null ? null : {state: 'error' as const, ...failure};
      this.#rest = failed ?? {state: this.#rest.state === 'working' ? 'done' : this.#rest.state, kind: '', message: ''};
    }
    return {events: [{type: 'conversation', id, file: null}, ...told], prompts};
  }

  #status(session: string, status: Body): AgentEvent[] {
    if (status['type'] !== 'idle') {
      this.#failures.delete(session);
      this.#busy.set(session, retryOf(status));
      this.#rest = {state: 'working', kind: '', message: ''};
      return this.#word();
    }
    if (!this.#busy.delete(session)) return [];
    if (this.#children.has(session)) return this.#word();
    const failure = this.#failures.get(session);
    if (failure === undefined) this.#rest = {state: 'done', kind: '', message: ''};
    else this.#rest = failure === null ? {state: 'idle', kind: '', message: ''} : {state: 'error', ...failure};
    return this.#word();
  }

  /** It is told when the turn ends: a failure that is followed by a compaction or another try is none. */
  #failed(session: string, error: Body): AgentEvent[] {
    if (this.#children.has(session)) return [];
    const failure = failureOf(error);
    this.#failures.set(session, failure);
    if (this.#busy.size > 0 || failure === null) return [];
    this.#rest = {state: 'error', ...failure};
    return this.#word();
  }

  #asked(request: Asked): AgentEvent[] {
    this.#open.set(request.ref ?? '', request);
    return [...this.#word(), {type: 'asked', request}];
  }

  #settled(ref: string): AgentEvent[] {
    this.#open.delete(ref);
    return [{type: 'settled', ref}, ...this.#word()];
  }

  /** Which of its sessions the terminal shows is told by nothing but the prompts that are entered there. */
  #message(session: string, info: Body): AgentEvent[] {
    if (info['role'] === 'assistant') return session === this.#conversation ? this.#model(info) : [];
    if (info['role'] !== 'user' || !this.#prompts.add(text(info['id'])) || this.#children.has(session)) return [];
    if (session === this.#conversation) return [];
    this.#conversation = session;
    return [{type: 'conversation', id: session, file: null}];
  }

  #model(info: Body): AgentEvent[] {
    const told = modelOf(info);
    if (told === null || told === this.#lastModel) return [];
    this.#lastModel = told;
    return [{type: 'model', model: told}];
  }

  #part(session: string, part: Body): AgentEvent[] {
    if (part['type'] === 'compaction' && part['overflow'] === true) this.#replayed = this.#lastPrompt;
    const own = this.#prompts.has(text(part['messageID'])) && !this.#children.has(session) && isPrompt(part);
    if (!own || !this.#told.add(text(part['id']))) return [];
    const prompt = text(part['text']);
    const replayed = prompt === this.#replayed;
    this.#replayed = null;
    this.#lastPrompt = prompt;
    return replayed ? [] : [{type: 'prompt', text: prompt}];
  }

  /** Its state as one word, when that is another than before. */
  #word(): AgentEvent[] {
    const asked = [...this.#open.values()].at(-1);
    const [retry] = [...this.#busy.values()].filter(each => each !== '');
    const working = this.#busy.size > 0 ? {state: 'working' as const, kind: '', message: retry ?? ''} : this.#rest;
    const said = asked === undefined ? working : {state: 'blocked' as const, kind: asked.kind, message: asked.title};
    const last = JSON.stringify(said);
    if (last === this.#last) return [];
    this.#last = last;
    return [{type: 'status', ...said}];
  }
}

/** Ids that were seen, the oldest forgotten first. */
class Remembered {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** False when it is known. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > REMEMBERED && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}

/** Text that a person or amux entered: what opencode adds for the model is marked. */
const isPrompt = (part: Body): boolean =>
  part['type'] === 'text' && part['synthetic'] !== true && part['ignored'] !== true && text(part['text']) !== '';

/** Of an answer; the one that sums up a conversation may have another. */
function modelOf(info: Body): string | null {
  const [provider, model] = [text(info['providerID']), text(info['modelID'])];
  return info['role'] !== 'assistant' || info['summary'] === true || model === '' ? null : `${provider}/${model}`;
}

function retryOf(status: Body): string {
  return status['type'] === 'retry' ? `retrying, attempt ${Number(status['attempt'])}: ${text(status['message'])}` : '';
}
