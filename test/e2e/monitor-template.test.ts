import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import type {CardView} from '../../source/domain/board.ts';
import type {QueueView, SessionView} from '../../source/domain/fleet.ts';
import type {NoteView} from '../../source/domain/knowledge.ts';
import type {ScheduleView} from '../../source/domain/schedule.ts';
import {amuxFile, assertFailed, Home, type Result, until} from '../helpers/home.ts';

/** `amux init --with monitor`, and each command of the instructions that it writes, run as the monitor would. */
const home = new Home();
const project = join(home.dir, 'shop');
const config = join(project, '.amux', 'config.yaml');
const dir = join(project, '.amux', 'monitor');
const environment = join(home.dir, 'environment');
const within = (...args: string[]) => home.run(args, {cwd: project});
let instructions = '';

before(async () => {
  execFileSync('git', ['init', '-q', project]);
  home.program('amux', `#!/bin/sh\nexec "${process.execPath}" "${amuxFile}" "$@"\n`);
  home.program('looker', `#!/bin/sh\nenv >${environment}.new && mv ${environment}.new ${environment}\nexec cat\n`);
  await home.amux('serve', '--detach');
});
after(() => home[Symbol.asyncDispose]());

test('init --with monitor makes a project with a monitor: profile, instructions, session, schedule', async () => {
  mkdirSync(join(project, '.amux'));
  writeFileSync(config, 'defaultAgent: mine\nagents:\n  mine: {type: generic, command: looker}\n');
  const {code, out, err} = await within('init', '--with', 'monitor');
  assert.equal(code, 0, err);
  assert.equal(err, '');
  assert.match(
    out,
    /^monitor looks after the board · what it does stands in .*\/\.amux\/monitor\/CLAUDE\.md\nevery 30 minutes it is told to do its round · amux start monitor begins it\n$/,
  );
  assert.match(
    readFileSync(config, 'utf8'),
    /^ {2}monitor:\n {4}name: Health monitor\n {4}type: generic\n {4}command: looker$/m,
  );
  assert.equal((await within('config', 'validate')).code, 0);
  const {dir: works, agent, running} = await home.session('monitor');
  assert.deepEqual([works, agent, running], [dir, 'monitor', false]);
  const [schedule, ...more] = await home.json<ScheduleView[]>('schedule');
  assert.equal(more.length, 0);
  const {name, cron, session, text, missed} = schedule!;
  assert.deepEqual([name, cron, session, missed], ['monitor', '*/30 * * * *', 'monitor', 'skip']);
  assert.match(text!, /Do your round .* CLAUDE\.md in this directory/);
  const status = execFileSync('git', ['-C', project, 'status', '--porcelain', '-uall'], {encoding: 'utf8'});
  assert.ok(!status.includes('monitor'), status);
  instructions = readFileSync(join(dir, 'CLAUDE.md'), 'utf8');
  assert.match(instructions, /^## Your role: health monitor\n/);
});

test('a repeat changes nothing that people have changed', async () => {
  const before = readFileSync(config, 'utf8');
  writeFileSync(join(dir, 'CLAUDE.md'), 'Only look.\n');
  const {code, err} = await within('init', '--with', 'monitor');
  assert.equal(code, 0, err);
  assert.equal(readFileSync(config, 'utf8'), before);
  assert.equal(readFileSync(join(dir, 'CLAUDE.md'), 'utf8'), 'Only look.\n');
  assert.deepEqual([(await home.json<SessionView[]>('ps')).length, (await home.json<[]>('schedule')).length], [1, 1]);
});

test('another project does not get a second one, and is left as it was', async () => {
  const other = join(home.dir, 'other');
  execFileSync('git', ['init', '-q', other]);
  assertFailed(
    await home.run(['init', '--with', 'monitor'], {cwd: other}),
    4,
    /a session named "monitor" exists already/,
  );
  assert.ok(!existsSync(join(other, '.amux', 'monitor')));
  assertFailed(await home.run(['init', '--with', 'else'], {cwd: other}), 2, /--with cannot be "else" · use monitor/);
});

test('what it is told every half hour reaches it, and every command of its instructions works', async () => {
  await home.amux('register', 'worker', '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  await home.amux('start', 'worker');
  await home.amux('board', 'add', 'charge twice');
  const [card] = await home.json<CardView[]>('board');
  await home.amux('board', 'claim', card!.id, '--session', 'worker');
  await home.amux('schedule', 'run', 'monitor');
  await home.amux('start', 'monitor');
  await until('its round to be typed', async () => /Do your round/.test(await home.amux('peek', 'monitor')));
  await until('its environment', () => existsSync(environment));

  const blocks = [...instructions.matchAll(/^( *)```bash\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  assert.equal(blocks.length, 5);
  const filled = blocks.map(text => text.replaceAll('SESSION_NAME', 'worker').replaceAll('TASK_ID', card!.id));
  const [stuck, ask, report, reset, api] = filled as [string, string, string, string, string];

  assert.doesNotMatch((await bash(stuck)).out, /charge twice/, 'it is fresh');
  assert.match(
    (await bash(stuck.replace('2h', '0s'))).out,
    new RegExp(`^${card!.id} +doing .* worker .* charge twice$`, 'm'),
  );
  await bash(ask);
  await until('the question', async () =>
    /Status check: what are you working on/.test(await home.amux('peek', 'worker')),
  );
  await bash(report);
  const [note] = await home.json<NoteView[]>('notes', '--tag', 'monitor');
  assert.match(note!.text, new RegExp(`^Monitor: ${card!.id} of worker is stuck`));
  assert.equal(note!.author, 'agent:monitor');
  await bash(reset);
  const after = await home.json<CardView>('board', 'show', card!.id);
  assert.deepEqual(
    [after.status, after.claim, after.history.at(-1)!.reason],
    ['todo', null, 'Reset by monitor: session unresponsive'],
  );

  await home.amux('board', 'move', card!.id, 'doing');
  const {out} = await bash(api.replace('7200', '-1'));
  assert.match(out, new RegExp(`^${card!.id} None charge twice$`, 'm'));
  const queue = await home.json<QueueView[]>('queue', 'worker');
  assert.ok(queue.length <= 1);
  const last = await home.json<CardView>('board', 'show', card!.id);
  assert.deepEqual([last.status, last.desc], ['todo', card!.desc], 'what is to be done stands there still');
  assert.equal(last.history.at(-1)!.reason, 'Reset by monitor — session unresponsive');
});

/** In the environment that amux gave the monitor. */
async function bash(script: string): Promise<Result> {
  const env = Object.fromEntries(
    readFileSync(environment, 'utf8')
      .split('\n')
      .filter(line => line.includes('='))
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
    env,
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const result: Result = {code: null, out: '', err: ''};
  child.stdout.on('data', (chunk: Buffer) => (result.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (result.err += chunk.toString()));
  [result.code] = (await once(child, 'close')) as [number];
  assert.equal(result.code, 0, `${script}\n${result.err}`);
  return result;
}
