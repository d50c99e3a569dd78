import {randomBytes} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Forked, Forking} from './agent.ts';
import {list, record, text} from './unknown.ts';

/**
 * Its own fork stays in the directory of the first conversation, and so do the tools of it, wherever it is called from.
 * So a copy under other ids is brought in for the new directory. The program of the first one has no part in that.
 */
export async function forkOpencode({conversation, dir, files, run}: Forking): Promise<Forked> {
  const copy = copyOf(JSON.parse(await run(['export', conversation])), {dir, random});
  const file = join(files, 'conversation.json');
  writeFileSync(file, JSON.stringify(copy.data), {mode: 0o600});
  await run(['import', file]);
  return {flags: ['-s', copy.id], conversation: copy.id};
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** `ses_` and twelve digits that tell the time: by those it is sorted. */
const SORTED = 'ses_'.length + 12;
const RANDOM = 14;
const ID_KEYS = new Set(['id', 'sessionID', 'messageID', 'parentID']);

const random = (): string => [...randomBytes(RANDOM)].map(byte => DIGITS[byte % DIGITS.length]).join('');

/** An exported conversation as another one: of a directory, and with ids that nothing else has, in the same order. */
export function copyOf(
  exported: unknown,
  {dir, random}: {dir: string; random: () => string},
): {id: string; data: unknown} {
  const {info, messages} = record(exported);
  if (text(record(info)['id']) === '') throw new Error('it told no conversation');
  const own = new Map<string, string>();
  const rename = (each: unknown): void => {
    const id = text(record(each)['id']);
    own.set(id, id.slice(0, SORTED) + random());
  };
  rename(info);
  for (const message of list(messages).map(record)) {
    rename(message['info']);
    list(message['parts']).forEach(rename);
  }
  const {title} = record(info);
  const {parentID: _, share: __, ...kept} = record(info);
  const copied = {...kept, directory: dir, title: `${text(title)} (fork)`};
  const data = renamed({info: copied, messages: list(messages).map(settled)}, own);
  return {id: own.get(text(record(info)['id']))!, data};
}

/** As it says itself of what was interrupted. */
const ABORTED = {name: 'MessageAbortedError', data: {message: 'Aborted'}};

/** What ran in that moment goes on there, not here. */
function settled(message: unknown): unknown {
  const {info, parts} = record(message);
  const time = record(record(info)['time']);
  const at = time['created'];
  const open = record(info)['role'] === 'assistant' && time['completed'] === undefined;
  return {
    info: open ? {...record(info), time: {...time, completed: at}, error: ABORTED} : info,
    parts: list(parts).map(part => {
      const state = record(record(part)['state']);
      if (record(part)['type'] !== 'tool' || !/^(pending|running)$/.test(text(state['status']))) return part;
      const {status: _, ...rest} = state;
      const input = rest['input'] ?? {};
      const error = 'The conversation was forked while this ran: it ended in the other one.';
      const since = record(rest['time'])['start'] ?? at;
      return {...record(part), state: {...rest, status: 'error', input, error, time: {start: since, end: since}}};
    }),
  };
}

function renamed(value: unknown, own: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map(each => renamed(each, own));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const other = ID_KEYS.has(key) && typeof each === 'string' ? own.get(each) : undefined;
      return [key, other ?? renamed(each, own)];
    }),
  );
}
