import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, test} from 'node:test';
import type {TranscriptAbout} from '../../source/agents/agent.ts';
import {agentOf} from '../../source/agents/registry.ts';
import type {AgentEvent} from '../../source/domain/agent-event.ts';

const FIXTURES = new URL('../fixtures/agents/transcripts/', import.meta.url).pathname;
const dir = realpathSync(mkdtempSync(join(tmpdir(), 'amux-transcripts-')));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, {recursive: true});
});

/** What a captured history tells, shortened to a word each. */
function told(agent: string, file: string): string[] {
  const {transcript} = agentOf(agent);
  const lines = readFileSync(join(FIXTURES, agent, `${file}.jsonl`), 'utf8').split('\n');
  const events = lines.filter(Boolean).flatMap(line => transcript!.read(JSON.parse(line)));
  return events.map(short).filter(word => !/^(conversation|model) /.test(word));
}

function short(event: AgentEvent): string {
  switch (event.type) {
    case 'prompt':
      return `prompt ${event.text.trim().split('\n')[0]}`;
    case 'status':
      return [event.state, event.kind].filter(Boolean).join(' ');
    case 'model':
      return `model ${event.model}`;
    case 'conversation':
      return `conversation ${event.id}`;
    default:
      return event.type;
  }
}

const histories: [string, string, string, string[]][] = [
  ['claude', 'a prompt that was interrupted', 'interrupted-esc', ['prompt WORDS:400/30']],
  [
    'claude',
    'prompts that came in while it worked, each told once',
    'queued-two-prompts',
    ['prompt SLOW:8 SAY:first', 'prompt queued one SAY:q1', 'prompt queued two SAY:q2'],
  ],
  [
    'claude',
    'a prompt that the running turn took up',
    'queued-absorbed-mid-turn',
    [`prompt RUN:python3 -c 'import time;time.sleep(6)'`, 'prompt steer mid tool SAY:q1'],
  ],
  ['claude', 'an error that ended a turn', 'error-529', ['prompt ERR:529 a', 'error']],
  [
    'codex',
    'an error and an interrupt',
    'rollout-error-401-and-interrupt',
    ['working', 'prompt ERR:401 x', 'error', 'working', 'prompt SLOW:20 SAY:x', 'idle'],
  ],
  ['codex', 'a full context', 'rollout-error-context', ['working', 'prompt TOOLONG x', 'error context']],
  ['codex', 'a fork, without what came before it', 'rollout-forked', ['working', 'prompt in fork SAY:forked', 'done']],
  [
    'codex',
    'a prompt into a running turn, and a compaction',
    'rollout-steer-and-compact',
    [
      'working',
      'prompt hello SAY:hi from codex',
      'done',
      'working',
      'prompt SLOW:8 SAY:slow',
      'prompt queued msg SAY:q',
      'done',
      'working',
      'compacted',
      'done',
    ],
  ],
  [
    'gemini',
    'a prompt, and not the context in front of it',
    'session-2026-11-20T08-48-bb163c68',
    ['prompt SLOW:4 SAY:x'],
  ],
];
for (const [agent, what, file, expected] of histories) {
  test(`the history of ${agentOf(agent).title} tells ${what}`, () => {
    assert.deepEqual(told(agent, file), expected);
  });
}

for (const [agent, file, expected] of [
  ['claude', 'queued-two-prompts', ['claude-opus-5-5']],
  // Errors stand in the history as answers of a model that is none.
  ['claude', 'error-529', []],
  ['claude', 'parallel-tools-thinking-subagent', ['claude-opus-5-5']],
  ['codex', 'rollout-steer-and-compact', ['gpt-5.5']],
  ['gemini', 'session-2026-11-20T08-48-bb163c68', ['gemini-3.1-pro-preview']],
] as const) {
  test(`the history of ${agentOf(agent).title} tells which model answered: ${file}`, () => {
    const {transcript} = agentOf(agent);
    const lines = readFileSync(join(FIXTURES, agent, `${file}.jsonl`), 'utf8').split('\n');
    const events = lines.filter(Boolean).flatMap(line => transcript!.read(JSON.parse(line)));
    const models = events.flatMap(event => (event.type === 'model' ? [event.model] : []));
    assert.deepEqual([...new Set(models)], [...expected]);
  });
}

test('prompts that the programs themselves make are told as nobody’s', () => {
  const prompts = told('claude', 'parallel-tools-thinking-subagent').filter(word => word.startsWith('prompt'));
  assert.equal(prompts.length, 3);
  assert.ok(prompts.every(word => !word.includes('task-notification')));
});

test('lines that are not what they should be tell nothing', () => {
  for (const name of ['claude', 'codex', 'gemini']) {
    const {read} = agentOf(name).transcript!;
    for (const line of [
      null,
      1,
      'x',
      [],
      {},
      {type: 'user'},
      {type: 'event_msg', payload: null},
      {type: 'user', content: {}},
    ]) {
      assert.deepEqual(read(line), [], `${name}: ${JSON.stringify(line)}`);
    }
  }
});

const about = (change: Partial<TranscriptAbout>): TranscriptAbout => {
  return {
    processes: [],
    dir: '/home/dev/proj',
    startedAt: 0,
    env: {HOME: dir},
    conversation: null,
    taken: new Set(),
    ...change,
  };
};

function put(path: string, content: string): string {
  const file = join(dir, path);
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, content);
  return file;
}

const state = (name: string) => JSON.parse(readFileSync(join(FIXTURES, 'claude-sessions', `${name}.json`), 'utf8'));

const states: [string, string, string][] = [
  ['busy', 'working', ''],
  ['idle', 'idle', ''],
  ['waiting-permission-prompt', 'blocked', 'permission'],
  ['waiting-input-needed', 'blocked', 'question'],
];
for (const [name, word, kind] of states) {
  test(`a state file of Claude Code that says ${name} means ${word} ${kind}`, () => {
    const content = state(name);
    const said = agentOf('claude').stateFile!.read(content, {pid: content.pid, start: content.procStart});
    assert.equal(said?.at, content.statusUpdatedAt);
    const [conversation, status] = said!.events;
    assert.deepEqual(conversation, {type: 'conversation', id: content.sessionId, file: null});
    assert.ok(status?.type === 'status' && status.state === word && status.kind === kind);
  });
}

test('a state file that an earlier process of the same pid left behind is no word', () => {
  const content = state('busy');
  const {read} = agentOf('claude').stateFile!;
  assert.equal(read(content, {pid: content.pid, start: '1'}), null);
  assert.equal(read(content, {pid: 1, start: content.procStart}), null);
});

test('Claude’s history is found by its process, also in the folder of another directory', async () => {
  const content = state('idle');
  put(`.claude/sessions/${content.pid}.json`, JSON.stringify(content));
  const {find} = agentOf('claude').transcript!;
  const processes = [{pid: content.pid, start: content.procStart}];
  assert.equal(await find(about({processes})), null, 'it begins with its first prompt');
  const file = put(`.claude/projects/-elsewhere/${content.sessionId}.jsonl`, '');
  assert.equal(await find(about({processes})), file);
  const moved = put(`own/projects/-home-dev-proj/${content.sessionId}.jsonl`, '');
  put(`own/sessions/${content.pid}.json`, JSON.stringify(content));
  const env = {HOME: dir, CLAUDE_CONFIG_DIR: join(dir, 'own')};
  assert.equal(await find(about({processes, env})), moved);
  const old = [{pid: content.pid, start: '1'}];
  assert.equal(await find(about({processes: old})), null, 'the state file is of an earlier process');
  assert.equal(await find(about({conversation: {id: content.sessionId, file: null}})), file, 'it was told by a hook');
});

test('Codex’s history is the one that its process writes, else the only one that began here', async () => {
  const [year, month, day] = ['2026', '11', '20'];
  const folder = `.codex/sessions/${year}/${month}/${day}`;
  const from = (name: string, to: string) => {
    const file = put(`${folder}/${to}`, '');
    copyFileSync(join(FIXTURES, 'codex', `${name}.jsonl`), file);
    return file;
  };
  const first = from('rollout-error-context', 'rollout-a.jsonl');
  const startedAt = Date.parse('2026-11-20T08:38:23.000Z');
  const {find} = agentOf('codex').transcript!;
  assert.equal(await find(about({dir: '/home/dev/cxproj', startedAt})), first);
  assert.equal(await find(about({dir: '/home/dev', startedAt})), null, 'of another directory');
  assert.equal(
    await find(about({dir: '/home/dev/cxproj', startedAt: startedAt + 60_000})),
    null,
    'of an earlier start',
  );
  const second = from('rollout-error-401-and-interrupt', 'rollout-b.jsonl');
  assert.equal(await find(about({dir: '/home/dev/cxproj', startedAt: startedAt - 1000})), null, 'nobody can say which');
  const child = spawn('sleep', ['60'], {stdio: ['ignore', 'ignore', openSync(second, 'a')]});
  children.push(child);
  await once(child, 'spawn');
  assert.equal(await find(about({processes: [{pid: child.pid!, start: ''}], startedAt})), second);
  const taken = new Set([second]);
  assert.equal(await find(about({dir: '/home/dev/cxproj', startedAt: startedAt - 1000, taken})), first);
  // A start of Codex reads the rollouts of others.
  const reader = spawn('sleep', ['60'], {stdio: ['ignore', 'ignore', openSync(second, 'r')]});
  children.push(reader);
  await once(reader, 'spawn');
  const processes = [{pid: reader.pid!, start: ''}];
  assert.equal(await find(about({processes, startedAt: startedAt + 60_000})), null, 'it only reads there');
});

test('Gemini’s history is found by its directory, and by its conversation where several began', async () => {
  put('.gemini/projects.json', JSON.stringify({projects: {'/home/dev/proj': 'proj'}}));
  const from = (name: string) => {
    const file = put(`.gemini/tmp/proj/chats/${name}.jsonl`, '');
    copyFileSync(join(FIXTURES, 'gemini', `${name}.jsonl`), file);
    return file;
  };
  const {find} = agentOf('gemini').transcript!;
  const startedAt = Date.parse('2026-11-20T08:42:12.000Z');
  assert.equal(await find(about({startedAt})), null);
  const first = from('session-2026-11-20T08-42-44444444');
  assert.equal(await find(about({startedAt})), first);
  assert.equal(await find(about({startedAt, dir: '/home/dev'})), null, 'of another directory');
  const second = from('session-2026-11-20T08-48-bb163c68');
  assert.equal(await find(about({startedAt})), null, 'nobody can say which');
  assert.equal(await find(about({startedAt, taken: new Set([first])})), second, 'the first is another session’s');
  const conversation = {id: '44444444-0000-4000-8000-000000000001', file: null};
  assert.equal(await find(about({startedAt, conversation})), second, 'it began after the known one: /clear');
  const taken = new Set([put('.gemini/tmp/proj/chats/other.jsonl', '')]);
  assert.equal(await find(about({startedAt, conversation, taken})), first, 'it may be of the session beside it');
});
