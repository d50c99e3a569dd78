import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs';
import {dirname, join} from 'node:path';

/** What was truly spent, in tokens. */
export type Truth = {input: number; output: number; cacheRead: number; cacheWrite: number; messages: number};

export type Transcripts = {
  /** The directory that stands for `~/.claude`. */
  directory: string;
  bytes: number;
  files: string[];
  total: Truth;
  byModel: Map<string, Truth>;
  /** By the conversation that paid. */
  byConversation: Map<string, Truth>;
};

type Options = {
  directory: string;
  bytes: number;
  seed?: number;
  /** `work`: with what tools said and what was asked of the model; `talk`: hardly anything but messages. */
  mix?: 'work' | 'talk';
};

const MODELS = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'];
const START = Date.UTC(2026, 8, 1, 6);
const CHUNK = 1 << 20;
const PROJECTS = 12;

/**
 * Histories as Claude writes them, with what they add up to: lines of one message that repeat its usage while its
 * output grows, conversations that are resumed, forked with their lines copied, and that start sub-agents. The same
 * seed gives the same files.
 */
export function writeTranscripts({directory, bytes, seed = 1, mix = 'work'}: Options): Transcripts {
  const made: Transcripts = {
    directory,
    bytes: 0,
    files: [],
    total: nothing(),
    byModel: new Map(),
    byConversation: new Map(),
  };
  const random = mulberry32(seed);
  const filler = fillers(random);
  let serial = 0;
  let parents: {id: string; lines: string[]}[] = [];
  for (let n = 0; made.bytes < bytes; n++) {
    const id = uuid(random);
    const project = join(directory, 'projects', `-work-project-${n % PROJECTS}`);
    const main = new Lines(join(project, `${id}.jsonl`));
    let at = START + n * 1_700_000 + Math.floor(random() * 1_000_000);
    const parent = parents.length > 0 && random() < 0.15 ? pick(random, parents) : null;
    // A fork begins with its parent's lines under its own id; `requestSessionId` says whose they were.
    for (const line of parent?.lines ?? []) main.add(copied(line, parent!.id, id));
    const own: string[] = [...(parent === null ? [] : main.kept)];
    const model = pick(random, MODELS);
    const turns = 6 + Math.floor(random() * 40);
    for (let turn = 0; turn < turns; turn++) {
      at += 5_000 + Math.floor(random() * 60_000);
      const keep = (line: string) => {
        main.add(line);
        if (own.length < 120) own.push(line);
      };
      keep(
        JSON.stringify({
          type: 'user',
          message: {role: 'user', content: filler(400)},
          sessionId: id,
          timestamp: iso(at),
        }),
      );
      // What was asked of the model stands there as well, whole when it is new.
      const blobs = mix === 'talk' ? 0 : turn === 0 ? 3 : random() < 0.2 ? 1 : 0;
      for (let blob = 0; blob < blobs; blob++)
        main.add(JSON.stringify({type: 'api-request-blob', sessionId: id, blob: filler(45_000)}));
      const calls = 1 + Math.floor(random() * 4);
      for (let call = 0; call < calls; call++) {
        at += 1_000 + Math.floor(random() * 9_000);
        const used = random() < 0.1 ? pick(random, MODELS) : model;
        serial++;
        for (const line of message({id, serial, at, model: used, random, filler, made, sidechain: null})) keep(line);
        main.add(
          JSON.stringify({
            type: 'api-request',
            sessionId: id,
            timestamp: iso(at),
            shape: filler(mix === 'talk' ? 10 : 700),
          }),
        );
        keep(toolResult(id, at, {content: filler(mix === 'talk' ? 60 : 200 + Math.floor(random() * 6_000))}));
      }
      if (random() < 0.05) {
        const agentId = uuid(random).slice(0, 17).replaceAll('-', 'a');
        const side = new Lines(join(project, id, 'subagents', `agent-${agentId}.jsonl`));
        for (let call = 0; call < 3; call++) {
          at += 2_000;
          serial++;
          for (const line of message({id, serial, at, model: MODELS[2]!, random, filler, made, sidechain: agentId}))
            side.add(line);
        }
        side.end(made);
        // What it used is told again in its result: it counts in its own file alone.
        keep(toolResult(id, at, {content: filler(400), usage: {input_tokens: 999_999, output_tokens: 999_999}}));
      }
      if (random() < 0.03) keep(synthetic(id, at));
      for (const line of beside(id, at, {random, filler})) main.add(line);
    }
    main.end(made);
    parents = [...parents, {id, lines: own}].slice(-8);
  }
  return made;
}

type Message = {
  id: string;
  serial: number;
  at: number;
  model: string;
  random: () => number;
  filler: (bytes: number) => string;
  made: Transcripts;
  sidechain: string | null;
};

/** One to four lines, of which the last has the whole output. */
function message({id, serial, at, model, random, filler, made, sidechain}: Message): string[] {
  const input = Math.floor(random() * 4_000);
  const cacheRead = Math.floor(random() * 180_000);
  const hour = Math.floor(random() * 3_000);
  const cacheWrite = hour + Math.floor(random() * 9_000);
  const output = 5 + Math.floor(random() * 3_000);
  const blocks = 1 + Math.floor(random() * 3);
  const lines: string[] = [];
  for (let block = 0; block < blocks; block++) {
    const last = block === blocks - 1;
    lines.push(
      JSON.stringify({
        parentUuid: uuid(random),
        isSidechain: sidechain !== null,
        ...(sidechain === null ? {} : {agentId: sidechain}),
        message: {
          id: `msg_${String(serial).padStart(24, '0')}`,
          type: 'message',
          role: 'assistant',
          model,
          content: [{type: 'text', text: `"usage" of {"usage":{}} ${filler(100 + Math.floor(random() * 1_500))}`}],
          usage: {
            input_tokens: input,
            cache_creation_input_tokens: cacheWrite,
            cache_read_input_tokens: cacheRead,
            output_tokens: last ? output : Math.floor((output * block) / blocks),
            cache_creation: {ephemeral_1h_input_tokens: hour, ephemeral_5m_input_tokens: cacheWrite - hour},
            service_tier: 'standard',
          },
        },
        requestId: `req_${String(serial).padStart(24, '0')}`,
        type: 'assistant',
        uuid: uuid(random),
        timestamp: iso(at + block * 3),
        // Some processes began with another conversation.
        ...(sidechain === null ? {session_id: serial % 3 === 0 ? uuid(random) : id} : {}),
        sessionId: id,
        version: '2.1.328',
      }),
    );
  }
  const spent: Truth = {input, output, cacheRead, cacheWrite, messages: 1};
  add(made.total, spent);
  add(entry(made.byModel, model), spent);
  add(entry(made.byConversation, id), spent);
  return lines;
}

function copied(line: string, from: string, to: string): string {
  const copy = line.replaceAll(`"sessionId":"${from}"`, `"sessionId":"${to}"`);
  if (!copy.includes('"type":"assistant"') || copy.includes('"requestSessionId"')) return copy;
  return `${copy.slice(0, -1)},"requestSessionId":"${from}"}`;
}

function toolResult(id: string, at: number, result: {content: string; usage?: object}): string {
  return JSON.stringify({
    type: 'user',
    message: {role: 'user', content: [{type: 'tool_result', tool_use_id: 'toolu_1', content: result.content}]},
    toolUseResult: {status: 'completed', ...result},
    sessionId: id,
    timestamp: iso(at),
  });
}

/** What Claude itself writes beside a turn: nothing of it counts. */
function beside(id: string, at: number, {random, filler}: Pick<Message, 'random' | 'filler'>): string[] {
  const common = {userType: 'external', cwd: '/work/project', sessionId: id, version: '2.1.328', gitBranch: 'main'};
  const head = () => ({parentUuid: uuid(random), isSidechain: false});
  const tail = () => ({uuid: uuid(random), timestamp: iso(at), ...common});
  return [
    {...head(), attachment: {type: 'environment'}, type: 'attachment', ...tail(), rendered: [{content: filler(300)}]},
    {...head(), type: 'system', subtype: 'stop_hook_summary', hookCount: 1, hookErrors: [], ...tail()},
    {...head(), type: 'system', subtype: 'turn_duration', durationMs: 201, messageCount: 13, ...tail()},
    {type: 'last-prompt', sessionId: id, prompt: filler(60)},
  ].map(line => JSON.stringify(line));
}

function synthetic(id: string, at: number): string {
  const usage = {input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0};
  const said = {id: 'made-up', role: 'assistant', model: '<synthetic>', content: [], usage};
  return JSON.stringify({type: 'assistant', message: said, sessionId: id, timestamp: iso(at)});
}

class Lines {
  readonly kept: string[] = [];
  readonly #file: string;
  #bytes = 0;
  #buffer: string[] = [];
  #size = 0;
  #fd: number;

  constructor(file: string) {
    this.#file = file;
    mkdirSync(dirname(file), {recursive: true});
    this.#fd = openSync(file, 'w');
  }

  add(line: string): void {
    if (this.kept.length < 120) this.kept.push(line);
    this.#buffer.push(line);
    this.#size += line.length;
    if (this.#size > CHUNK) this.#write();
  }

  end(made: Transcripts): void {
    this.#write();
    closeSync(this.#fd);
    made.bytes += this.#bytes;
    made.files.push(this.#file);
  }

  #write(): void {
    if (this.#buffer.length > 0) this.#bytes += writeSync(this.#fd, `${this.#buffer.join('\n')}\n`);
    this.#buffer = [];
    this.#size = 0;
  }
}

const nothing = (): Truth => ({input: 0, output: 0, cacheRead: 0, cacheWrite: 0, messages: 0});

function add(to: Truth, {input, output, cacheRead, cacheWrite, messages}: Truth): void {
  to.input += input;
  to.output += output;
  to.cacheRead += cacheRead;
  to.cacheWrite += cacheWrite;
  to.messages += messages;
}

function entry(map: Map<string, Truth>, key: string): Truth {
  const found = map.get(key) ?? nothing();
  map.set(key, found);
  return found;
}

const iso = (at: number): string => new Date(at).toISOString();

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

function uuid(random: () => number): string {
  const hex = Array.from({length: 32}, () => Math.floor(random() * 16).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Cut out of one long text, so that writing gigabytes takes seconds. */
function fillers(random: () => number): (bytes: number) => string {
  const words = ['const', 'the', 'return', 'müssen', 'file', '"quoted"', 'line\n', 'test', '{}', '测试', 'value', '=>'];
  let text = '';
  while (text.length < 200_000) text += `${pick(random, words)} `;
  return bytes => {
    const from = Math.floor(random() * (text.length - bytes));
    return text.slice(from, from + bytes);
  };
}

/** A small generator of uniform numbers in [0, 1), the same for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
