import {access, readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {AgentEvent} from '../domain/agent-event.ts';
import type {ProgramState} from '../domain/evidence.ts';
import type {StateFile, Transcript} from './agent.ts';
import {claudeSaid} from './claude-said.ts';
import {record, text, textOf} from './fields.ts';

const MESSAGE_MAX = 300;

type Environment = Readonly<Record<string, string>>;

const configDir = (env: Environment): string => env['CLAUDE_CONFIG_DIR'] || join(env['HOME'] ?? '', '.claude');

/** What a process of Claude says of itself: one file per process, gone with its orderly end. */
export const claudeStateFile: StateFile = {
  dir: env => join(configDir(env), 'sessions'),
  name: pid => `${pid}.json`,
  pidOf(name) {
    const [, pid] = /^(\d+)\.json$/.exec(name) ?? [];
    return pid === undefined ? null : Number(pid);
  },
  read(content, process) {
    const file = record(content);
    // A killed one leaves its file behind, and its pid may be another's by now.
    if (file['pid'] !== process.pid || (process.start !== '' && text(file['procStart']) !== process.start)) return null;
    const id = text(file['sessionId']);
    const events: AgentEvent[] = id === '' ? [] : [{type: 'conversation', id, file: null}];
    const state = STATES[text(file['status'])];
    const waits = text(file['waitingFor']);
    // A window that the person opened himself is told like one that asks: its screen tells them apart.
    if (state !== undefined && waits !== 'dialog open')
      events.push({type: 'status', state, kind: kindOf(state, waits), message: waits});
    const at = file['statusUpdatedAt'];
    return {at: typeof at === 'number' ? at : null, events};
  },
};

const STATES: Record<string, ProgramState | undefined> = {
  idle: 'idle',
  busy: 'working',
  shell: 'working',
  waiting: 'blocked',
};

function kindOf(state: ProgramState, waits: string): string {
  if (state !== 'blocked') return '';
  return waits === 'input needed' ? 'question' : 'permission';
}

export const claudeTranscript: Transcript = {
  async find(about) {
    const config = configDir(about.env);
    for (const {pid, start} of about.processes) {
      const own = await parsed(join(config, 'sessions', `${pid}.json`));
      if (own === null || claudeStateFile.read(own, {pid, start}) === null) continue;
      // Its id changes in place (`/clear`), so this is newer than what the launch or a hook said.
      return fileOf(config, {id: text(own['sessionId']), cwd: text(own['cwd'])});
    }
    const {conversation} = about;
    if (conversation === null) return null;
    if (conversation.file !== null && (await exists(conversation.file))) return conversation.file;
    return fileOf(config, {id: conversation.id, cwd: about.dir});
  },

  /**
   * The ends of turns that stand here are no ends: what waits in its queue goes on at once, and nothing here says so.
   * Its state file tells both.
   */
  read(line) {
    const entry = record(line);
    if (entry['isSidechain'] === true) return [];
    return (readers.get(text(entry['type'])) ?? nothing)(entry);
  },

  said: claudeSaid,

  turn(line) {
    const entry = record(line);
    if (entry['isSidechain'] === true) return null;
    const message = record(entry['message']);
    switch (text(entry['type'])) {
      case 'user': {
        const said = textOf(message['content']);
        if (said.startsWith('[Request interrupted by user')) return 'ended';
        // Commands of its own are told as lines of the person's side.
        if (said === '' || entry['isMeta'] === true || entry['isCompactSummary'] === true) return null;
        return /^<(command|local-command)-/.test(said) ? null : 'begun';
      }
      case 'assistant':
        return entry['isApiErrorMessage'] === true || message['stop_reason'] === 'end_turn' ? 'ended' : null;
      case 'system':
        if (entry['subtype'] === 'compact_boundary') return 'compacted';
        return entry['subtype'] === 'turn_duration' ? 'ended' : null;
      default:
        return null;
    }
  },
};

type Entry = Record<string, unknown>;

/** Lines of a person's side that nobody typed. */
const MADE = /^(<task-notification>|\[Request interrupted by user)/;

const nothing = (): AgentEvent[] => [];

const readers = new Map<string, (entry: Entry) => AgentEvent[]>([
  [
    'user',
    entry => {
      // What left its own queue was told when it came in; the summary of a compaction was typed by nobody.
      if (entry['isMeta'] === true || entry['isCompactSummary'] === true || entry['promptSource'] === 'queued')
        return [];
      const said = textOf(record(entry['message'])['content']);
      if (said === '') return [];
      if (MADE.test(said)) return [];
      return [...conversationOf(entry), {type: 'prompt', text: said}];
    },
  ],
  [
    'queue-operation',
    entry => {
      const said = textOf(entry['content']);
      return entry['operation'] === 'enqueue' && !MADE.test(said) ? [{type: 'prompt', text: said}] : [];
    },
  ],
  [
    'system',
    entry => {
      if (entry['subtype'] !== 'compact_boundary') return [];
      return [{type: 'compacted', inTurn: record(entry['compactMetadata'])['trigger'] === 'auto'}];
    },
  ],
  [
    'assistant',
    entry => {
      const model = text(record(entry['message'])['model']);
      // What it adds itself, such as an error, is of no model.
      if (entry['isApiErrorMessage'] !== true) return isMade(model) ? [] : [{type: 'model', model}];
      const message = textOf(record(entry['message'])['content']).slice(0, MESSAGE_MAX);
      return [{type: 'status', state: 'error', kind: errorKind(text(entry['error']), message), message}];
    },
  ],
]);

const isMade = (model: string): boolean => model === '' || model.startsWith('<');

function conversationOf(entry: Entry): AgentEvent[] {
  const id = text(entry['sessionId']);
  return id === '' ? [] : [{type: 'conversation', id, file: null}];
}

function errorKind(error: string, message: string): string {
  if (error === 'rate_limit') return 'limit';
  if (/\/login|not logged in/i.test(message)) return 'login';
  return /prompt is too long|context limit|conversation too long/i.test(message) ? 'context' : '';
}

/** It stays in the folder of the directory where the conversation began, wherever it is resumed. */
async function fileOf(config: string, {id, cwd}: {id: string; cwd: string}): Promise<string | null> {
  if (!/^[\w-]+$/.test(id)) return null;
  const projects = join(config, 'projects');
  const likely = join(projects, cwd.replace(/[^A-Za-z0-9]/g, '-'), `${id}.jsonl`);
  if (await exists(likely)) return likely;
  for (const folder of await names(projects)) {
    const file = join(projects, folder, `${id}.jsonl`);
    if (await exists(file)) return file;
  }
  return null;
}

async function parsed(file: string): Promise<Entry | null> {
  try {
    return record(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const names = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
