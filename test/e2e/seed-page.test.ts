import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import type {CardView} from '../../source/domain/board.ts';
import {freePort} from '../helpers/free-port.ts';
import {type Agent, Home, type Result} from '../helpers/home.ts';

/** The page's snippets as they are printed there, run by real curl and python3. */
const snippet = (name: string): string => readFileSync(new URL(`../fixtures/seed/${name}`, import.meta.url), 'utf8');

let home: Home;
let reviewer: Agent;
let url: string;

before(async () => {
  home = new Home();
  await home.amux('serve', '--detach', '--port', String(await freePort()));
  const {token} = await home.json<{token: string}>('token', 'create', '--role', 'operator', '--name', 'page');
  const served = JSON.parse(readFileSync(join(home.path, 'supervisor.json'), 'utf8')) as {url: string};
  url = served.url.replace('://', `://amux:${token}@`);
  await home.startAgent('payments-agent');
  reviewer = await home.startAgent('reviewer-agent');
});
after(() => home[Symbol.asyncDispose]());

test('what every session spent, in one line', async () => {
  const {out} = await bash(snippet('tokens.sh'));
  assert.match(out, /^payments-agent — (\d+|None) tokens\nreviewer-agent — (\d+|None) tokens\n$/);
});

test('a message to another session is delivered at its turn boundary', async () => {
  const {id, state} = JSON.parse((await bash(snippet('send.sh'))).out) as {id: string; state: string};
  assert.ok(id.length > 0 && state.length > 0);
  assert.deepEqual(await reviewer.read(1), ['The payments module PR is ready for your review — PR #247']);
});

test('a look at another session prints its screen', async () => {
  assert.match((await bash(snippet('peek.sh'))).out, /__READY__/);
});

test('the monitor finds cards that stand in doing for too long, asks their session and resets them', async () => {
  const card = JSON.parse(await curl('POST', '/api/board', {title: 'charge twice', status: 'doing'})) as {id: string};
  assert.equal((await bash(snippet('monitor.sh'))).out, '', 'it is fresh');
  const late = await bash(snippet('monitor.sh').replace('7200', '-1'));
  assert.equal(late.out, `${card.id} None charge twice\n`);
  await curl('POST', '/api/sessions/payments-agent/send', {
    text: 'Status check: what are you working on? Report progress.',
  });
  const desc = 'Reset by monitor — session unresponsive';
  await curl('PATCH', `/api/board/${card.id}`, {status: 'todo', desc});
  const now = JSON.parse(await curl('GET', `/api/board/${card.id}`)) as {
    status: string;
    desc: string;
    history: unknown[];
  };
  assert.deepEqual([now.status, now.desc], ['todo', desc]);
  assert.ok(now.history.length >= 2);
});

test('the workflow posts a card and waits until somebody has done it', async () => {
  // GitHub puts these in before a shell sees the line.
  const values: Record<string, string> = {
    'github.event.pull_request.number': '247',
    'github.event.pull_request.title': 'Payments, again',
    'github.event.pull_request.html_url': 'https://example.com/pull/247',
    'secrets.AMUX_URL': url,
  };
  const filled = (name: string) =>
    snippet(name).replaceAll(/\$\{\{ (\S+) \}\}/g, (_, name: string) => values[name] ?? '');
  const card = JSON.parse((await bash(filled('workflow-post.sh'))).out) as {id: string; status: string; title: string};
  assert.deepEqual([card.status, card.title], ['todo', 'Review PR #247: Payments, again']);
  // The reviewer is done while the workflow sleeps.
  home.program(
    'sleep',
    `#!/bin/sh\ncurl -sk -X PATCH -d '{"status":"done"}' "${url}/api/board/${card.id}" >>${home.dir}/slept\n`,
  );
  await bash(filled('workflow-wait.sh'));
  assert.equal(readFileSync(join(home.dir, 'slept'), 'utf8').match(/"status":"done"/g)?.length, 1);
});

test('the workflow ends when an agent that works from the board has done its card', async () => {
  const pull: Record<string, string> = {
    'github.event.pull_request.number': '248',
    'github.event.pull_request.title': 'Refunds',
    'github.event.pull_request.html_url': 'https://example.com/pull/248',
    'secrets.AMUX_URL': url,
  };
  const filled = (name: string) =>
    snippet(name).replaceAll(/\$\{\{ (\S+) \}\}/g, (_, value: string) => pull[value] ?? '');
  for (const card of await home.json<CardView[]>('board')) await home.amux('board', 'rm', card.id);
  home.program('sleep', '#!/bin/sh\nexec /bin/sleep 0.1\n');
  const script = [
    'until card=$(curl -sk --fail -X POST -d "{}" "$AMUX_URL/api/board/next"); do sleep 30; done',
    'id=$(echo "$card" | python3 -c "import json,sys; print(json.load(sys.stdin)[\'id\'])")',
    'curl -sk -X PATCH -d \'{"desc":"Reviewed: nothing to say"}\' "$AMUX_URL/api/board/$id"',
    'curl -sk -X PATCH -d \'{"status":"done"}\' "$AMUX_URL/api/board/$id"',
  ];
  home.program('board-agent', `#!/bin/sh\n${script.join('\n')}\n`);
  await home.amux('register', 'worker', '--dir', home.work, '--agent', 'generic', '--command', 'board-agent');
  await home.amux('start', 'worker');
  const {id} = JSON.parse((await bash(filled('workflow-post.sh'))).out) as {id: string};
  await bash(filled('workflow-wait.sh'));
  const {status, history} = await home.json<CardView>('board', 'show', id);
  assert.equal(status, 'done');
  assert.deepEqual(
    history.map(({actor, change}) => `${actor}: ${change}`),
    [
      'api:page: added to todo',
      'agent:worker: claimed by worker',
      'agent:worker: desc',
      'agent:worker: doing → done, the claim of worker ended',
    ],
  );
});

test('transcripts are read by the script as it is printed', async () => {
  const projects = join(home.dir, 'user', '.claude', 'projects', 'here');
  mkdirSync(projects, {recursive: true});
  const fixture = new URL('../fixtures/agents/transcripts/claude/queued-two-prompts.jsonl', import.meta.url);
  await bash(`cp '${fixture.pathname}' '${projects}/one.jsonl'`);
  const script = snippet('transcripts.py');
  assert.equal((await program('python3', ['-c', script])).out, '', 'no project is named');
  const {out} = await program('python3', ['-c', script.replace('project_hash = ""', 'project_hash = "here"')]);
  assert.match(out, /^(Turn: \d+ in \/ \d+ out\n)+$/);
});

const bash = (script: string) => program('bash', ['-e', '-c', script]);

async function program(name: string, args: string[]): Promise<Result> {
  const child = spawn(name, args, {
    env: {...home.env, AMUX_URL: url},
    cwd: home.work,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 0, `${name} ended with ${code}: ${out}${err}`);
  return {code, out, err};
}

async function curl(method: string, path: string, body?: unknown): Promise<string> {
  const data = body === undefined ? '' : `-d '${JSON.stringify(body)}'`;
  return (await bash(`curl -sk --fail-with-body -X ${method} ${data} "$AMUX_URL${path}"`)).out;
}
