import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {isAbsolute, join} from 'node:path';
import type {AgentEvent} from '../domain/agent-event.ts';
import type {Asked, Decision, Request} from '../domain/approvals.ts';
import {isShellLine, withArguments} from '../domain/argv.ts';
import type {Equipment, Equipping} from './agent.ts';
import {withoutProxy} from './proxy.ts';

/** A held permission may take a person's night, in seconds. */
const HOLD_S = 86_400;
/** The rest is answered at once; longer than this Claude does not wait for a supervisor that hangs, in seconds. */
const PROMPT_S = 5;
const TITLE_MAX = 300;

/**
 * What it reports, each with a request over HTTP. Those that fire per line of output are left out: each costs the
 * turn a moment. SessionStart is not sent over HTTP.
 */
const EVENTS = [
  'UserPromptSubmit',
  'PermissionRequest',
  'PostToolUse',
  'PostToolUseFailure',
  'Stop',
  'StopFailure',
  'PreCompact',
  'PostCompact',
  'SessionEnd',
] as const;

/** Its hooks by `--settings`, for this one process: they are added to those of the user. */
export function equipClaude({door, files, dir, argv, env}: Equipping): Equipment {
  const nothing = {argv: [...argv], env: {}, files: {}};
  if (door === null) return nothing;
  const given = givenSettings(argv, dir);
  if (given === null) return nothing;
  const file = join(files, 'claude-settings.json');
  const hooks: Record<string, unknown[]> = {...record(given.settings['hooks'])} as Record<string, unknown[]>;
  for (const event of EVENTS) {
    const timeout = event === 'PermissionRequest' ? HOLD_S : PROMPT_S;
    const headers = {authorization: 'Bearer $AMUX_HOOK_TOKEN'};
    const hook = {type: 'http', url: door.url, headers, allowedEnvVars: ['AMUX_HOOK_TOKEN'], timeout};
    hooks[event] = [...(Array.isArray(hooks[event]) ? hooks[event] : []), {hooks: [hook]}];
  }
  return {
    argv: withArguments(given.argv, ['--settings', file]),
    env: {AMUX_HOOK_TOKEN: door.token, ...withoutProxy(env)},
    files: {[file]: JSON.stringify({...given.settings, hooks}, null, 2)},
  };
}

/** The settings that the command line itself gives, which a second `--settings` would replace; null: unreadable. */
function givenSettings(argv: readonly string[], dir: string) {
  const at = argv.findIndex(word => word === '--settings' || word.startsWith('--settings='));
  // Settings within a shell's line cannot be taken out of it.
  if (isShellLine(argv) && argv[2]!.includes('--settings')) return null;
  if (at === -1) return {argv: [...argv], settings: {} as Record<string, unknown>};
  const inline = argv[at]!.startsWith('--settings=');
  const value = inline ? argv[at]!.slice('--settings='.length) : (argv[at + 1] ?? '');
  const rest = argv.filter((_, index) => index !== at && (inline || index !== at + 1));
  try {
    const text = value.trim().startsWith('{')
      ? value
      : readFileSync(isAbsolute(value) ? value : join(dir, value), 'utf8');
    return {argv: rest, settings: record(JSON.parse(text))};
  } catch {
    // Claude will say what is wrong with it.
    return null;
  }
}

/** Reads the body of one hook. What it does not know says nothing. */
export function readClaudeHook(given: unknown): AgentEvent[] {
  const body = record(given);
  const conversation = conversationOf(body);
  const reader = READERS.get(text(body['hook_event_name']));
  return [...conversation, ...(reader?.(body) ?? [])];
}

type Body = Record<string, unknown>;

const word = (state: 'working' | 'done' | 'error' | 'blocked', kind = '', message = ''): AgentEvent => {
  return {type: 'status', state, kind, message};
};

const toolDone = (body: Body): AgentEvent[] => [word('working'), {type: 'settled', ref: refOf(body)}];

const readers: Record<string, (body: Body) => AgentEvent[]> = {
  UserPromptSubmit(body) {
    const prompt = text(body['prompt']);
    // The end of a background task comes back as a prompt that nobody typed.
    const own = /^<task-notification>/.test(prompt) ? [] : [{type: 'submitted' as const, text: prompt}];
    return [word('working'), ...own];
  },
  PermissionRequest(body) {
    const tool = text(body['tool_name']);
    const kind = KINDS[tool] ?? 'permission';
    const title = titleOf(tool, record(body['tool_input']));
    const suggestions = Array.isArray(body['permission_suggestions']) ? body['permission_suggestions'] : [];
    const request = {ref: refOf(body), kind, tool, input: body['tool_input'] ?? null, title, suggestions, choices: []};
    return [word('blocked', kind, title), {type: 'asked', request}];
  },
  PostToolUse: toolDone,
  PostToolUseFailure: toolDone,
  Stop(body) {
    const tasks = Array.isArray(body['background_tasks']) ? body['background_tasks'] : [];
    const running = tasks.filter(task => record(task)['status'] === 'running').length;
    const over: AgentEvent = {type: 'settled', ref: null};
    return running > 0 ? [word('working', '', `${running} in the background`), over] : [word('done'), over];
  },
  StopFailure(body) {
    const detail = text(body['last_assistant_message']) || text(body['error']);
    return [
      word('error', errorKind(text(body['error']), detail), detail.slice(0, TITLE_MAX)),
      {type: 'settled', ref: null},
    ];
  },
  PreCompact: () => [word('working', '', 'compacting')],
  PostCompact: body => [{type: 'compacted', inTurn: body['trigger'] === 'auto'}],
  SessionEnd: () => [{type: 'settled', ref: null}],
};

const READERS = new Map(Object.entries(readers));

const KINDS: Record<string, Asked['kind'] | undefined> = {AskUserQuestion: 'question', ExitPlanMode: 'plan'};

function errorKind(error: string, detail: string): string {
  if (error === 'rate_limit') return 'limit';
  return /prompt is too long|context limit|conversation too long/i.test(detail) ? 'context' : '';
}

/** It names no request: the tool and its whole input do, until the same tool has run. */
function refOf(body: Body): string {
  const key = JSON.stringify([body['agent_id'] ?? null, body['tool_name'], body['tool_input']]);
  return createHash('sha256').update(key).digest('hex').slice(0, 24);
}

function conversationOf(body: Body): AgentEvent[] {
  const id = text(body['session_id']);
  // The one that ends with `/clear` is not the one that goes on.
  if (id === '' || body['hook_event_name'] === 'SessionEnd') return [];
  return [{type: 'conversation', id, file: text(body['transcript_path']) || null}];
}

/** One line on what a tool is to do. */
function titleOf(tool: string, input: Body): string {
  const [question] = Array.isArray(input['questions']) ? input['questions'] : [];
  const asked = text(record(question)['question']);
  if (asked !== '') return asked.slice(0, TITLE_MAX);
  const what = ['command', 'file_path', 'notebook_path', 'url', 'pattern', 'path', 'query', 'plan']
    .map(name => text(input[name]))
    .find(value => value !== '');
  const shown = what ?? (Object.keys(input).length === 0 ? '' : JSON.stringify(input));
  return `${tool}(${shown.replace(/\s+/g, ' ').trim()})`.slice(0, TITLE_MAX);
}

/** What its hook takes for an answer. */
export function answerClaudeHook(request: Request, decision: Decision): unknown {
  const {behaviour, message, answer, input} = decision;
  const rules = request.suggestions.filter(each => record(each)['type'] === 'addRules');
  const [suggested] = [...rules, ...request.suggestions];
  if (behaviour === 'deny') return reply({behavior: 'deny', message: message ?? 'Denied by the operator.'});
  const updatedInput = input ?? answeredInput(request, answer);
  return reply({
    behavior: 'allow',
    ...(updatedInput === null ? {} : {updatedInput}),
    ...(behaviour === 'always' && suggested !== undefined ? {updatedPermissions: [suggested]} : {}),
  });
}

const reply = (decision: unknown) => ({hookSpecificOutput: {hookEventName: 'PermissionRequest', decision}});

/** A question is answered by giving its tool the answers with its input. */
function answeredInput({input}: Request, answer: string | undefined): unknown {
  const questions = record(input)['questions'];
  if (answer === undefined || !Array.isArray(questions)) return null;
  const answers: Record<string, string> = {};
  for (const each of questions) {
    const {question, options} = record(each);
    const labels = Array.isArray(options) ? options.map(option => text(record(option)['label'])) : [];
    answers[text(question)] = labels[Number(answer) - 1] ?? answer;
  }
  return {...record(input), answers};
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
