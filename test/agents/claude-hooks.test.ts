import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {answerClaudeHook, equipClaude, readClaudeHook} from '../../source/agents/claude-hooks.ts';
import type {AgentEvent} from '../../source/domain/agent-event.ts';
import type {Request} from '../../source/domain/approvals.ts';

const captured = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/agents/claude-hooks/${name}.json`, import.meta.url), 'utf8'));
const read = (name: string): AgentEvent[] => readClaudeHook(captured(name));
const words = (events: AgentEvent[]) =>
  events.filter(event => event.type === 'status').map(({state, kind}) => `${state} ${kind}`.trim());

describe('what captured hooks say', () => {
  const cases: [string, string[]][] = [
    ['UserPromptSubmit', ['working']],
    ['PermissionRequest.Bash', ['blocked permission']],
    ['PermissionRequest.AskUserQuestion', ['blocked question']],
    ['PermissionRequest.ExitPlanMode', ['blocked plan']],
    ['PostToolUse.Bash', ['working']],
    ['PostToolUseFailure.Exit-code-2', ['working']],
    ['StopFailure.rate_limit', ['error limit']],
    ['StopFailure.server_error', ['error']],
    ['StopFailure.authentication_failed', ['error']],
    ['PreCompact.auto', ['working']],
    ['SessionEnd.clear', []],
    ['Notification.idle_prompt', []],
    ['MessageDisplay', []],
  ];
  for (const [name, expected] of cases) {
    test(`${name}: ${expected.join(', ') || 'nothing'}`, () => assert.deepEqual(words(read(name)), expected));
  }

  test('a Stop ends the turn only when nothing goes on in the background', () => {
    const body = captured('Stop') as Record<string, unknown>;
    assert.deepEqual(words(readClaudeHook({...body, background_tasks: []})), ['done']);
    const running = {...body, background_tasks: [{id: 'a', type: 'subagent', status: 'running'}]};
    assert.deepEqual(words(readClaudeHook(running)), ['working']);
  });

  test('the conversation and its file come with each, except with the one that ends it', () => {
    const [first] = read('Stop');
    assert.equal(first?.type, 'conversation');
    assert.match(
      first?.type === 'conversation' ? `${first.id} ${first.file}` : '',
      /^4e4987bb\S+ \S+4e4987bb\S+\.jsonl$/,
    );
    assert.equal(
      read('SessionEnd.clear').some(({type}) => type === 'conversation'),
      false,
    );
  });

  test('the prompt of a background task is nobody’s message', () => {
    const own = readClaudeHook({hook_event_name: 'UserPromptSubmit', prompt: '<task-notification>\n<task-id>x'});
    assert.equal(
      own.some(({type}) => type === 'submitted'),
      false,
    );
    assert.deepEqual(words(own), ['working']);
  });

  test('a tool that has run settles the request that asked for it, and no other', () => {
    const asked = requestOf(read('PermissionRequest.Bash'));
    const {tool_name, tool_input, agent_id} = captured('PermissionRequest.Bash') as Record<string, unknown>;
    const settled = (input: unknown) =>
      readClaudeHook({hook_event_name: 'PostToolUse', tool_name, tool_input: input, agent_id}).find(
        event => event.type === 'settled',
      );
    assert.deepEqual(settled(tool_input), {type: 'settled', ref: asked.ref});
    assert.notEqual((settled({command: 'other'}) as {ref: string}).ref, asked.ref);
  });

  test('what is no hook, or none that is known, says nothing', () => {
    for (const body of [
      null,
      7,
      'x',
      [],
      {},
      {hook_event_name: 'constructor'},
      {hook_event_name: 'New'},
      {hook_event_name: 5},
    ]) {
      assert.deepEqual(readClaudeHook(body), []);
    }
    assert.doesNotThrow(() => readClaudeHook({hook_event_name: 'PermissionRequest', tool_name: 3, tool_input: 'x'}));
    assert.doesNotThrow(() => readClaudeHook({hook_event_name: 'Stop', background_tasks: 'many'}));
  });
});

describe('answers', () => {
  const decisionOf = (request: Request, decision: Parameters<typeof answerClaudeHook>[1]) =>
    (answerClaudeHook(request, decision) as {hookSpecificOutput: {decision: Record<string, unknown>}})
      .hookSpecificOutput.decision;
  const bash = () => requestOf(read('PermissionRequest.Bash'));

  test('a denial carries its message', () => {
    assert.deepEqual(decisionOf(bash(), {behaviour: 'deny', message: 'not today'}), {
      behavior: 'deny',
      message: 'not today',
    });
  });

  test('always adds the first suggested rule, an edited input replaces the whole', () => {
    assert.deepEqual(decisionOf(bash(), {behaviour: 'allow'}), {behavior: 'allow'});
    const always = decisionOf(bash(), {behaviour: 'always'});
    assert.deepEqual(always['updatedPermissions'], [bash().suggestions[0]]);
    const edited = decisionOf(bash(), {behaviour: 'allow', input: {command: 'ls'}});
    assert.deepEqual(edited['updatedInput'], {command: 'ls'});
  });

  test('a question is answered by number or in words', () => {
    const question = requestOf(read('PermissionRequest.AskUserQuestion'));
    const answers = (answer: string) =>
      (decisionOf(question, {behaviour: 'allow', answer})['updatedInput'] as {answers: unknown}).answers;
    assert.deepEqual(answers('2'), {'Which colour?': 'Blue'});
    assert.deepEqual(answers('Green'), {'Which colour?': 'Green'});
  });
});

describe('what is added to a launch', () => {
  const about = (t: TestContext, argv: string[], env: Record<string, string> = {}) => {
    const files = mkdtempSync(join(tmpdir(), 'amux-equip-'));
    t.after(() => rmSync(files, {recursive: true, force: true}));
    return {
      argv,
      session: 's',
      dir: files,
      files,
      door: {url: 'http://127.0.0.1:1/hooks/s', token: 'secret'},
      port: 1,
      env,
    };
  };
  const settingsOf = (files: Record<string, string>) => JSON.parse(Object.values(files)[0]!);

  test('its hooks go by a settings file of this session, and the token only by the environment', t => {
    const {argv, env, files} = equipClaude(about(t, ['claude', '--model', 'x']));
    assert.deepEqual(argv.slice(0, 4), ['claude', '--model', 'x', '--settings']);
    assert.equal(argv[4], Object.keys(files)[0]);
    assert.equal(env['AMUX_HOOK_TOKEN'], 'secret');
    assert.equal(JSON.stringify([argv, files]).includes('secret'), false);
    const [hook] = settingsOf(files).hooks.PermissionRequest[0].hooks;
    assert.deepEqual(equipClaude(about(t, ['/bin/sh', '-c', 'cd sub && claude'])).argv.slice(0, 2), ['/bin/sh', '-c']);
    assert.match(
      equipClaude(about(t, ['/bin/sh', '-c', 'cd sub && claude'])).argv[2]!,
      /^cd sub && claude --settings \//,
    );
    const own = ['/bin/sh', '-c', 'claude --settings mine.json | tee log'];
    assert.deepEqual(equipClaude(about(t, own)).argv, own);
    assert.equal(hook.type, 'http');
    assert.ok(hook.timeout >= 86_400);
  });

  test('settings of the command line itself are kept, its hooks too', t => {
    const own = {hooks: {Stop: [{hooks: [{type: 'command', command: 'mine'}]}]}, model: 'opus'};
    for (const given of [['--settings', JSON.stringify(own)], [`--settings=${JSON.stringify(own)}`]]) {
      const {argv, files} = equipClaude(about(t, ['claude', ...given, '--verbose']));
      assert.deepEqual(argv.slice(0, 3), ['claude', '--verbose', '--settings']);
      const settings = settingsOf(files);
      assert.equal(settings.model, 'opus');
      assert.deepEqual(
        settings.hooks.Stop.map((each: {hooks: {type: string}[]}) => each.hooks[0]!.type),
        ['command', 'http'],
      );
    }
    const input = about(t, ['claude', '--settings', 'own.json']);
    writeFileSync(join(input.dir, 'own.json'), JSON.stringify(own));
    assert.equal(settingsOf(equipClaude(input).files).model, 'opus');
  });

  test('settings that cannot be read are left to Claude', t => {
    const {argv, files} = equipClaude(about(t, ['claude', '--settings', 'missing.json']));
    assert.deepEqual(argv, ['claude', '--settings', 'missing.json']);
    assert.deepEqual(files, {});
  });

  test('a proxy is told to leave this machine alone', t => {
    assert.equal('NO_PROXY' in equipClaude(about(t, ['claude'])).env, false);
    const {env} = equipClaude(about(t, ['claude'], {HTTPS_PROXY: 'http://proxy.example', NO_PROXY: 'corp.example'}));
    assert.equal(env['NO_PROXY'], 'corp.example,127.0.0.1,localhost');
    assert.equal(env['no_proxy'], env['NO_PROXY']);
  });
});

function requestOf(events: AgentEvent[]): Request {
  const asked = events.find(event => event.type === 'asked');
  assert.ok(asked);
  return {...asked.request, id: 'a-1', via: 'hook', at: 0, shown: null, missedAt: null};
}
