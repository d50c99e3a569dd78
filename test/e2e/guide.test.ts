import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import type {SessionView} from '../../source/domain/fleet.ts';
import {Home, until} from '../helpers/home.ts';
import {environmentOf} from '../helpers/processes.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

const project = join(home.dir, 'project');

/** Stands in for an agent that is not installed here: says how it was called, then reads. */
const program = `#!/bin/sh\necho "called with: $*"\nexec cat\n`;

before(() => {
  mkdirSync(project);
  execFileSync('git', ['init', '-q', '-b', 'main', project]);
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  execFileSync('git', [...author, '-C', project, 'commit', '-q', '--allow-empty', '-m', 'first']);
  home.program('claude', program);
  home.program('gpt-cli', program);
  home.program(
    'amux',
    `#!/bin/sh\nexec "${process.execPath}" "${join(import.meta.dirname, '../../bin/amux.js')}" "$@"\n`,
  );
});

/** A command line as the guide prints it, run by a shell in the project. */
function shell(line: string, env: Record<string, string> = {}): string {
  return execFileSync('bash', ['-c', line], {
    cwd: project,
    env: {...home.env, ...env},
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const said = (session: string, text: string | RegExp) =>
  until(`${session} to say ${text}`, () => shell(`amux agent logs ${session}`).match(text));

test('Prerequisites: amux init', () => {
  assert.match(shell('amux init'), /is a project now/);
});

test('Running an agent: in the latest workspace, with a command of its own, with variables', async () => {
  const first = shell('amux run claude').trim();
  assert.match(first, /^session-\w{6}$/);
  await said(first, 'called with:');
  const custom = shell('amux run claude --command "claude code --model opus"').trim();
  await said(custom, 'called with: code --model opus');
  const keyed = shell('amux run claude --env ANTHROPIC_API_KEY=sk-...').trim();
  const {pid} = await home.session(keyed);
  assert.equal(environmentOf(pid!)['ANTHROPIC_API_KEY'], 'sk-...');
});

test('Managing sessions: amux ps, or amux agent list', () => {
  const table = shell('amux ps');
  assert.match(table, /^SESSION ID +AGENT +WORKSPACE +STATUS +RUNTIME/);
  assert.match(table, /^session-\w{6} +claude +main +running +\d+s/m);
  assert.match(shell('amux agent list'), /^SESSION ID +AGENT +WORKSPACE +STATUS +RUNTIME/);
});

test('Viewing output and stopping: a session that was stopped is over, and its directory goes on with a new one', async () => {
  const [{id} = {id: ''}] = JSON.parse(shell('amux ps --json')) as SessionView[];
  assert.match(shell(`amux agent logs ${id}`), /called with:/);
  shell(`amux agent stop ${id}`);
  assert.match(shell('amux ps'), new RegExp(`^${id} +claude +main +stopped`, 'm'));
  assert.match(shell(`amux agent logs ${id}`), /called with:/);
  const next = shell('amux run claude').trim();
  assert.equal((await home.session(next)).dir, (await home.session(id)).dir);
});

test('Configuring agents: add, update, list and show', async () => {
  shell(`amux agent config add gpt-4 \\
    --name "GPT-4" \\
    --type openai \\
    --command "gpt-cli" \\
    --env OPENAI_API_KEY=sk-...`);
  shell(`amux agent config update claude \\
    --command "claude --model sonnet" \\
    --env ANTHROPIC_API_KEY=sk-new...`);
  const list = shell('amux agent config list');
  assert.match(list, /^gpt-4 +GPT-4 +generic +gpt-cli +project$/m);
  const shown = shell('amux agent config show claude');
  assert.match(shown, /Command +claude --model sonnet/);
  assert.doesNotMatch(shown, /sk-new/);
  const gpt = shell('amux run gpt-4').trim();
  assert.equal(environmentOf((await home.session(gpt)).pid!)['OPENAI_API_KEY'], 'sk-...');
  const claude = shell('amux run claude').trim();
  await said(claude, 'called with: --model sonnet');
});

test('Configuration file: the printed one works as it is', async () => {
  const guide = `agents:
  claude:
    name: Claude
    type: claude
    command: claude
    environment:
      ANTHROPIC_API_KEY: \${ANTHROPIC_API_KEY}
  gpt:
    name: GPT-4
    type: openai
    command: gpt-cli
    environment:
      OPENAI_API_KEY: \${OPENAI_API_KEY}
`;
  const file = join(project, '.amux', 'config.yaml');
  assert.notEqual(readFileSync(file, 'utf8'), '');
  execFileSync('tee', [file], {input: guide, stdio: ['pipe', 'ignore', 'inherit']});
  const gpt = shell('amux run gpt', {OPENAI_API_KEY: 'from the shell'}).trim();
  assert.equal(environmentOf((await home.session(gpt)).pid!)['OPENAI_API_KEY'], 'from the shell');
  assert.match(shell('amux ps'), new RegExp(`^${gpt} +gpt +main +running`, 'm'));
});

test('Session environment: each of the printed variables is there', async () => {
  const session = shell(`amux run generic --command 'echo "context: $AMUX_CONTEXT_PATH"; exec cat'`).trim();
  await said(session, `context: ${project}/.amux/context`);
  const env = environmentOf((await home.session(session)).pid!);
  assert.equal(env['AMUX_WORKSPACE_ID'], 'main');
  assert.equal(env['AMUX_WORKSPACE_PATH'], project);
  assert.equal(env['AMUX_SESSION_ID'], session);
  assert.equal(env['AMUX_AGENT_ID'], 'generic');
});

test('Environment variables not set: --env at run time overrides the profile’s', async () => {
  const session = shell('amux run gpt --env OPENAI_API_KEY=override').trim();
  assert.equal(environmentOf((await home.session(session)).pid!)['OPENAI_API_KEY'], 'override');
});

const workspaces = join(project, '.amux', 'workspaces');
const context = ['background.md', 'plan.md', 'working-log.md', 'results-summary.md'];

test('Multiple concurrent agents: each in a workspace of its own', async () => {
  // As the guide's configuration names them, exported by whoever works there.
  Object.assign(home.env, {ANTHROPIC_API_KEY: 'sk-...', OPENAI_API_KEY: 'sk-...'});
  shell('amux ws create feature-oauth --agent claude');
  const claude = shell('amux run claude --workspace feature-oauth').trim();
  shell('amux ws create bugfix-api --agent gpt');
  const gpt = shell('amux run gpt --workspace bugfix-api').trim();
  const table = shell('amux ps');
  assert.match(table, new RegExp(`^${claude} +claude +feature-oauth +running +\\d+s`, 'm'));
  assert.match(table, new RegExp(`^${gpt} +gpt +bugfix-api +running +\\d+s`, 'm'));
  assert.equal((await home.session(gpt)).dir, join(workspaces, 'bugfix-api'));
  assert.equal((await home.session(gpt)).branch, 'amux/bugfix-api');
});

test('Running an agent: --workspace names it, and the latest is taken without', async () => {
  shell('amux ws create feature-auth');
  shell('amux ws create later');
  const named = shell('amux run claude --workspace feature-auth').trim();
  assert.equal((await home.session(named)).workspace.id, 'feature-auth');
  const latest = shell('amux run claude').trim();
  assert.equal((await home.session(latest)).workspace.id, 'later');
  for (const session of [named, latest]) shell(`amux agent stop ${session}`);
  shell('amux ws remove later feature-auth');
});

test('Managing context: where the files are, and making them by hand', () => {
  assert.deepEqual(
    shell('amux ws context show feature-oauth').trim().split('\n'),
    context.map(name => join(workspaces, 'feature-oauth', '.amux', 'context', name)),
  );
  assert.match(shell('amux ws context show'), /bugfix-api\/\.amux\/context\/background\.md/);
  assert.match(shell('amux ws context init feature-oauth'), /all of them are there already/);
  shell('rm .amux/workspaces/bugfix-api/.amux/context/plan.md');
  assert.match(shell('amux ws context init'), /made plan\.md in/);
  assert.match(shell('cat .amux/workspaces/bugfix-api/.amux/context/plan.md'), /^# Plan: bugfix-api$/m);
  for (const name of context) assert.notEqual(readFileSync(join(project, '.amux', 'context', name), 'utf8'), '');
});

test('Environment variable: the context path is that of the workspace', async () => {
  const session = shell(`amux run generic -w bugfix-api --command 'echo $AMUX_CONTEXT_PATH; exec cat'`).trim();
  await said(session, join(workspaces, 'bugfix-api', '.amux', 'context'));
  const env = environmentOf((await home.session(session)).pid!);
  assert.equal(env['AMUX_WORKSPACE_ID'], 'bugfix-api');
  assert.equal(env['AMUX_WORKSPACE_PATH'], join(workspaces, 'bugfix-api'));
});

test('Workflow example: from the workspace to its results', async () => {
  shell('amux ws create feature-auth --agent claude --description "Implement OAuth 2.0"');
  const {path} = JSON.parse(shell('amux ws show --json')) as {path: string};
  assert.match(readFileSync(join(path, '.amux', 'context', 'background.md'), 'utf8'), /Implement OAuth 2\.0/);
  const session = shell('amux run claude').trim();
  assert.equal((await home.session(session)).workspace.name, 'feature-auth');
  assert.match(shell('amux ps'), new RegExp(`^${session} +claude +feature-auth +running`, 'm'));
  await said(session, 'called with:');
  shell(`amux agent stop ${session}`);
  assert.match(shell('cat .amux/context/results-summary.md'), /^# Results/);
  const inside = (line: string) => shell(`cd "$(amux ws cd feature-auth)" && ${line}`);
  assert.match(inside('cat .amux/context/results-summary.md'), /^# Results: feature-auth/);
  const log = inside('cat .amux/context/working-log.md');
  const time = '^- \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d session';
  assert.match(log, new RegExp(`${time} \\S+ \\(claude, ${session}\\) started$`, 'm'));
  assert.match(log, new RegExp(`${time} \\S+ \\(claude, ${session}\\) ended, stopped: `, 'm'));
  assert.equal(inside('git status --porcelain'), '');
});

test('Session won’t start: the workspace and the agent are looked up', () => {
  assert.match(shell('amux ws list'), /^feature-auth +amux\/feature-auth +main +claude +ready/m);
  assert.match(shell('amux agent config show claude'), /Command +claude/);
});

test('Best practices: sessions are stopped and workspaces removed when their work is done', () => {
  shell('amux stop --all');
  shell('amux ws remove feature-auth');
  assert.doesNotMatch(shell('amux ws list'), /feature-auth/);
  assert.equal(shell('git branch --list amux/feature-auth'), '');
  assert.match(shell('amux ws prune --days 0'), /bugfix-api removed/);
});
