import assert from 'node:assert/strict';
import {appendFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import sqlite from 'sqlite3';
import {Client} from '../../source/api/client.ts';
import type {BudgetView} from '../../source/domain/budget.ts';
import type {SpendReport} from '../../source/domain/spending.ts';
import {Home, until} from '../helpers/home.ts';

/** A session that keeps its history as Claude does, with a tag. */
async function tagged(home: Home) {
  const agent = home.historian('one');
  const flags = ['--dir', home.work, '--agent', 'claude', '--tag', 'shop', '--command', agent.command];
  await home.amux('register', 'one', ...flags);
  await home.amux('start', 'one');
  await agent.ready();
  return agent;
}

describe('tokens', () => {
  test('of a session count with its sub-agents, over a restart and a killed supervisor, and stay after it is gone', async () => {
    await using home = new Home();
    const agent = await tagged(home);
    await home.amux('send', 'one', 'USAGE:1000,90,20000,300');
    await home.amux('wait', 'one', '--until', 'idle', '--timeout', '20s');
    const first = await home.json<SpendReport>('tokens');
    assert.deepEqual(first.total, {
      input: 1000,
      output: 90,
      cacheRead: 20_000,
      cacheWrite: 300,
      total: 21_390,
      cost: 0.0113,
    });
    assert.deepEqual(
      first.rows.map(({key, messages}) => [key, messages]),
      [['one', 1]],
    );

    await home.amux('send', 'one', 'USAGE:10,9,0,0 SUB:7,3,0,0');
    await home.amux('wait', 'one', '--until', 'idle', '--timeout', '20s');
    assert.equal((await home.json<SpendReport>('tokens')).total.total, 21_390 + 19 + 10);
    await home.killSupervisor();
    // Nobody supervises: what was not kept is read again.
    const {token_count, tokens, cost, context} = await home.session('one');
    assert.deepEqual([token_count, tokens?.output, cost], [21_419, 102, 0.011608]);
    // The sub-agent's messages are not in it.
    assert.deepEqual(context, {used: 19, limit: 1_000_000, percent: 0});

    await home.amux('restart', 'one');
    await agent.ready();
    const [line] = (await home.amux('tokens', '--by', 'tag')).split('\n').slice(1);
    assert.match(line!, /^shop .*21.4k +\$0.01/);
    await home.amux('budget', 'set', '--session', 'one', '--tokens', '1M', '--per', 'total');
    await home.amux('budget', 'set', '--tag', 'shop', '--tokens', '1M');
    await home.amux('stop', 'one');
    await home.amux('unregister', 'one');
    const used = (await home.json<BudgetView[]>('budget')).map(({id, used}) => [id, used]);
    assert.deepEqual(used, [
      ['session:one-total', 21_419],
      ['tag:shop-day', 21_419],
    ]);
    assert.match((await home.amux('tokens', '--by', 'tag')).split('\n')[1]!, /^shop .*21.4k/);
    const gone = await home.json<SpendReport>('tokens');
    assert.deepEqual(
      gone.rows.map(({key, total}) => [key, total]),
      [['one', 21_419]],
    );
  });

  test('over a budget hold the queue until it is raised, and are told at 80 and at 100 percent', async () => {
    await using home = new Home();
    const agent = await tagged(home);
    await home.amux('budget', 'set', '--tag', 'shop', '--tokens', '10k');
    const spend = async (tokens: number) => {
      await home.amux('send', 'one', `USAGE:${tokens},0,0,0`);
      await home.amux('wait', 'one', '--until', 'idle', '--timeout', '20s');
    };
    const told = async () => {
      const lines = (await home.amux('events', '-n', '500', '--json')).split('\n').filter(line => line !== '');
      return lines
        .map(line => JSON.parse(line) as {type: string; reason: string})
        .filter(({type}) => /^budget\.(near|over)/.test(type));
    };
    const reached = async (percent: number) =>
      until(`${percent} percent`, async () => (await home.json<BudgetView[]>('budget'))[0]?.percent === percent);
    await spend(8500);
    await reached(85);
    await until('the notice', async () => (await told()).length === 1);
    await spend(2000);
    await reached(105);
    await until('the second notice', async () => (await told()).length === 2);
    assert.deepEqual(
      (await told()).map(({reason}) => reason),
      [
        '85% of 10000 tokens per day of tag shop is used',
        '105% of 10000 tokens per day of tag shop is used: its queue is held',
      ],
    );
    const {out} = await home.run(['send', 'one', 'wait for it']);
    assert.match(out, /held: 105% is used; amux budget set --tag shop raises the 10000 tokens per day of tag shop/);
    assert.match((await home.session('one')).notice ?? '', /^held: /);
    assert.ok(!agent.prompts.includes('wait for it'));
    await home.amux('budget', 'set', '--tag', 'shop', '--tokens', '20k');
    await until('the message', () => agent.prompts.includes('wait for it'));
    await home.amux('budget', 'set', '--tag', 'shop', '--tokens', '10k');
    await home.amux('send', 'one', 'of another tag');
    assert.match((await home.session('one')).notice ?? '', /^held: /);
    await using client = new Client({socket: join(home.path, 'amux.sock')});
    await client.update('one', {tags: ['other']});
    await until('the message of a session without the tag', () => agent.prompts.includes('of another tag'));
    assert.equal((await home.run(['budget', 'remove', 'tag:nothing-day'])).code, 3);
    await home.amux('budget', 'rm', 'tag:shop-day');
    assert.deepEqual(await home.json('budget'), []);
  });

  test('over a budget hold the queue from the first moment of the next supervisor on', async () => {
    await using home = new Home();
    const agent = await tagged(home);
    await home.amux('budget', 'set', '--tokens', '10k');
    await home.amux('send', 'one', 'USAGE:12000,0,0,0');
    await home.amux('wait', 'one', '--until', 'idle', '--timeout', '20s');
    await until('the budget', async () => (await home.json<BudgetView[]>('budget'))[0]?.percent === 120);
    await home.amux('send', 'one', 'wait for it');
    await home.amux('serve', '--stop');
    await home.amux('serve', '--detach');
    await home.amux('budget', 'set', '--tokens', '20k');
    await until('the message', () => agent.prompts.includes('wait for it'));
    const lines = (await home.amux('events', '-n', '500', '--json')).trim().split('\n');
    const events = lines.map(line => JSON.parse(line) as {type: string; reason: string});
    const raised = events.findLastIndex(({type}) => type === 'budget.set');
    const typed = events.findLastIndex(({type, reason}) => type === 'message.state' && / pasted/.test(reason));
    assert.ok(raised > 0 && typed > raised, `raised at ${raised}, typed at ${typed}`);
  });

  test('without a fleet are those of every history of the user', async () => {
    await using home = new Home();
    const file = join(home.dir, 'claude', 'projects', 'p', 'a.jsonl');
    mkdirSync(join(file, '..'), {recursive: true});
    const usage = {input_tokens: 3, output_tokens: 4};
    const line = (id: string, model: string): string =>
      `${JSON.stringify({type: 'assistant', sessionId: 's', timestamp: '2026-11-20T08:00:00.000Z', message: {id, model, role: 'assistant', usage}})}\n`;
    writeFileSync(file, line('a', 'claude-opus-5-5') + line('a', 'claude-opus-5-5') + line('b', 'mystery'));
    home.env['CLAUDE_CONFIG_DIR'] = join(home.dir, 'claude');
    const report = await home.json<SpendReport>('tokens', '--by', 'model');
    assert.deepEqual(report.total, {input: 6, output: 8, cacheRead: 0, cacheWrite: 0, total: 14, cost: 0.000092});
    const {out, err} = await home.run(['tokens', '--by', 'model']);
    assert.match(out, /^MODEL .*TOTAL .*COST/);
    assert.match(out, /mystery .* no price/);
    assert.match(out, /total .* 14 /);
    assert.match(err, /no price for mystery/);
    assert.equal((await home.json<SpendReport>('tokens', '--since', '2026-11-20T09:00Z')).total.total, 0);
    for (const since of ['yesterday', '2026-11-31', '2026-02-29T10:00'])
      assert.equal((await home.run(['tokens', '--since', since])).code, 2, since);
    for (const name of ['mystery', 'Mystery']) {
      writeFileSync(join(home.path, 'config.yaml'), `prices:\n  ${name}: {input: 1, output: 1000}\n`);
      assert.equal((await home.json<SpendReport>('tokens')).total.cost, 0.004_095);
    }
    // What cannot be read is said where nobody could look it up.
    appendFileSync(file, 'no line\n');
    assert.match((await home.run(['tokens'])).err, /not counted: \S+a\.jsonl: 1 line cannot be read\n/);
  });

  test('cost what the agent reports, and what that would be by the list', async () => {
    await using home = new Home();
    const file = join(home.dir, 'user', '.local', 'share', 'opencode', 'opencode.db');
    mkdirSync(join(file, '..'), {recursive: true});
    const database = new sqlite.Database(file);
    const run = (sql: string, values: unknown[] = []) =>
      new Promise<void>((resolve, reject) => database.run(sql, values, error => (error ? reject(error) : resolve())));
    await run('CREATE TABLE session (id TEXT, parent_id TEXT)');
    await run('CREATE TABLE message (id TEXT, session_id TEXT, time_updated INTEGER, data TEXT)');
    const at = Date.parse('2026-11-20T08:00:00Z');
    await run('INSERT INTO session VALUES (?, NULL)', ['ses_1']);
    const said = {
      role: 'assistant',
      providerID: 'anthropic',
      time: {created: at},
      tokens: {input: 1_000_000, output: 0},
    };
    await run('INSERT INTO message VALUES (?, ?, ?, ?)', [
      'm',
      'ses_1',
      at,
      JSON.stringify({...said, modelID: 'claude-opus-5-5', cost: 9.99}),
    ]);
    await new Promise(resolve => database.close(resolve));
    const {out, err} = await home.run(['tokens']);
    assert.match(out, /^SESSION .* COST +REPORTED +ESTIMATED/);
    assert.match(out, /^ses_1 .* \$9\.99 +\$9\.99 +\$4\.00 /m);
    assert.match(err, /costs are as the agents report them\n/);
    // A price stands under the name that is shown.
    writeFileSync(join(home.path, 'config.yaml'), 'prices:\n  anthropic/claude-opus-5-5: {input: 7, output: 1}\n');
    assert.equal((await home.json<SpendReport>('tokens')).rows[0]!.estimated, 7);
  });
});
