import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import {claudeUsage} from '../../source/agents/claude-usage.ts';
import {messageKey as keyOfNames, type Usage} from '../../source/domain/ledger.ts';

const fixtures = new URL('../fixtures/agents/transcripts/claude/', import.meta.url);
const usageLines = new URL('../fixtures/agents/usage/', import.meta.url);

describe("tokens in Claude's history", () => {
  it('a line is read as a whole parser reads it, whatever stands in it', () => {
    for (const line of lines()) {
      const text = JSON.stringify(line);
      assert.deepEqual(read(text).usages, slow(line), text);
      const spaced = JSON.stringify(line, null, 1).replaceAll('\n', ' ');
      assert.deepEqual(read(spaced).usages, slow(line), spaced);
    }
  });

  it('captured histories add up to what a whole parser finds', () => {
    for (const name of readdirSync(fixtures).filter(each => each.endsWith('.jsonl'))) {
      const text = readFileSync(new URL(name, fixtures), 'utf8');
      const expected = together(text.split('\n').flatMap(line => (line === '' ? [] : slow(JSON.parse(line)))));
      assert.deepEqual(read(text.trimEnd()).usages, expected, name);
    }
  });

  it('what a fork copied was paid by its parent, and what follows /clear by the new conversation', () => {
    const paid = (name: string) =>
      read(readFileSync(new URL(name, usageLines), 'utf8').trimEnd()).usages.map(({conversation, input}) => [
        conversation.slice(0, 8),
        input,
      ]);
    assert.deepEqual(paid('claude-forked.jsonl'), [
      ['86d7b828', 1000],
      ['86d7b828', 1210],
      ['1030de7c', 1650],
    ]);
    assert.deepEqual(paid('claude-cleared.jsonl'), [['b1f3ec3f', 1980]]);
  });

  it('any cut into pieces gives the same', () => {
    const text = `${lines()
      .map(line => JSON.stringify(line))
      .join('\n')}\n`;
    const whole = claudeUsage.read(Buffer.from(text), claudeUsage.begin(''));
    const bytes = Buffer.from(text);
    for (let size = 1; size < bytes.length; size = Math.ceil(size * 1.7)) {
      let carry = claudeUsage.begin('');
      const usages: Usage[] = [];
      let rest: Buffer = Buffer.alloc(0);
      for (let at = 0; at < bytes.length; at += size) {
        const chunk = Buffer.concat([rest, bytes.subarray(at, at + size)]);
        const step = claudeUsage.read(chunk, carry);
        usages.push(...step.usages);
        carry = step.carry;
        rest = chunk.subarray(step.used);
      }
      assert.deepEqual(together(usages), whole.usages, `pieces of ${size}`);
    }
  });

  it('any number of lines in one piece are read, however short or long they are', () => {
    const short = (n: number): string =>
      `{"type":"assistant","message":{"id":"m${n}","role":"assistant","usage":{"output_tokens":${n}}}}`;
    const many = Array.from({length: 20_000}, (_, n) => short(n));
    const long = JSON.stringify(message({content: 'x'.repeat(1 << 20)}));
    const text = [...many.slice(0, 10_000), '{"type":"system"}', '{', long, ...many.slice(10_000)].join('\n');
    const step = read(text);
    assert.equal(step.used, Buffer.byteLength(text) + 1);
    assert.equal(step.skipped, 1);
    const outputs = step.usages.map(({output}) => output);
    const all = many.map((_, n) => n);
    assert.deepEqual(outputs, [...all.slice(0, 10_000), 5, ...all.slice(10_000)]);
  });

  it('a line that is cut, or claims what cannot be, is skipped and counted', () => {
    const good = JSON.stringify(message({}));
    const damaged = [
      good.slice(0, -1),
      good.slice(0, 200),
      good.slice(50),
      '\0'.repeat(300),
      JSON.stringify(message({usage: {input_tokens: -5, output_tokens: 1}})),
      JSON.stringify(message({usage: {input_tokens: 1.5, output_tokens: 1}})),
      JSON.stringify(message({usage: {input_tokens: '12', output_tokens: 1}})),
      JSON.stringify(message({usage: {input_tokens: 1e15, output_tokens: 1}})),
      JSON.stringify(message({usage: {input_tokens: [1], output_tokens: 1}})),
      good.replace('"usage":{', '"usage":{{'),
      `${good}${good}`,
    ];
    for (const line of damaged) {
      const step = read(`${line}\n${good}`);
      assert.equal(step.skipped, 1, line.slice(0, 80));
      assert.deepEqual(step.usages, slow(message({})));
    }
  });

  it('messages without any name are the same only where their lines are', () => {
    const nameless = (output: number): string =>
      JSON.stringify({type: 'assistant', message: {role: 'assistant', usage: {output_tokens: output}}});
    const {usages} = read([nameless(1), nameless(2), nameless(1)].join('\n'));
    assert.equal(usages.length, 3);
    assert.equal(new Set(usages.map(({key}) => `${key.high} ${key.low}`)).size, 2);
  });

  it('what was written to caches is known from its parts alone', () => {
    const created = {ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 400};
    const {usages} = read(
      JSON.stringify(message({usage: {input_tokens: 1, output_tokens: 1, cache_creation: created}})),
    );
    assert.deepEqual([usages[0]!.cacheWrite, usages[0]!.cacheWriteHour], [30, 400]);
  });

  it('what the agent made up itself, other types of lines and empty lines are not counted', () => {
    const text = [
      JSON.stringify(message({model: '<synthetic>'})),
      JSON.stringify({...message({}), type: 'user'}),
      JSON.stringify({type: 'user', toolUseResult: {usage: {output_tokens: 7}}}),
      '',
      JSON.stringify({type: 'assistant', message: 'text'}),
      JSON.stringify({type: 'assistant', message: {role: 'assistant', usage: null}}),
    ].join('\n');
    assert.deepEqual(read(text), {...read(text), usages: [], skipped: 0});
  });
});

function read(text: string) {
  return claudeUsage.read(Buffer.from(`${text}\n`), claudeUsage.begin(''));
}

type Line = Record<string, unknown> & {message?: Record<string, unknown>};

function message({
  usage,
  model = 'claude-opus-5-5',
  content = [{type: 'text', text: 'hello'}],
  ...top
}: Record<string, unknown>): Line {
  return {
    parentUuid: null,
    isSidechain: false,
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model,
      content,
      usage: usage ?? {input_tokens: 3, output_tokens: 5},
    },
    requestId: 'req_1',
    type: 'assistant',
    uuid: 'u-1',
    timestamp: '2026-11-20T08:33:15.284Z',
    sessionId: 's-1',
    ...top,
  };
}

/** Lines with everything that could lead a fast reader astray. */
function lines(): Line[] {
  const tricky = [
    'plain',
    'quotes "usage":{"output_tokens":99} and \\ backslashes \\" and {braces} ]}',
    '"usage"',
    'ends with a backslash \\',
    'ümläut 测试 🙂 \u0000 \u2028',
    '',
  ];
  const contents: unknown[] = [
    ...tricky.map(text => [{type: 'text', text}]),
    [{type: 'tool_use', id: 'toolu_1', name: 'Write', input: {usage: {output_tokens: 77, nested: {usage: {}}}}}],
    [
      {type: 'tool_use', input: {content: '"usage":{}', id: 'x', model: 'y', role: 'user'}},
      {type: 'text', text: '"usage"'},
    ],
    'content as a text with "usage"',
    [],
  ];
  const usages: unknown[] = [
    {input_tokens: 1, output_tokens: 2},
    {
      output_tokens: 20,
      cache_creation: {ephemeral_5m_input_tokens: 7, ephemeral_1h_input_tokens: 4},
      input_tokens: 10,
      cache_creation_input_tokens: 11,
      cache_read_input_tokens: 12,
      iterations: [{input_tokens: 500}],
      server_tool_use: {web_search_requests: 0},
      output_tokens_details: {thinking_tokens: 9},
    },
    {input_tokens: null, output_tokens: 4, cache_creation: null, cache_creation_input_tokens: 30},
    {},
  ];
  const made = contents.flatMap(content => usages.map(usage => message({content, usage})));
  const {message: inner, ...outer} = message({});
  return [
    ...made,
    message({session_id: 's-0'}),
    message({session_id: 's-0', requestSessionId: 's-7'}),
    message({requestId: undefined}),
    message({timestamp: '2026-11-20T08:33:15Z'}),
    message({extra: {usage: {output_tokens: 1234}}}),
    // Other orders of keys.
    {
      type: 'assistant',
      sessionId: 's-2',
      message: {usage: {output_tokens: 6, input_tokens: 1}, content: 'x', model: 'm', id: 'i', role: 'assistant'},
    },
    {message: inner!, ...outer},
    {type: 'user', message: {role: 'user', content: 'usage'}},
    {type: 'system', subtype: 'turn_duration', durationMs: 4},
  ];
}

/** Of lines that follow each other with the same message, the one that says most. */
function together(all: Usage[]): Usage[] {
  const kept: Usage[] = [];
  for (const usage of all) {
    const last = kept.at(-1);
    if (last === undefined || last.key.low !== usage.key.low) kept.push(usage);
    else if (usage.output > last.output) kept[kept.length - 1] = usage;
  }
  return kept;
}

/** What a line says, by JSON.parse. */
function slow(line: Line): Usage[] {
  const said = line.message;
  const usage = said?.['usage'] as Record<string, number | null | Record<string, number>> | undefined;
  if (line['type'] !== 'assistant' || usage === undefined || said?.['model'] === '<synthetic>') return [];
  const count = (name: string): number => (usage[name] as number | null | undefined) ?? 0;
  const part = (name: string, key: string): number =>
    (usage[name] as Record<string, number> | null | undefined)?.[key] ?? 0;
  const created = count('cache_creation_input_tokens');
  const hour = part('cache_creation', 'ephemeral_1h_input_tokens');
  const names = [
    String(said!['id'] ?? line['uuid']),
    ...(line['requestId'] === undefined ? [] : [String(line['requestId'])]),
  ];
  return [
    {
      key: keyOfNames(...names),
      conversation: String(line['requestSessionId'] ?? line['sessionId'] ?? ''),
      model: String(said!['model']),
      at: line['timestamp'] === undefined ? 0 : Date.parse(String(line['timestamp'])),
      input: count('input_tokens'),
      cacheRead: count('cache_read_input_tokens'),
      cacheWrite: created - hour,
      cacheWriteHour: hour,
      output: count('output_tokens'),
      reasoning: part('output_tokens_details', 'thinking_tokens'),
      cost: null,
    },
  ];
}
