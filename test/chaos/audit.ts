import assert from 'node:assert/strict';
import type {Paths} from '../../source/config/paths.ts';
import {type Entry, tableNames} from '../../source/domain/events.ts';
import {loadCopy} from '../../source/store/database.ts';
import {replay} from '../../source/store/replay.ts';
import {decodeLine, listSegments, readLines} from '../../source/store/segments.ts';
import type {Agent} from '../helpers/home.ts';
import type {Stage} from './stage.ts';

/** So much of a session's past is told with a failure, in lines. */
const STORY = 40;

/** Every entry of a journal in which no line is damaged and no cursor is missing. */
export function readableJournal(paths: Paths): Entry[] {
  const {entries, damaged} = journalEntries(paths);
  assert.deepEqual(damaged, []);
  for (const [i, {cursor}] of entries.entries()) assert.equal(cursor, i + entries[0]!.cursor, 'no gap between cursors');
  return entries;
}

function journalEntries({journal}: Paths): {entries: Entry[]; damaged: string[]} {
  const entries: Entry[] = [];
  const damaged: string[] = [];
  for (const {file} of listSegments(journal)) {
    for (const {bytes, line} of readLines(file)) {
      const entry = decodeLine(bytes);
      if (entry === null) damaged.push(`${file}:${line}: ${bytes.toString().slice(0, 200)}`);
      else entries.push(entry);
    }
  }
  return {entries, damaged};
}

/** What amux did with a session last, and what its agent says of itself: for whoever looks for the cause of a failure. */
export function lastOf(paths: Paths, {name, agent}: {name: string; agent: Agent}): string {
  const own = readableJournal(paths).filter(({session}) => session?.name === name);
  const told = own.slice(-STORY).map(({at, type, reason}) => `${new Date(at).toISOString()} ${type} ${reason}`);
  return [...told, ...agent.entries.slice(-STORY).map(entry => JSON.stringify(entry))].join('\n      ');
}

/** Of a home without a supervisor that was asked to end: what the journal says is what the database holds. */
export async function sameStates(paths: Paths): Promise<void> {
  const rebuilt = replay(paths.journal);
  assert.deepEqual(rebuilt.notices, []);
  const stored = await loadCopy(paths.database);
  assert.equal(stored.cursor, rebuilt.cursor);
  // As JSON, which is what both of them keep.
  for (const table of tableNames) {
    const [is, was] = [stored.state[table], rebuilt.state[table]].map(map =>
      Object.fromEntries([...map].map(([id, record]) => [id, JSON.parse(JSON.stringify(record))]).toSorted()),
    );
    assert.deepEqual(is, was, `the table ${table}`);
  }
}

/** Each note whose writer was answered is there. */
export function notesKept({journal}: Paths, texts: readonly string[]): void {
  const kept = new Set([...replay(journal).state.notes.values()].map(({text}) => text));
  assert.deepEqual(
    texts.filter(text => !kept.has(text)),
    [],
    'notes',
  );
}

/** What the journal has of a message, and who supervised meanwhile. */
export function storyOf({paths}: Stage, text: string): string {
  const {entries} = journalEntries(paths);
  const id = entries
    .flatMap(({changes}) => changes)
    .flatMap(change => (change.kind === 'message.put' && change.message.text === text ? [change.message.id] : []))[0];
  const about = entries.filter(({reason}) => new RegExp(`message ${id} `).test(reason));
  const [from = 0, to = 0] = [about[0]?.at, about.at(-1)?.at];
  const meanwhile = entries.filter(({at, type}) => type.startsWith('supervisor.') && at >= from && at <= to);
  const lines = [...about, ...meanwhile].sort((a, b) => a.cursor - b.cursor);
  return lines.map(({cursor, at, reason}) => `  ${cursor} ${new Date(at).toISOString()} ${reason}`).join('\n');
}

/** Each agent received what was sent to it: all of it, once, in order, in one life. */
export function receivedOnce(stage: Stage, sent: ReadonlyMap<string, readonly string[]>): void {
  for (const [name, texts] of sent) {
    const agent = stage.agents.get(name)!;
    const {prompts} = agent;
    const lost = texts.filter(text => !prompts.includes(text));
    const doubled = prompts.filter((text, at) => prompts.indexOf(text) !== at);
    const stories = [...lost, ...doubled].map(text => storyOf(stage, text)).join('\n');
    assert.deepEqual({lost, doubled}, {lost: [], doubled: []}, `messages of ${name}\n${stories}`);
    assert.deepEqual(prompts, texts, `the order of ${name}`);
    assert.equal(agent.entries.filter(({event}) => event === 'ready').length, 1, `${name} itself never ended`);
  }
}
