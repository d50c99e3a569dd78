import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {AmuxError, type ErrorCode, type Facts} from '../../source/domain/errors.ts';
import type {EventView, Fleet, SessionView} from '../../source/domain/fleet.ts';
import {rowText, screenText} from '../../source/domain/screen.ts';
import {ruleNames} from '../../source/domain/watch.ts';
import {type Agent, until} from '../helpers/home.ts';

/** Longest that a stream is waited for, in ms. */
const STREAM_MS = 30_000;

export type Subject = {
  fleet: Fleet;
  /** The same fleet, for somebody else. */
  another: () => Promise<Fleet>;
  /** A directory for sessions. */
  work: string;
  agent: (name: string, ...args: string[]) => Agent;
  shutdowns: () => number;
};

/** A home as people leave it, and a fleet that reads it. */
export type ReadSubject = {fleet: Fleet; left: Left};
export type Left = {ended: SessionView; waits: SessionView; token: string; cursor: number; work: string};

/** What is left: `ended` ran and printed, `waits` never started and has two messages. */
export async function leaveSomething({fleet, work, agent}: Pick<Subject, 'fleet' | 'work' | 'agent'>): Promise<Left> {
  const script = 'sh -c "echo first; echo last; exit 3"';
  await fleet.register({name: 'ended', dir: work, agent: 'generic', command: script, restart: 'never'});
  await fleet.start('ended').catch(() => {}); // It may end while it starts.
  await until('its end', async () => (await fleet.session('ended')).status === 'failed');
  await fleet.register({name: 'waits', dir: work, agent: 'generic', command: agent('waits').command, tags: ['t']});
  await fleet.update('ended', {watchdog: {crash: 'report'}});
  await fleet.send('waits', {text: 'one', id: 'm-one'});
  await fleet.send('waits', {text: 'two', id: 'm-two'});
  const {id: token} = await fleet.createToken({role: 'viewer', name: 'reader'});
  await fleet.addSchedule({cron: '0 2 * * *', timezone: 'Europe/Berlin', session: 'waits', text: 'wake up'});
  await fleet.changeSchedule('waits', {missed: 'skip'});
  const [ended, waits] = [await fleet.session('ended'), await fleet.session('waits')];
  return {ended, waits, token, cursor: (await fleet.health()).cursor, work};
}

/** What every `Fleet` tells, also the one that only reads. */
export function readingContract(open: (context: TestContext) => Promise<ReadSubject>): void {
  test('lists sessions in order of creation, and finds one by name, id, row and prefix', async context => {
    const {fleet, left} = await open(context);
    const all = await fleet.sessions();
    assert.deepEqual(
      all.map(({name}) => name),
      ['ended', 'waits'],
    );
    for (const ref of ['waits', left.waits.id, '2', 'wai']) {
      assert.deepEqual(still(await fleet.session(ref)), still(left.waits), ref);
    }
    assert.deepEqual(still(all[0]!), still(left.ended));
    assert.deepEqual([all[0]!.status, all[0]!.exit?.code], ['failed', 3]);
  });

  test('an unknown session is the same error everywhere', async context => {
    const {fleet} = await open(context);
    for (const act of [
      () => fleet.session('nobody'),
      () => fleet.peek('nobody'),
      () => fleet.logs('nobody'),
      () => fleet.scrollback('nobody'),
      () => fleet.runs('nobody'),
      () => fleet.explain('nobody'),
      () => fleet.queue('nobody'),
    ]) {
      await assert.rejects(act(), fails('session.unknown', {ref: 'nobody'}));
    }
    await assert.rejects(fleet.session('a/../b?c#d%'), fails('session.unknown', {ref: 'a/../b?c#d%'}));
  });

  test('shows the screen and the text of a session that ended', async context => {
    const {fleet} = await open(context);
    const {name, output, lines} = await fleet.peek('ended');
    assert.deepEqual([name, output.trimEnd().split('\n')], ['ended', ['first', 'last']]);
    assert.ok(lines >= 2);
    assert.equal((await fleet.peek('ended', {lines: 1})).output.trimEnd(), 'last');
    assert.deepEqual((await fleet.logs('ended')).filter(Boolean), ['first', 'last']);
    assert.equal((await fleet.logs('ended', {lines: 0})).length, 0);
    assert.deepEqual((await fleet.scrollback('ended')).rows.map(rowText), ['first', 'last']);
    assert.deepEqual((await fleet.scrollback('ended', {lines: 1})).rows.map(rowText), ['last']);
  });

  test('tells its lives, its reason, and what waits for it', async context => {
    const {fleet, left} = await open(context);
    const [run, ...others] = await fleet.runs('ended');
    assert.deepEqual([run?.exit?.code, others], [3, []]);
    assert.ok(!('hookToken' in run!) && !('apiToken' in run!), 'no token of a run is told');
    const {name, status, reason, watchdog} = await fleet.explain('ended');
    assert.deepEqual(
      watchdog.map(({rule}) => rule),
      ruleNames,
    );
    const [crash] = watchdog;
    assert.deepEqual([crash?.mode, crash?.next, crash?.about === ''], ['report', null, false]);
    assert.deepEqual([name, status, reason], ['ended', 'failed', left.ended.reason]);
    const queue = await fleet.queue('waits');
    assert.deepEqual(
      queue.map(({id, text, state}) => [id, text, state]),
      [
        ['m-one', 'one', 'queued'],
        ['m-two', 'two', 'queued'],
      ],
    );
    assert.deepEqual(await fleet.approvals(), []);
  });

  test('lists schedules with their next times', async context => {
    const {fleet} = await open(context);
    const [schedule, ...others] = await fleet.schedules();
    const {name, cron, text, missed, upcoming} = schedule!;
    assert.deepEqual([name, cron, text, missed], ['waits', '0 2 * * *', 'wake up', 'skip']);
    assert.deepEqual([others.length, upcoming.length], [0, 3]);
  });

  test('lists tokens without what they are', async context => {
    const {fleet, left} = await open(context);
    const tokens = await fleet.listTokens();
    const reader = tokens.find(({id}) => id === left.token)!;
    assert.deepEqual(Object.keys(reader).sort(), ['created_at', 'expires_at', 'id', 'name', 'role']);
    assert.deepEqual([reader.name, reader.role, reader.expires_at], ['reader', 'viewer', null]);
  });

  test('reads the journal from any cursor without gap or repeat', async context => {
    const {fleet, left} = await open(context);
    const all = await entries(fleet, {since: 0, upTo: left.cursor});
    assert.deepEqual(
      all.map(({cursor}) => cursor),
      Array.from({length: left.cursor}, (_, i) => i + 1),
    );
    assert.ok(all.every(entry => !('changes' in entry)));
    const middle = Math.floor(left.cursor / 2);
    assert.deepEqual(await entries(fleet, {since: middle, upTo: left.cursor}), all.slice(middle));
  });

  test('says who it is', async context => {
    const {fleet, left} = await open(context);
    const {sessions, running, cursor, backend} = await fleet.health();
    assert.deepEqual([sessions, running, backend], [2, 0, 'pty']);
    assert.ok(cursor >= left.cursor);
  });

  test('lists the processes that the supervisor ran, in order', async context => {
    const {fleet} = await open(context);
    const ids = (await fleet.commands()).map(({id}) => id);
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
  });
}

/** What every `Fleet` of a supervisor does. */
export function fleetContract(open: (context: TestContext) => Promise<Subject>): void {
  test('a session lives: registered, started, stopped, started again, forgotten', async context => {
    const {fleet, work, agent} = await open(context);
    const program = agent('a');
    const ending = new AbortController();
    const events = fleet.events({since: 0, signal: ending.signal})[Symbol.asyncIterator]();
    const made = await fleet.register({name: 'a', dir: work, agent: 'generic', command: program.command, tags: ['x']});
    assert.deepEqual([made.name, made.status, made.running, made.tags], ['a', 'stopped', false, ['x']]);
    const started = await fleet.start('a');
    assert.deepEqual([started.id, started.running], [made.id, true]);
    await assert.rejects(fleet.unregister('a'), fails('session.running', {name: 'a'}));
    assert.equal((await fleet.stop('a')).status, 'stopped');
    assert.equal((await fleet.restart('a')).running, true);
    const [run] = await fleet.runs('a');
    assert.equal(run?.exit, null);
    assert.deepEqual(await fleet.stopAll({force: true}), [{name: 'a', ok: true, error: null}]);
    assert.equal(await fleet.unregister('a'), undefined);
    assert.deepEqual(await fleet.sessions(), []);
    const told = [];
    for (let last = ''; last !== 'session.unregistered'; ) {
      const {value} = await events.next();
      last = value!.type;
      if (/registered|start requested|stopped on request/.test(value!.reason)) told.push(value!);
    }
    ending.abort();
    assert.deepEqual(
      told.map(({reason}) => reason.replace(/(registered|on request).*/, '$1')),
      [
        'a registered',
        ...['start requested', 'stopped on request', 'start requested', 'stopped on request'],
        'a unregistered',
      ],
    );
    assert.deepEqual(new Set(told.map(({actor}) => actor)), new Set([told[0]!.actor]), 'whoever asked is named');
    assert.notEqual(told[0]!.actor, 'supervisor');
  });

  test('rules of the watchdog have modes of its own, and it is told what its processes take', async context => {
    const {fleet, work} = await open(context);
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: 'cat'});
    const {watchdog, resources} = await fleet.update('a', {watchdog: {stuck: 'off', budget: 'report'}});
    assert.deepEqual([watchdog.modes, watchdog.fired, resources], [{stuck: 'off', budget: 'report'}, null, null]);
    const {watchdog: next} = await fleet.update('a', {watchdog: {stuck: null}});
    assert.deepEqual(next.modes, {budget: 'report'});
    const budget = (await fleet.explain('a')).watchdog.find(({rule}) => rule === 'budget');
    assert.deepEqual([budget?.mode, budget?.fired], ['report', null]);
    await fleet.start('a');
    await until('a look', async () => (await fleet.session('a')).resources !== null);
    const {memory, processes} = (await fleet.session('a')).resources!;
    assert.ok(memory > 100_000, `${memory} bytes`);
    assert.equal(processes, 1);
  });

  test('a process that it runs is among its commands', async context => {
    const {fleet, work} = await open(context);
    await fleet.run({agent: 'generic', cwd: work, command: 'cat', name: 'once'});
    // Whatever the backend is, something has to be run for the first terminal.
    await until('a command', async () => (await fleet.commands()).length > 0);
    const [{argv, at}] = (await fleet.commands()) as [Awaited<ReturnType<Fleet['commands']>>[number]];
    assert.ok(argv[0] !== '' && at > 0);
    await fleet.stop('once', {force: true});
  });

  test('a one-shot session runs once', async context => {
    const {fleet, work} = await open(context);
    const {id, kind, running} = await fleet.run({agent: 'generic', cwd: work, command: 'cat', name: 'once'});
    assert.deepEqual([kind, running], ['one-shot', true]);
    await fleet.stop(id);
    const over = fails('session.one-shot', {name: 'once', agent: 'generic'});
    await assert.rejects(fleet.start('once'), over);
    const {id: card} = await fleet.addCard({title: 'what it left'});
    await assert.rejects(fleet.claimCard(card, {session: 'once'}), over);
    await assert.rejects(fleet.nextCard({session: 'once'}), over);
    await assert.rejects(fleet.updateCard(card, {session: 'once', tell: true}), over);
    assert.equal((await fleet.card(card)).claim, null);
  });

  test('what is sent to a one-shot session that has ended is refused, and left out where others get it', async context => {
    const {fleet, work} = await open(context);
    await fleet.run({agent: 'generic', cwd: work, command: 'cat', name: 'once'});
    await fleet.register({name: 'later', dir: work, agent: 'generic', command: 'cat'});
    await fleet.send('once', {text: 'in time', id: 'm-1'});
    await fleet.stop('once', {force: true});
    const before = await fleet.queue('once');
    await assert.rejects(
      fleet.send('once', {text: 'too late'}),
      fails('session.one-shot', {name: 'once', agent: 'generic'}),
    );
    assert.equal((await fleet.send('once', {text: 'in time', id: 'm-1'})).id, 'm-1');
    const told = await fleet.sendAll({names: ['once', 'later']}, {text: 'all of you'});
    assert.deepEqual(
      told.map(({name, ok, error}) => [name, ok, error?.code]),
      [
        ['once', false, 'session.one-shot'],
        ['later', true, undefined],
      ],
    );
    assert.deepEqual(await fleet.queue('once'), before);
  });

  test('what a message waits for is told as it is now, not as it was when it was queued', async context => {
    const {fleet, work} = await open(context);
    // Its prompt never comes, so that nobody knows what it does.
    const command = `sh -c 'echo hello; sleep 60' sh`;
    await fleet.register({name: 'shy', dir: work, agent: 'claude', command, restart: 'never'});
    await fleet.send('shy', {text: 'are you there?'});
    const told = async () => (await fleet.queue('shy')).map(({reason}) => reason);
    assert.deepEqual(await told(), ['waits: shy does not run']);
    await fleet.start('shy');
    assert.doesNotMatch((await told()).join(), /does not run/);
    await until('its silence', async () => (await fleet.session('shy')).activity === 'unknown');
    await until('its reason', async () => (await told())[0] === `waits: ${(await fleet.session('shy')).reason}`);
    await fleet.stop('shy', {force: true});
    assert.deepEqual(await told(), ['waits: shy does not run']);
  });

  test('bad requests are refused with the same words', async context => {
    const {fleet, work} = await open(context);
    const register = (name: string, dir = work, more = {}) => fleet.register({name, dir, agent: 'generic', ...more});
    await register('a');
    await assert.rejects(register('a'), fails('session.exists', {name: 'a'}));
    await assert.rejects(register('../a'), fails('session.name', {name: '../a'}));
    await assert.rejects(register('b', '/no/such/dir'), fails('session.dir', {dir: '/no/such/dir'}));
    await assert.rejects(fleet.send('a', {text: ' \n'}), fails('message.empty', {}));
    await assert.rejects(fleet.keys('a', {keys: ['Enter']}), fails('session.not-running', {name: 'a'}));
    await assert.rejects(fleet.type('a', 'x'), fails('session.not-running', {name: 'a'}));
    await assert.rejects(fleet.attach('a'), fails('session.not-running', {name: 'a'}));
    await assert.rejects(fleet.decide('nothing', {behaviour: 'allow'}), fails('approval.unknown', {ref: 'nothing'}));
    await assert.rejects(fleet.revokeToken('nobody'), fails('token.unknown', {ref: 'nobody'}));
    await assert.rejects(fleet.run({agent: 'martian', cwd: work}), (error: AmuxError) => {
      assert.deepEqual([error.code, error.facts['agent'], error.exit], ['agent.unknown', 'martian', 3]);
      return true;
    });
  });

  test('a message is delivered once, however often it is sent with its id', async context => {
    const {fleet, work, agent} = await open(context);
    const program = agent('a', '--paste');
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: program.command});
    const first = await fleet.send('a', {text: 'hello\nthere', id: 'm-same'});
    assert.deepEqual([first.id, first.state], ['m-same', 'queued']);
    assert.deepEqual(await fleet.send('a', {text: 'hello\nthere', id: 'm-same'}), first);
    await fleet.start('a');
    assert.deepEqual(await program.read(1), ['hello\nthere']);
    await until('its delivery', async () => (await fleet.queue('a')).length === 0);
    assert.equal((await fleet.send('a', {text: 'hello\nthere', id: 'm-same'})).state, 'delivered');
    await fleet.send('a', {text: 'next'});
    assert.deepEqual(await program.read(2), ['hello\nthere', 'next']);
  });

  test('what waits can be dropped', async context => {
    const {fleet, work} = await open(context);
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: 'cat'});
    await fleet.send('a', {text: 'one'});
    await fleet.send('a', {text: 'two'});
    assert.equal((await fleet.session('a')).queue, 2);
    assert.equal(await fleet.clearQueue('a'), 2);
    assert.deepEqual(await fleet.queue('a'), []);
  });

  test('keys are pressed, and refused while a dialog is open unless forced', async context => {
    const {fleet, work, agent} = await open(context);
    const program = agent('a', '--block', 'danger');
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: program.command});
    await fleet.start('a');
    await program.ready();
    await fleet.keys('a', {keys: ['d', 'anger', 'Enter']});
    assert.deepEqual(await program.read(1), ['danger']);
    const {waitingFor} = await until('the dialog', async () => {
      const session = await fleet.session('a');
      return session.activity === 'waiting' && session;
    });
    assert.equal(waitingFor?.kind, 'permission');
    const [request] = await until('the request', async () => {
      const open = await fleet.approvals();
      return open.length > 0 && open;
    });
    assert.deepEqual([request?.session, request?.kind], ['a', 'permission']);
    await assert.rejects(fleet.keys('a', {keys: ['Enter']}), (error: AmuxError) => {
      assert.deepEqual([error.code, error.facts['name'], error.exit], ['session.dialog', 'a', 4]);
      return true;
    });
    await fleet.keys('a', {keys: ['Enter'], force: true});
    await until('its end', async () => (await fleet.approvals()).length === 0);
  });

  test('what a person types arrives byte for byte, and shows on the screen', async context => {
    const {fleet, work} = await open(context);
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: 'cat'});
    await fleet.start('a');
    await fleet.type('a', 'größe 日本');
    await until('the text', async () => (await fleet.peek('a')).output.includes('größe 日本'));
    assert.deepEqual(Object.keys(await fleet.peek('a', {ansi: true, lines: 5})).sort(), [
      'cols',
      'cursor',
      'lines',
      'name',
      'output',
      'rows',
    ]);
    assert.ok((await fleet.logs('a')).some(line => line.includes('größe 日本')));
    assert.ok((await fleet.scrollback('a')).rows.some(row => rowText(row).includes('größe 日本')));
  });

  test('screens come with each change, and end with the signal', async context => {
    const {fleet, work} = await open(context);
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: 'cat'});
    await fleet.start('a');
    const ending = bounded();
    let typed = false;
    for await (const screen of fleet.screens('a', ending.signal)) {
      if (!typed) await fleet.type('a', 'a word');
      typed = true;
      if (screenText(screen).join('\n').includes('a word')) ending.abort();
    }
    assert.ok(typed);
    ending.check();
    await assert.rejects(
      (async () => {
        for await (const _ of fleet.screens('nobody', bounded().signal)) assert.fail();
      })(),
      fails('session.unknown', {ref: 'nobody'}),
    );
  });

  test('screens end with their session, when it is forgotten', async context => {
    const {fleet, work} = await open(context);
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: 'cat'});
    await fleet.start('a');
    await fleet.stop('a');
    const ending = bounded();
    const follow = async () => {
      for await (const _ of fleet.screens('a', ending.signal)) await fleet.unregister('a');
    };
    await assert.rejects(follow(), fails('session.unknown', {ref: 'a'}));
    ending.check();
  });

  test('a screen comes when its size changes, though nothing is printed', async context => {
    const {fleet, work} = await open(context);
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: 'cat'});
    await fleet.start('a');
    const ending = bounded();
    const sizes = [90, 95];
    for await (const {cols} of fleet.screens('a', ending.signal)) {
      if (cols === 95) ending.abort();
      else if (sizes.length === 2 || cols === 90) await fleet.resize('a', {cols: sizes.shift()!, rows: 20});
    }
    ending.check();
  });

  test('events come as they happen; an aborted stream is taken up where it ended', async context => {
    const {fleet, work} = await open(context);
    const {cursor} = await fleet.health();
    const live = entries(fleet, {since: cursor, upTo: cursor + 1});
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: 'cat'});
    const [first] = await live;
    assert.deepEqual([first?.session?.name, first?.cursor], ['a', cursor + 1]);
    for (let i = 0; i < 20; i++) await fleet.send('a', {text: `message ${i}`});
    const {cursor: last} = await fleet.health();
    const seen: number[] = [];
    for (let since = cursor; since < last; since = seen.at(-1)!) {
      const part = await entries(fleet, {since, upTo: Math.min(last, since + 7)});
      seen.push(...part.map(entry => entry.cursor));
    }
    assert.deepEqual(
      seen,
      Array.from({length: last - cursor}, (_, i) => cursor + 1 + i),
    );
  });

  test('streams end quietly with a signal, also one that was aborted before', async context => {
    const {fleet} = await open(context);
    for await (const _ of fleet.events({signal: AbortSignal.abort()})) assert.fail();
    const ending = bounded();
    const stream = fleet.events({signal: ending.signal})[Symbol.asyncIterator]();
    const next = stream.next();
    setImmediate(() => ending.abort());
    assert.equal((await next).done, true);
    ending.check();
  });

  test('a token is told once, listed without itself, and revoked by name', async context => {
    const {fleet} = await open(context);
    const expires_at = Math.floor(Date.now() / 1000) + 3600;
    const before = (await fleet.listTokens()).length;
    const made = await fleet.createToken({role: 'operator', name: 'ci', expires_at});
    assert.match(made.token, /^[\w-]{40,}$/);
    assert.deepEqual([made.name, made.role, made.expires_at], ['ci', 'operator', expires_at]);
    await assert.rejects(fleet.createToken({role: 'viewer', name: 'ci'}), fails('token.exists', {name: 'ci'}));
    const {token: _, ...shown} = made;
    assert.deepEqual((await fleet.listTokens()).slice(before), [shown]);
    assert.equal(await fleet.revokeToken('ci'), undefined);
    assert.equal((await fleet.listTokens()).length, before);
  });

  test('tells which variables a launch takes, how a terminal joins, and is told what was seen', async context => {
    const {fleet, work} = await open(context);
    const env = {KEY: '$' + '{A_KEY}'};
    await fleet.register({name: 'a', dir: work, agent: 'generic', command: 'cat', env});
    assert.deepEqual(await fleet.variables({ref: 'a'}), ['A_KEY']);
    assert.deepEqual(await fleet.variables({agent: 'generic', cwd: work, env}), ['A_KEY']);
    await assert.rejects(fleet.start('a'), fails('session.env', {name: 'a', variable: 'A_KEY'}));
    await fleet.start('a', {callerEnv: {A_KEY: 'x'}});
    const plan = await fleet.attach('a');
    assert.deepEqual([plan.via, plan.name, plan.detachKey], ['pty', 'a', 'C-b d']);
    assert.equal(await fleet.attached('a', 'on'), undefined);
    assert.equal(await fleet.attached('a', 'off'), undefined);
    assert.equal((await fleet.resize('a', {cols: 90, rows: 20})).name, 'a');
    await until('the size', async () => (await fleet.peek('a')).cols === 90);
    assert.equal((await fleet.seen('a')).name, 'a');
    assert.equal((await fleet.explain('a')).status, 'running');
  });

  test('a size that is asked for while it starts is its size', async context => {
    const {fleet, work} = await open(context);
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      await fleet.register({name, dir: work, agent: 'generic', command: 'cat'});
      const starting = fleet.start(name);
      if (i > 0) await until('it to begin', async () => (await fleet.session(name)).running);
      await fleet.resize(name, {cols: 91 + i, rows: 31});
      await starting;
      await until('the size', async () => (await fleet.peek(name)).cols === 91 + i);
    }
  });

  test('whoever disposes of his own leaves the others theirs', async context => {
    const {fleet, another, shutdowns} = await open(context);
    const second = await another();
    await second.health();
    await second[Symbol.asyncDispose]();
    await fleet.health();
    assert.equal(shutdowns(), 0);
    await fleet.shutdown();
    assert.equal(shutdowns(), 1);
  });
}

export const fails = (code: ErrorCode, facts: Facts) => (error: unknown) => {
  assert.ok(error instanceof AmuxError, String(error));
  const known = new AmuxError(code, facts);
  assert.deepEqual(
    {...error.toJSON(), exit: error.exit, http: error.http},
    {
      ...known.toJSON(),
      exit: known.exit,
      http: known.http,
    },
  );
  return true;
};

/** Entries after `since`, up to this cursor. */
async function entries(fleet: Fleet, {since, upTo}: {since: number; upTo: number}): Promise<EventView[]> {
  const ending = bounded();
  const seen: EventView[] = [];
  for await (const entry of fleet.events({since, signal: ending.signal})) {
    if (entry.cursor <= upTo) seen.push(entry);
    if (entry.cursor >= upTo) ending.abort();
  }
  ending.check();
  return seen;
}

/** Aborted by the test, or by the bound, which `check` tells. */
function bounded() {
  const controller = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, STREAM_MS);
  controller.signal.addEventListener('abort', () => clearTimeout(timer));
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    check: () => {
      clearTimeout(timer);
      assert.ok(!late, `nothing came within ${STREAM_MS} ms`);
    },
  };
}

/** Without what moves by itself. */
const still = ({updated_at: _, preview: __, branch: ___, ...rest}: SessionView) => rest;
