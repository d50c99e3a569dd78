import {lstat, open, readdir, readlink} from 'node:fs/promises';
import {join} from 'node:path';
import type {AgentEvent} from '../domain/agent-event.ts';
import type {Said} from '../domain/transcript.ts';
import type {Transcript, TranscriptAbout} from './agent.ts';
import {record, text, textOf} from './fields.ts';

const MESSAGE_MAX = 300;
const DAY_MS = 86_400_000;
/** Its first line holds the instructions of the model, too, in bytes. */
const HEAD_MAX = 256 * 1024;
/** A thread may be made a little before the start that we know, in ms. */
const START_SLACK_MS = 2000;
/** Of the mode of a link in `/proc/PID/fd`: its descriptor is open for writing. */
const OWNER_WRITES = 0o200;
const ROLLOUT = /\/sessions\/(?:.*\/)?rollout-[^/]*\.jsonl$/;

export const codexTranscript: Transcript = {
  /** The rollout that a process of it writes; else the only one that began here since the start and is nobody else's. */
  async find(about) {
    const held = new Set((await Promise.all(about.processes.map(({pid}) => openRollouts(pid)))).flat());
    const own = await ofPeople([...held]);
    if (own.length > 0) return newest(own).file;
    const begun = (await ofPeople(await rolloutsSince(about))).filter(
      ({file, cwd, startedAt}) =>
        !about.taken.has(file) && cwd === about.dir && startedAt >= about.startedAt - START_SLACK_MS,
    );
    return begun.length === 1 ? begun[0]!.file : null;
  },

  read(line) {
    const entry = record(line);
    const payload = record(entry['payload']);
    if (entry['type'] === 'session_meta') {
      const id = text(payload['id']);
      return id === '' || !isOfPeople(payload) ? [] : [{type: 'conversation', id, file: null}];
    }
    // Each turn begins with what holds for it.
    if (entry['type'] === 'turn_context') {
      const model = text(payload['model']);
      return model === '' ? [] : [{type: 'model', model}];
    }
    if (entry['type'] === 'compacted') return [{type: 'compacted'}];
    return entry['type'] === 'event_msg' ? (readers.get(text(payload['type']))?.(payload) ?? []) : [];
  },

  turn(line) {
    const entry = record(line);
    if (entry['type'] === 'compacted') return 'compacted';
    return entry['type'] === 'event_msg' ? (TURNS[text(record(entry['payload'])['type'])] ?? null) : null;
  },

  said(line) {
    const entry = record(line);
    const payload = record(entry['payload']);
    if (payload['type'] !== 'item_completed') return [];
    const item = record(payload['item']);
    return sayers.get(text(item['type']))?.(item, text(item['id'])) ?? [];
  },
};

const TURNS: Record<string, 'begun' | 'ended' | undefined> = {
  task_started: 'begun',
  task_complete: 'ended',
  turn_aborted: 'ended',
};

type Item = Record<string, unknown>;

const sayers = new Map<string, (item: Item, id: string) => Said[]>([
  ['UserMessage', (item, id) => [{id, role: 'user', text: textOf(item['content']), tool: null}]],
  ['AgentMessage', (item, id) => [{id, role: 'assistant', text: textOf(item['content']), tool: null}]],
  [
    'CommandExecution',
    (item, id) => {
      const command = Array.isArray(item['command']) ? item['command'].map(String) : [];
      // It runs what the model asked for in a shell of its own.
      const line = command.length === 3 && /^-l?c$/.test(command[1] ?? '') ? command[2]! : command.join(' ');
      const output = text(item['aggregated_output']);
      const call: Said = {id, role: 'assistant', text: line, tool: 'shell'};
      return output === '' ? [call] : [call, {id, role: 'tool', text: output, tool: 'shell'}];
    },
  ],
]);

const word = (state: 'working' | 'done' | 'idle' | 'error', kind = '', message = ''): AgentEvent => {
  return {type: 'status', state, kind, message};
};

const readers = new Map<string, (payload: Record<string, unknown>) => AgentEvent[]>([
  [
    'item_completed',
    payload => {
      const item = record(payload['item']);
      return item['type'] === 'UserMessage' ? [{type: 'prompt', text: textOf(item['content'])}] : [];
    },
  ],
  ['task_started', () => [word('working')]],
  [
    'task_complete',
    payload => {
      const error = record(payload['error']);
      const message = text(error['message']).slice(0, MESSAGE_MAX);
      if (Object.keys(error).length === 0) return [word('done')];
      return [word('error', errorKind(JSON.stringify(error['codex_error_info'] ?? ''), message), message)];
    },
  ],
  ['turn_aborted', () => [word('idle')]],
]);

function errorKind(info: string, message: string): string {
  if (/context_window/.test(info) || /ran out of room/.test(message)) return 'context';
  return /usage_limit|rate_limit/.test(info) || /\b429\b|usage limit|rate limit|quota/i.test(message) ? 'limit' : '';
}

/** Threads that codex makes for itself (titles, sub-agents) are others. */
const isOfPeople = (meta: Record<string, unknown>): boolean =>
  typeof meta['source'] === 'string' && (meta['thread_source'] ?? 'user') === 'user';

type Rollout = {file: string; cwd: string; startedAt: number};

const newest = (rollouts: Rollout[]): Rollout => rollouts.reduce((a, b) => (b.startedAt > a.startedAt ? b : a));

async function ofPeople(files: string[]): Promise<Rollout[]> {
  const found: Rollout[] = [];
  for (const file of files) {
    const meta = record(record(await firstLine(file))['payload']);
    if (!isOfPeople(meta)) continue;
    found.push({file, cwd: text(meta['cwd']), startedAt: Date.parse(text(meta['timestamp'])) || 0});
  }
  return found;
}

/** A start reads the latest rollouts of others as well: only what is open for writing is its own. */
async function openRollouts(pid: number): Promise<string[]> {
  const dir = `/proc/${pid}/fd`;
  const written = async (fd: string): Promise<string> => {
    const link = join(dir, fd);
    const file = await readlink(link);
    return ROLLOUT.test(file) && ((await lstat(link)).mode & OWNER_WRITES) !== 0 ? file : '';
  };
  const files = await Promise.all((await names(dir)).map(fd => written(fd).catch(() => '')));
  return files.filter(file => file !== '');
}

/** Folders are named by day, in local time. */
async function rolloutsSince({env, startedAt}: TranscriptAbout): Promise<string[]> {
  const home = env['CODEX_HOME'] || join(env['HOME'] ?? '', '.codex');
  const files: string[] = [];
  for (const at of [startedAt - DAY_MS, startedAt, startedAt + DAY_MS]) {
    const [year = '', month = '', day = ''] = new Date(at).toISOString().slice(0, 10).split('-');
    const dir = join(home, 'sessions', year, month, day);
    for (const name of await names(dir)) if (name.startsWith('rollout-')) files.push(join(dir, name));
  }
  return files;
}

async function firstLine(file: string): Promise<unknown> {
  try {
    await using handle = await open(file);
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(HEAD_MAX), 0, HEAD_MAX, 0);
    const end = buffer.subarray(0, bytesRead).indexOf(10);
    return end === -1 ? null : JSON.parse(buffer.subarray(0, end).toString());
  } catch {
    return null;
  }
}

const names = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
