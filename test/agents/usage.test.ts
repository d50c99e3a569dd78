import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import {codexUsage} from '../../source/agents/codex-usage.ts';
import {geminiHistories} from '../../source/agents/gemini-histories.ts';
import {geminiUsage} from '../../source/agents/gemini-usage.ts';
import {opencodeUsage} from '../../source/agents/opencode-usage.ts';
import type {Reading, Usage, UsageReader} from '../../source/domain/ledger.ts';

const fixtures = new URL('../fixtures/agents/transcripts/', import.meta.url);
const codexFiles = readdirSync(new URL('codex/', fixtures)).filter(name => name.endsWith('.jsonl'));

describe("tokens in Codex's rollouts", () => {
  it('are those of its records: what is told again and what a fork inherits do not count', () => {
    const records = new Map<string, number[]>();
    for (const name of codexFiles)
      records.set(
        name,
        readFile(codexUsage, `codex/${name}`).usages.map(each => each.input),
      );
    const expected = new Map([
      ['rollout-approval.jsonl', [11_315, 11_435]],
      ['rollout-auto-compact.jsonl', [11_459, 11_536, 16_000, 9113, 11_672]],
      ['rollout-error-401-and-interrupt.jsonl', []],
      ['rollout-error-context.jsonl', []],
      ['rollout-forked.jsonl', [11_997]],
      ['rollout-killed-then-resumed.jsonl', [10_369, 10_468, 10_587]],
      ['rollout-steer-and-compact.jsonl', [11_452, 11_561, 9010]],
    ]);
    for (const [name, inputs] of records) assert.deepEqual(inputs, expected.get(name), name);
    assert.deepEqual(records.size > 3, true);
  });

  it('of versions without records come from the sums that they repeat', () => {
    for (const name of codexFiles) {
      const text = readFileSync(new URL(`codex/${name}`, fixtures), 'utf8');
      const older = text
        .split('\n')
        .filter(line => !line.includes('"token_usage_record"'))
        .map(line => line.replace(/"ordinal":\d+,/, ''))
        .join('\n');
      const usages = (all: Usage[]) => all.map(({key: _, ...usage}) => ({...usage, at: 0}));
      assert.deepEqual(usages(readText(codexUsage, older).usages), usages(readText(codexUsage, text).usages), name);
    }
  });

  it('of a fork begin with its first answer, though it tells of its parent’s last one before', () => {
    const counts = (input: number) => ({input_tokens: input, output_tokens: 20, total_tokens: input + 20});
    const told = (total: number, last: number) => ({
      type: 'event_msg',
      payload: {type: 'token_count', info: {total_token_usage: counts(total), last_token_usage: counts(last)}},
    });
    const interrupted = [
      {type: 'session_meta', ordinal: 24, payload: {id: 'fork', forked_from_id: 'parent'}},
      {...told(3000, 2000), ordinal: 31},
    ];
    assert.deepEqual(readText(codexUsage, linesOf(interrupted)).usages, []);
    const answered = [
      ...interrupted,
      {type: 'token_usage_record', ordinal: 36, payload: {thread_id: 'fork', response_id: 'r', usage: counts(70)}},
      {...told(3070, 70), ordinal: 37},
    ];
    const {usages, contexts} = readText(codexUsage, linesOf(answered));
    assert.deepEqual(
      usages.map(({input}) => input),
      [70],
    );
    assert.equal(contexts.at(-1)!.used, 90);
  });

  it('are split into kinds that do not overlap, and name thread and model', () => {
    const usage = {
      input_tokens: 100,
      cached_input_tokens: 60,
      cache_write_input_tokens: 10,
      output_tokens: 9,
      reasoning_output_tokens: 4,
    };
    const lines = [
      {type: 'session_meta', payload: {id: 't-1'}},
      {type: 'turn_context', payload: {model: 'gpt-5.5'}},
      {
        type: 'token_usage_record',
        timestamp: '2026-11-20T08:00:00Z',
        payload: {thread_id: 't-2', session_id: 't-1', response_id: 'r', usage},
      },
      {
        type: 'token_usage_record',
        payload: {thread_id: 't-1', response_id: 'r2', usage: {...usage, output_tokens: -1}},
      },
    ];
    const {usages, skipped} = readText(codexUsage, linesOf(lines));
    const [{key: _, ...found}] = usages as [Usage];
    const at = Date.parse('2026-11-20T08:00:00Z');
    const counts = {input: 30, cacheRead: 60, cacheWrite: 10, cacheWriteHour: 0, output: 9, reasoning: 4, cost: null};
    assert.deepEqual(found, {conversation: 't-1', model: 'gpt-5.5', at, ...counts});
    assert.equal(skipped, 1);
  });

  it('say how full the context is, and after a compaction how full it is then', () => {
    const {contexts} = readFile(codexUsage, 'codex/rollout-steer-and-compact.jsonl');
    const {used, limit} = contexts.at(-1)!;
    assert.deepEqual({used, limit}, {used: 8267, limit: 258_400});
  });
});

describe("tokens in Gemini's histories", () => {
  it('count a message once that is written again, with its thoughts and what came from the cache', () => {
    const tokens = {input: 100, output: 5, cached: 40, thoughts: 7, tool: 3, total: 115};
    const message = {
      id: 'm',
      timestamp: '2026-11-20T08:00:00Z',
      type: 'gemini',
      model: 'gemini-3.1-pro-preview',
      tokens,
    };
    const lines = [
      {sessionId: 's', kind: 'main'},
      message,
      message,
      {$set: {messages: [message]}},
      {...message, tokens: null},
    ];
    const {usages, skipped} = readText(geminiUsage, linesOf(lines));
    assert.equal(new Set(usages.map(({key}) => `${key.high} ${key.low}`)).size, 1);
    const {input, cacheRead, output, reasoning, conversation} = usages[0]!;
    assert.deepEqual(
      {input, cacheRead, output, reasoning, conversation},
      {input: 63, cacheRead: 40, output: 12, reasoning: 7, conversation: 's'},
    );
    assert.equal(input + cacheRead + output, tokens.total);
    assert.equal(skipped, 0);
  });

  it('of a sub-agent count for the conversation that started it, whose context they do not fill', () => {
    const tokens = {input: 100, output: 5, cached: 0, thoughts: 0, tool: 0, total: 105};
    const message = {id: 'm', type: 'gemini', model: 'gemini-3.1-pro-preview', tokens};
    const text = linesOf([{sessionId: 'sub', kind: 'subagent'}, message]);
    const path = 'project/chats/parent/sub.jsonl';
    assert.ok(geminiHistories.isHistory(path));
    const {usages, contexts} = readText(geminiUsage, text, path);
    assert.deepEqual(
      usages.map(({conversation, input}) => ({conversation, input})),
      [{conversation: 'parent', input: 100}],
    );
    assert.deepEqual(contexts, []);
  });

  it('are found in captured ones', () => {
    const sums = readdirSync(new URL('gemini/', fixtures)).map(name =>
      readFile(geminiUsage, `gemini/${name}`).usages.reduce((sum, each) => sum + each.input + each.output, 0),
    );
    assert.ok(
      sums.some(sum => sum > 12_000),
      String(sums),
    );
  });
});

describe("tokens in opencode's database", () => {
  const row = (data: object, more = {}) =>
    opencodeUsage.row({id: 'm', session: 's', root: 's', data: JSON.stringify(data), ...more});
  const data = {
    role: 'assistant',
    path: {cwd: '/work'},
    cost: 0.25,
    providerID: 'anthropic',
    modelID: 'claude-opus-5-5',
    time: {created: 1_795_204_872_178},
    tokens: {total: 1050, input: 700, output: 30, reasoning: 20, cache: {write: 0, read: 300}},
  };

  it('are those of a message, whose reasoning stands beside its output', () => {
    const {usage, context} = row(data);
    assert.deepEqual([usage?.input, usage?.cacheRead, usage?.output, usage?.cost], [700, 300, 50, 250_000]);
    assert.equal(context?.used, 1050);
  });

  it('are the same message in a fork, and count for the conversation that started a sub-agent', () => {
    assert.deepEqual(row(data, {id: 'copy', session: 'f', root: 'f'}).usage?.key, row(data).usage?.key);
    const below = row(data, {session: 'child'});
    assert.equal(below.usage?.conversation, 's');
    assert.equal(below.context, null);
  });

  it('are none in what a person said, and damaged ones are refused', () => {
    assert.equal(row({role: 'user', time: {created: 1}}).usage, null);
    assert.throws(() => row({...data, tokens: {input: -1}}));
    assert.throws(() => opencodeUsage.row({data: '{'}));
  });
});

function readFile<C>(reader: UsageReader<C>, name: string): Reading<C> {
  return readText(reader, readFileSync(new URL(name, fixtures), 'utf8'), name);
}

function readText<C>(reader: UsageReader<C>, text: string, name = ''): Reading<C> {
  return reader.read(Buffer.from(`${text}\n`), reader.begin(name));
}

const linesOf = (entries: readonly object[]): string => entries.map(entry => JSON.stringify(entry)).join('\n');
