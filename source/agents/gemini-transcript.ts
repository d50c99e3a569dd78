import {open, readdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Said} from '../domain/transcript.ts';
import type {Transcript, TranscriptAbout} from './agent.ts';
import {record, text, textOf} from './fields.ts';

const HEAD_MAX = 16 * 1024;
/** A conversation may be made a little before the start that we know, in ms. */
const START_SLACK_MS = 2000;

export const geminiTranscript: Transcript = {
  /**
   * The file of the known conversation, or the one that began here after it (`/clear`): nothing in a file names its
   * process. Where other sessions write beside it only what was told counts.
   */
  async find(about) {
    const {conversation, taken} = about;
    const chats = await chatsOf(about);
    if (chats === null) return null;
    const heads = await Promise.all((await names(chats)).filter(isChat).map(name => headOf(join(chats, name))));
    const known = heads.filter(head => head !== null).sort((a, b) => a.startedAt - b.startedAt);
    // A resumed one goes on in its old file; beside it a new one with the same id stays without lines.
    const own = known.find(({id}) => id === conversation?.id);
    const begun = known.filter(({file, id, startedAt}) => {
      return id !== own?.id && !taken.has(file) && startedAt >= about.startedAt - START_SLACK_MS;
    });
    if (own === undefined) return begun.length === 1 ? begun[0]!.file : null;
    const shared = [...taken].some(file => dirname(file) === chats);
    const next = shared ? undefined : begun.findLast(({startedAt}) => startedAt > own.startedAt);
    return (next ?? own).file;
  },

  read(line) {
    const entry = record(line);
    const id = text(entry['sessionId']);
    if (id !== '') return entry['kind'] === 'main' ? [{type: 'conversation', id, file: null}] : [];
    const model = text(entry['model']);
    if (entry['type'] === 'gemini') return model === '' ? [] : [{type: 'model', model}];
    if (entry['type'] !== 'user') return [];
    const said = textOf(entry['content']);
    return said === '' || said.startsWith(MADE) ? [] : [{type: 'prompt', text: said}];
  },

  /** An answer is written before the tools that it calls: no line says that a turn is over. Its hooks do. */
  turn(line) {
    return record(line)['type'] === 'user' && geminiTranscript.read(line).length > 0 ? 'begun' : null;
  },

  /** A message is written again, under its id, as it grows. */
  said(line) {
    const entry = record(line);
    const id = text(entry['id']);
    const role = ROLES[text(entry['type'])];
    if (role === undefined) return [];
    const words = textOf(entry['content']);
    const own: Said[] = words === '' || words.startsWith(MADE) ? [] : [{id, role, text: words, tool: null}];
    const calls = (Array.isArray(entry['toolCalls']) ? entry['toolCalls'] : []).map(record);
    return [
      ...own,
      ...calls.map((call): Said => {
        const input = JSON.stringify(call['args'] ?? {});
        return {id: text(call['id']), role: 'assistant', text: input, tool: text(call['name'])};
      }),
    ];
  },
};

/** What it tells the model of itself at the start. */
const MADE = '<session_context>';
const ROLES: Record<string, Said['role'] | undefined> = {user: 'user', gemini: 'assistant'};

const isChat = (name: string): boolean => /^session-.*\.jsonl$/.test(name);

/** Directories have short names of its own, by a list that it keeps. */
async function chatsOf({env, dir}: TranscriptAbout): Promise<string | null> {
  const home = join(env['GEMINI_CLI_HOME'] || (env['HOME'] ?? ''), '.gemini');
  try {
    const projects = record(record(JSON.parse(await readFile(join(home, 'projects.json'), 'utf8')))['projects']);
    const name = text(projects[dir]);
    return /^[\w.-]+$/.test(name) ? join(home, 'tmp', name, 'chats') : null;
  } catch {
    return null;
  }
}

type Head = {file: string; id: string; startedAt: number};

async function headOf(file: string): Promise<Head | null> {
  try {
    await using handle = await open(file);
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(HEAD_MAX), 0, HEAD_MAX, 0);
    const [line = ''] = buffer.subarray(0, bytesRead).toString().split('\n', 1);
    const head = record(JSON.parse(line));
    return {file, id: text(head['sessionId']), startedAt: Date.parse(text(head['startTime'])) || 0};
  } catch {
    return null;
  }
}

const names = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
