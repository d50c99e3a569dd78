import assert from 'node:assert/strict';
import type {Paths} from '../../source/config/paths.ts';
import {type Entry, tableNames} from '../../source/domain/events.ts';
import {loadCopy} from '../../source/store/database.ts';
import {replay} from '../../source/store/replay.ts';
import {decodeLine, listSegments, readLines} from '../../source/store/segments.ts';
import type {Stage} from './stage.ts';

/** Every entry of a journal in which no line is damaged and no cursor is missing. */
export function readableJournal({journal}: Paths): Entry[] {
  const entries: Entry[] = [];
  for (const {file} of listSegments(journal)) {
    for (const {bytes, line} of readLines(file)) {
      const entry = decodeLine(bytes);
      assert.ok(entry !== null, `${file}:${line} cannot be read: ${bytes.toString().slice(0, 200)}`);
      const last = entries.at(-1)?.cursor;
      if (last !== undefined) assert.equal(entry.cursor, last + 1, `${file}:${line}: a gap behind entry ${last}`);
      entries.push(entry);
    }
  }
  return entries;
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

/** Each agent received what was sent to it: all of it, once, in order, in one life. */
export function receivedOnce(stage: Stage, sent: ReadonlyMap<string, readonly string[]>): void {
  for (const [name, texts] of sent) {
    const agent = stage.agents.get(name)!;
    const {prompts} = agent;
    const lost = texts.filter(text => !prompts.includes(text));
    const doubled = prompts.filter((text, at) => prompts.indexOf(text) !== at);
    assert.deepEqual({lost, doubled}, {lost: [], doubled: []}, `messages of ${name}`);
    assert.deepEqual(prompts, texts, `the order of ${name}`);
    assert.equal(agent.entries.filter(({event}) => event === 'ready').length, 1, `${name} itself never ended`);
  }
}
