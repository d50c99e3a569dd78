import assert from 'node:assert/strict';
import {appendFileSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, describe, test} from 'node:test';
import sqlite from 'sqlite3';
import {noSignals} from '../../source/domain/evidence.ts';
import {PRICES} from '../../source/domain/prices.ts';
import type {Session} from '../../source/domain/session.ts';
import {Spendings} from '../../source/supervisor/spending.ts';
import {session} from '../store/records.ts';

const root = mkdtempSync(join(tmpdir(), 'amux-spending-'));
after(() => rmSync(root, {recursive: true, force: true}));
const NOW = Date.parse('2026-11-20T09:00:00Z');
let places = 0;

describe('what sessions spend', () => {
  test('is found where a profile keeps its history, and so is what else lies there', async () => {
    const {spendings, dir} = place();
    const file = join(dir, 'account two', 'projects', '-work', 'c-1.jsonl');
    say(file, {conversation: 'c-1', input: 7});
    say(join(dirname(file), 'c-1', 'subagents', 'agent-a.jsonl'), {conversation: 'c-1', input: 20});
    say(join(dirname(file), 'c-2.jsonl'), {conversation: 'c-2', input: 300});
    await spendings.follow(claude({id: 'c-1', file}));
    assert.equal(spendings.report({all: true}).total.input, 27);
    await spendings.ledger.scan();
    assert.equal(spendings.report({all: true}).total.input, 327);
    const {spendings: another} = place();
    another.sessions.set('s', claude({id: 'c-1', file}));
    await another.readAll();
    assert.equal(another.report({all: true}).total.input, 327);
    // What merely looks like a path is no reason to look there.
    await spendings.follow(claude({id: 'c-3', file: join(dir, 'elsewhere', 'c-3.jsonl')}));
    assert.equal(spendings.report({all: true}).total.input, 327);
  });

  test('is found in the environment that a program was given, databases too', async () => {
    const {spendings, dir} = place();
    const data = join(dir, 'own data');
    const file = join(dir, 'config', 'projects', '-work', 'c-1.jsonl');
    say(file, {conversation: 'c-1', input: 7});
    const database = await opencodeDatabase(join(data, 'opencode', 'opencode.db'));
    await database.say('m-1', 500);
    spendings.runsIn('opencode', {HOME: dir, XDG_DATA_HOME: data});
    spendings.runsIn('claude', {HOME: dir, CLAUDE_CONFIG_DIR: join(dir, 'config')});
    spendings.runsIn('opencode', {HOME: dir, XDG_DATA_HOME: data});
    await spendings.ledger.scan();
    assert.equal(spendings.report({all: true}).total.input, 507);
    // Who asks while it is being read gets what is there by now.
    const before = spendings.ledger.scanDatabases();
    await database.say('m-2', 4000);
    await Promise.all([before, spendings.follow(session('s', {agentType: 'opencode'}))]);
    assert.equal(spendings.report({all: true}).total.input, 4507);
    await database.close();
  });

  test('in a database whose clock was ahead once is found all the same, and the same as from scratch', async () => {
    const {spendings, dir, kept, at} = place();
    const file = join(dir, '.local', 'share', 'opencode', 'opencode.db');
    const database = await opencodeDatabase(file);
    await database.say('m-1', 100);
    await database.say('m-2', 7, NOW + 365 * 86_400_000);
    await spendings.readAll();
    assert.equal(spendings.report({all: true}).total.input, 107);
    at.now += 3_600_000;
    await database.say('m-3', 50_000, at.now - 600_000);
    await spendings.readAll();
    assert.equal(spendings.report({all: true}).total.input, 50_107);
    // Set back by half an hour, and what stands there from before is still known.
    at.now -= 1_800_000;
    await database.say('m-4', 2_000_000, at.now - 1000);
    await spendings.readAll();
    assert.equal(spendings.report({all: true}).total.input, 2_050_107);
    const scratch = kept({HOME: dir});
    await scratch.readAll();
    assert.deepEqual(scratch.report({all: true}), spendings.report({all: true}));
    await database.close();
  });

  test('by sub-agents that begin at once, and by those whose beginner is gone, counts each', async () => {
    const {spendings, dir} = place();
    const database = await opencodeDatabase(join(dir, '.local', 'share', 'opencode', 'opencode.db'));
    for (const [id, parent] of [
      ['a', 'ses_1'],
      ['b', 'ses_1'],
      ['c', 'gone'],
    ] as const)
      await database.begin(id, parent);
    for (const [id, input] of [
      ['a', 1000],
      ['b', 2000],
      ['c', 44],
    ] as const)
      await database.say(id, input, NOW, id);
    await spendings.readAll();
    const {rows} = spendings.report({all: true});
    assert.deepEqual(
      rows.map(({key, input}) => [key, input]),
      [
        ['ses_1', 3000],
        ['c', 44],
      ],
    );
    await database.close();
  });

  test('by sub-agents of Gemini is found while they work', async () => {
    const {spendings, dir} = place();
    const chats = join(dir, '.gemini', 'tmp', 'project', 'chats');
    const message = {id: 'm', type: 'gemini', model: 'gemini-2.5-pro', tokens: {input: 5000, output: 77}};
    const file = join(chats, 'session-2026-11-20T08-42-conversa.jsonl');
    const lines = (id: string) => `${JSON.stringify({sessionId: id})}\n${JSON.stringify(message)}\n`;
    mkdirSync(join(chats, 'conversation'), {recursive: true});
    appendFileSync(file, lines('conversation'));
    appendFileSync(join(chats, 'conversation', 'sub.jsonl'), lines('sub'));
    const gemini = session('s', {agentType: 'gemini', conversation: {id: 'conversation', file, at: 1}});
    await spendings.follow(gemini);
    const [row] = spendings.report({all: true}).rows;
    assert.deepEqual([row!.key, row!.input, row!.output], ['conversation', 10_000, 154]);
  });

  test('by what no session of the fleet has is found when somebody asks for all', async () => {
    const {spendings, dir, at} = place();
    const file = join(dir, '.claude', 'projects', '-work', 'c-1.jsonl');
    say(file, {conversation: 'c-1', input: 7});
    await spendings.readNews();
    assert.equal(spendings.report({all: true}).total.input, 7);
    say(file, {conversation: 'c-1', input: 300});
    at.now += 10_000;
    await spendings.readNews();
    assert.equal(spendings.report({all: true}).total.input, 307);
  });

  test('in a conversation that was left is kept at once, and what comes with an end is read once more', async () => {
    const {spendings, dir, kept} = place();
    const file = (name: string) => join(dir, '.claude', 'projects', '-work', `${name}.jsonl`);
    say(file('c-1'), {conversation: 'c-1', input: 7});
    say(file('c-2'), {conversation: 'c-2', input: 20});
    const sessions = spendings.sessions;
    sessions.set('s', claude({id: 'c-1', file: file('c-1')}));
    await spendings.followAll();
    say(file('c-1'), {conversation: 'c-1', input: 300});
    sessions.set('s', claude({id: 'c-2', file: file('c-2')}));
    await spendings.followAll();
    // As it would be after a crash, when nothing is read again.
    assert.equal(kept().report({all: true}).total.input, 327);

    say(file('c-2'), {conversation: 'c-2', input: 4000});
    const {run, ...ended} = claude({id: 'c-2', file: file('c-2')});
    sessions.set('s', {...ended, status: 'completed', run: {...run!, endedAt: NOW}});
    await spendings.followAll();
    assert.equal(spendings.report({all: true}).total.input, 4327);
  });
});

/** A home of a user with nothing in it, and who counts what is spent there. */
function place() {
  const dir = join(root, String(++places));
  const sessions = new Map<string, Session>();
  const at = {now: NOW};
  const options = {
    file: join(dir, 'ledger.bin'),
    prices: PRICES,
    sessions: () => sessions.values(),
    conversations: () => new Map(),
    now: () => at.now,
  };
  mkdirSync(dir);
  const spendings = Object.assign(new Spendings({...options, writes: true, env: {HOME: dir}}), {sessions});
  /** With an environment: all is read anew. */
  const kept = (env: Record<string, string> | null = null) =>
    new Spendings({...options, ...(env !== null && {file: join(dir, 'none.bin')}), writes: false, env});
  return {dir, spendings, kept, at};
}

function claude(conversation: {id: string; file: string}): Session {
  const run = {id: 'r', argv: ['claude'], startedAt: 1, endedAt: null} as unknown as Session['run'];
  return session('s', {
    agentType: 'claude',
    status: 'running',
    conversation: {...conversation, at: 1},
    run,
    signals: {...noSignals(), output: {at: 1, since: 1}},
  });
}

let messages = 0;

function say(file: string, {conversation, input}: {conversation: string; input: number}): void {
  mkdirSync(dirname(file), {recursive: true});
  const usage = {input_tokens: input, output_tokens: 0};
  const message = {id: `m-${++messages}`, role: 'assistant', model: 'claude-opus-5-5', usage};
  const line = {type: 'assistant', sessionId: conversation, timestamp: '2026-11-20T08:00:00.000Z', message};
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

async function opencodeDatabase(file: string) {
  mkdirSync(dirname(file), {recursive: true});
  const database = new sqlite.Database(file);
  const run = (sql: string, values: unknown[] = []) =>
    new Promise<void>((resolve, reject) => database.run(sql, values, error => (error ? reject(error) : resolve())));
  await run('CREATE TABLE session (id TEXT, parent_id TEXT, time_created INTEGER)');
  await run('CREATE TABLE message (id TEXT, session_id TEXT, time_updated INTEGER, data TEXT)');
  await run('INSERT INTO session VALUES (?, NULL, ?)', ['ses_1', NOW]);
  let last = NOW;
  return {
    begin: (id: string, parent: string) => run('INSERT INTO session VALUES (?, ?, ?)', [id, parent, NOW]),
    say: (id: string, input: number, at = ++last, conversation = 'ses_1') => {
      const data = {role: 'assistant', modelID: 'm', time: {created: at}, tokens: {input, output: 0}};
      return run('INSERT INTO message VALUES (?, ?, ?, ?)', [id, conversation, at, JSON.stringify(data)]);
    },
    close: () => new Promise<void>(resolve => database.close(() => resolve())),
  };
}
