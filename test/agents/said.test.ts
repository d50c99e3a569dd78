import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {agentOf} from '../../source/agents/registry.ts';
import {Conversation, transcriptLines} from '../../source/domain/transcript.ts';

const FIXTURES = new URL('../fixtures/agents/transcripts/', import.meta.url);

/** What was said in a captured history. */
function said(agent: string, file: string) {
  const entries = new Conversation();
  for (const line of readFileSync(new URL(`${agent}/${file}.jsonl`, FIXTURES), 'utf8')
    .split('\n')
    .filter(Boolean)) {
    entries.add(agentOf(agent).transcript!.said(JSON.parse(line)), null);
  }
  return entries.last(100).map(({role, text, tool}) => `${role}${tool ? ` ${tool}` : ''}: ${text.trim().slice(0, 40)}`);
}

const histories: [string, string, string, string[]][] = [
  [
    'claude',
    'prompts, tools and their answers',
    'parallel-tools-thinking-subagent',
    [
      'user: THINK:pondering\nPAR\nRUN:echo one\nRUN:ech',
      'assistant Bash: {"command":"echo one","description":"scr',
      'assistant Bash: {"command":"echo two","description":"scr',
      'tool Bash: one',
      'tool Bash: two',
      'assistant: Reply 173 to "\\n\\n<pasted_content id=\\"e',
      'user: TOOL:Agent {"description":"sub","prompt"',
      'assistant Bash: {"command":"echo in-sub\\",\\"subagent_typ',
      'tool Bash: Exit code 2\n/bin/bash: eval: line 1: une',
      'assistant: Reply 176 to "TOOL:Agent {\\"description\\',
      'user: TOOL:Agent {"description":"sub","prompt"',
      'assistant Agent: {"description":"sub","prompt":"SLOW:4 RU',
      'tool Agent: Async agent launched successfully. (This',
      'assistant: Reply 2 to "TOOL:Agent {\\"description\\":',
      'assistant: Reply 5 to "TOOL:Agent {\\"description\\":',
    ],
  ],
  [
    'claude',
    'a prompt that the running turn took up stands once',
    'queued-absorbed-mid-turn',
    [
      "user: RUN:python3 -c 'import time;time.sleep(6",
      `assistant Bash: {"command":"python3 -c 'import time;time`,
      'tool Bash: (Bash completed with no output)',
      'user: steer mid tool SAY:q1',
      `assistant: Reply 138 to "RUN:python3 -c 'import tim`,
    ],
  ],
  [
    'claude',
    'prompts that waited stand once, where they were taken',
    'queued-two-prompts',
    [
      'user: SLOW:8 SAY:first',
      'assistant: first',
      'user: queued one SAY:q1',
      'user: queued two SAY:q2',
      'assistant: q2',
    ],
  ],
  [
    'codex',
    'prompts and replies, without what the program tells its model',
    'rollout-steer-and-compact',
    [
      'user: hello SAY:hi from codex',
      'assistant: hi from codex',
      'user: SLOW:8 SAY:slow',
      'user: queued msg SAY:q',
      'assistant: q',
    ],
  ],
  [
    'gemini',
    'prompts and replies, without its own context',
    'session-2026-11-20T08-48-bb163c68',
    ['user: SLOW:4 SAY:x', 'assistant: x'],
  ],
];

for (const [agent, title, file, expected] of histories) {
  test(`${agent}: ${title}`, () => assert.deepEqual(said(agent, file), expected));
}

test('what is written again under its id takes the place of the first, and as text it reads from top to bottom', () => {
  const entries = new Conversation();
  entries.add([{id: 'a', role: 'user', text: 'first line\nsecond', tool: null}], 10);
  entries.add([{id: 'b', role: 'assistant', text: 'so', tool: null}], 11);
  entries.add([{id: 'c', role: 'assistant', text: '{"command":"ls"}', tool: 'Bash'}], 12);
  entries.add(
    [{id: 'c', role: 'tool', text: Array.from({length: 15}, (_, i) => `file ${i}`).join('\n'), tool: ''}],
    13,
  );
  entries.add([{id: 'b', role: 'assistant', text: 'so it is', tool: null}], 14);
  assert.deepEqual(
    entries.last(2).map(({role, tool, at}) => ({role, tool, at})),
    [
      {role: 'assistant', tool: 'Bash', at: 12},
      {role: 'tool', tool: 'Bash', at: 13},
    ],
  );
  const lines = transcriptLines(entries.last(9));
  assert.deepEqual(lines.slice(0, 7), [
    '',
    '> first line',
    '  second',
    '',
    'so it is',
    '[Bash] {"command":"ls"}',
    '    file 0',
  ]);
  assert.equal(lines.at(-1), '    … 3 more lines');
});
