import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import type {SessionView} from '../../source/domain/fleet.ts';
import {type Supervised, supervise} from '../helpers/live-home.ts';

const BOUND_MS = 30_000;
const MB = 1024 ** 2;

type Started = {
  home: Supervised;
  name: string;
  until: (holds: (session: SessionView) => boolean) => Promise<SessionView>;
};

/** A program in a session, under a supervisor that looks ten times a second; `settings` of the watchdog. */
async function start(
  program: string,
  {settings, agent = 'generic', name = 'one'}: {settings: string; agent?: string; name?: string},
): Promise<Started> {
  const home = await supervise({settings: `watchdog: ${settings}\n`, patrolMs: 100});
  const fleet = home.supervisor.as('test');
  const file = join(home.work, 'program.mjs');
  writeFileSync(file, program);
  await fleet.register({name, dir: home.work, agent, command: `'${process.execPath}' '${file}'`});
  await fleet.start(name);
  const until: Started['until'] = async holds => {
    const signal = AbortSignal.timeout(BOUND_MS);
    let session = await fleet.session(name);
    // Not all of it is in the journal: what processes take is asked for.
    while (!holds(session)) {
      assert.equal(signal.aborted, false, JSON.stringify(session));
      await new Promise(resolve => setTimeout(resolve, 100));
      session = await fleet.session(name);
    }
    return session;
  };
  return {home, name, until};
}

async function told(home: Supervised, wanted: RegExp): Promise<string> {
  const signal = AbortSignal.timeout(BOUND_MS);
  for await (const {reason} of home.supervisor.as('test').events({since: 0, signal})) {
    if (wanted.test(reason)) return reason;
  }
  return assert.fail(`nobody told ${wanted}`);
}

const works = `process.stdout.write('\\x1b]7501;state=working\\x07');`;
const logs = `import {appendFileSync} from 'node:fs';
process.stdin.setRawMode(true);
process.stdin.on('data', bytes => appendFileSync('keys.log', bytes.toString('hex') + '\\n'));`;

describe('a session that is watched', () => {
  test('and hangs behind a spinner is told of, interrupted once, and goes on when something comes', async () => {
    const program = `${logs}
let turn = 0;
console.log('> build it');
${works}
const spinner = setInterval(() => process.stdout.write('\\r' + '|/-'[turn++ % 3] + ' ' + turn + 's'), 100);
process.stdin.on('data', () => setTimeout(() => {
  clearInterval(spinner);
  let steps = 'on we go';
  setInterval(() => console.log('\\r' + (steps += ' on')), 200);
}, 1000));`;
    const settings = '{stuck: {after: 3s, interrupt: true}}';
    const {home, until} = await start(program, {settings, agent: 'claude'});
    await using _ = home;
    await told(home, /^stuck: stuck; no evidence of progress for \d+s: it only repaints its screen/);
    const {watchdog, notice} = await until(session => session.watchdog.stuck);
    assert.equal(watchdog.fired?.rule, 'stuck');
    assert.match(notice ?? '', /^stuck: no evidence/);
    await told(home, /^stuck: over; it goes on: something new on its screen/);
    const keys = readFileSync(join(home.work, 'keys.log'), 'utf8').split('\n');
    assert.equal(keys.filter(each => each === '1b').length, 1, keys.join(' '));
  });

  test('and takes too much is started again at its turn boundary, and that once', async () => {
    const program = `const kept = Buffer.alloc(${200 * MB}, 1); console.log('ready'); setInterval(() => kept, 1000);`;
    const {home, until, name} = await start(program, {settings: '{envelope: {memory: 150MB, action: restart}}'});
    await using _ = home;
    const {pid: first} = await home.supervisor.as('test').session(name);
    await told(home, /^envelope: restart; memory \d+ MB of 150 MB; at its next turn boundary/);
    const reason = await told(home, /(started again|failed).*by the watchdog/);
    assert.match(reason, /^started again by the watchdog: over its envelope: memory/);
    const session = await until(({pid, resources}) => pid !== null && pid !== first && resources !== null);
    const {memory, processes} = (await until(({resources}) => (resources?.memory ?? 0) > 200 * MB)).resources!;
    assert.ok(memory < 2000 * MB);
    assert.equal(processes, 1);
    const {pid} = await until(({watchdog}) => watchdog.planned === null);
    assert.equal(pid, session.pid, 'not again so soon');
  });

  test('and takes too much is ended where that is wanted, and says why', async () => {
    const program = `console.log('ready'); import('node:child_process').then(({spawn}) => { for (let i = 0; i < 6; i++) spawn('sleep', ['60']); }); setInterval(() => {}, 1000);`;
    const {home, until} = await start(program, {settings: '{envelope: {processes: 4, action: stop}}'});
    await using _ = home;
    const {status, reason} = await until(session => session.reason.startsWith('stopped by'));
    assert.equal(status, 'stopped');
    assert.match(reason, /^stopped by the watchdog: over its envelope: 7 processes of 4/);
  });

  test('and whose caps the system cannot hold runs all the same, and that is told', async () => {
    const fake = `console.log('ready'); setInterval(() => {}, 1000);`;
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      const {home, until} = await start(fake, {settings: '{envelope: {memory: 4GB, hard: true}}'});
      await using _ = home;
      await told(home, /^one: its caps are not held by the system: there is no systemd-run here/);
      assert.equal((await until(({running}) => running)).status, 'running');
    } finally {
      process.env['PATH'] = path;
    }
  });

  test('and is to be held by the system is launched in a scope, in which it is the process of its terminal', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'amux-scope-'));
    const log = join(bin, 'log');
    // Stands in for systemd, which is seldom there where tests run.
    const script = `#!/bin/sh\necho "$@" >> '${log}'\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n`;
    writeFileSync(join(bin, 'systemd-run'), script, {mode: 0o755});
    const path = process.env['PATH'];
    process.env['PATH'] = `${bin}:${path}`;
    try {
      const program = `console.log('pid ' + process.pid); setInterval(() => {}, 1000);`;
      const settings = '{envelope: {memory: 4GB, processes: 50, hard: true}}';
      const {home, until} = await start(program, {settings});
      await using _ = home;
      const {pid} = await until(({preview}) => preview.startsWith('pid'));
      assert.equal((await home.supervisor.as('test').session('one')).preview, `pid ${pid}`);
      const [run] = await home.supervisor.as('test').runs('one');
      assert.equal(run?.argv[0], process.execPath, 'what it runs is told without the scope');
      const launch = readFileSync(log, 'utf8').trim().split('\n').at(-1)!;
      assert.match(launch, /--scope .*-p MemoryMax=4294967296 -p MemorySwapMax=0 -p TasksMax=50 -- \/.*program\.mjs$/);
    } finally {
      process.env['PATH'] = path;
      rmSync(bin, {recursive: true, force: true});
    }
  });

  test('takes settings as they are edited', async () => {
    const program = `console.log('> build it'); ${works} setInterval(() => {}, 1000);`;
    const {home, until} = await start(program, {settings: '{stuck: off}'});
    await using _ = home;
    await until(({activity}) => activity === 'working');
    const stuck = async () => {
      const {watchdog} = await home.supervisor.as('test').explain('one');
      return watchdog.find(({rule}) => rule === 'stuck')?.mode;
    };
    assert.equal(await stuck(), 'off');
    writeFileSync(home.paths.config, 'watchdog: {stuck: {after: 1s}}\n');
    await told(home, /^stuck: stuck; no evidence of progress/);
    assert.equal(await stuck(), 'on');
  });
});
