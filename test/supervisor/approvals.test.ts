import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Decision, Request} from '../../source/domain/approvals.ts';
import type {ErrorCode} from '../../source/domain/errors.ts';
import {until} from '../backends/probe.ts';
import {asking} from './asking.ts';

const fails = (code: ErrorCode) => (error: unknown) => {
  assert.equal((error as {code: string}).code, code, String(error));
  return true;
};

test('a dialog is answered by its keys: what is allowed is done, and the journal says who said so', async context => {
  const {ask, asks, logged, journal} = await asking(context);
  const {id} = await ask('rm x');
  const [shown] = await asks.approvals();
  assert.equal(shown?.title, 'rm x');
  assert.deepEqual(
    shown?.choices.map(({n, label, means}) => `${n} ${label} ${means}`),
    ['1 Yes allow', '2 Yes, always always', '3 No deny'],
  );
  assert.deepEqual(await asks.decide(id, {behaviour: 'allow'}), {
    id,
    session: 'one',
    title: 'rm x',
    outcome: 'allowed',
  });
  assert.deepEqual(logged(), ['Yes: rm x']);
  assert.deepEqual(await asks.approvals(), []);
  const [asked, settled] = journal();
  assert.deepEqual([asked?.type, asked?.reason], ['approval.asked', 'permission: rm x']);
  assert.deepEqual([settled?.type, settled?.reason, settled?.actor], ['approval.settled', 'rm x: allowed', 'operator']);
});

test('a denial walks to its line, and its message is the next one', async context => {
  const {ask, asks, logged, sent} = await asking(context);
  await ask('rm x');
  await asks.decide('one', {behaviour: 'deny', message: 'not that'});
  assert.deepEqual(logged(), ['No: rm x']);
  assert.deepEqual(sent, ['not that']);
});

test('a choice that asks once more is confirmed', async context => {
  const {ask, asks, logged} = await asking(context, {flags: ['--twice']});
  await ask('rm x');
  await asks.decide('one', {behaviour: 'always'});
  assert.deepEqual(logged(), ['Yes, always: rm x', 'Confirm: rm x for ever']);
});

test('a dialog that ignores keys at first is given time', async context => {
  const {ask, asks, logged} = await asking(context, {flags: ['--numbers', '--late', '600']});
  await ask('rm x');
  await asks.decide('one', {behaviour: 'allow'});
  assert.deepEqual(logged(), ['Yes: rm x']);
});

test('one that never moves is said so, after one key', async context => {
  const {ask, asks, logged} = await asking(context, {flags: ['--stone', '--numbers']});
  await ask('rm x');
  await assert.rejects(asks.decide('one', {behaviour: 'allow'}), fails('approval.stuck'));
  assert.deepEqual(logged(), ['ignored "1"']);
  assert.equal((await asks.approvals()).length, 1, 'it is still asked');
});

test('the first answer wins; a later one hears what became of it', async context => {
  const {ask, asks, logged} = await asking(context);
  const {id} = await ask('rm x');
  const first = asks.decide(id, {behaviour: 'deny'});
  await assert.rejects(asks.decide(id, {behaviour: 'allow'}), fails('approval.settled'));
  await first;
  await assert.rejects(asks.decide(id, {behaviour: 'allow'}), (error: Error) => {
    fails('approval.settled')(error);
    assert.match(error.message, /of one is settled: denied/);
    return true;
  });
  assert.deepEqual(logged(), ['No: rm x']);
});

test('a dialog that somebody answered in its terminal takes no second answer', async context => {
  const {ask, asks, backend, runner, logged} = await asking(context, {flags: ['--numbers']});
  const {id} = await ask('rm x');
  await backend.write('s1', '3');
  assert.ok(await runner.until(({requests}) => requests.length === 0, 5000));
  await assert.rejects(asks.decide(id, {behaviour: 'allow'}), (error: Error) => {
    assert.match(error.message, /answered in its terminal/);
    return true;
  });
  assert.deepEqual(logged(), ['No: rm x']);
});

test('another dialog in its place is not answered', async context => {
  const {ask, asks, backend, logged} = await asking(context, {flags: ['--numbers']});
  const {id} = await ask('rm x');
  await backend.write('s1', '3');
  await until('the choice', async () => logged()[0]);
  await ask('rm y');
  await assert.rejects(asks.decide(id, {behaviour: 'allow'}), fails('approval.settled'));
  assert.deepEqual(logged(), ['No: rm x']);
});

test('a door answers first; nothing is typed', async context => {
  const answered: [Request, Decision][] = [];
  const {tell, asks, runner, logged} = await asking(context, {
    answerers: {
      async hook(_, request, decision) {
        answered.push([request, decision]);
        runner.doors.tell([{type: 'settled', ref: request.ref}], {door: 'hook', at: Date.now()});
        return true;
      },
    },
  });
  tell('hook', {title: 'Bash(rm x)', input: {command: 'rm x'}, suggestions: ['Bash(rm:*)']});
  await asks.decide('one', {behaviour: 'always'});
  assert.deepEqual(
    answered.map(([{ref}, {behaviour}]) => [ref, behaviour]),
    [['r1', 'always']],
  );
  assert.deepEqual(logged(), []);
});

test('a door that is gone leaves the answer to the keys of its dialog', async context => {
  const {ask, tell, asks, runner, logged} = await asking(context, {answerers: {hook: async () => false}});
  const {id} = await ask('rm x');
  tell('hook', {title: 'Bash(rm x)', input: {command: 'rm x'}});
  assert.deepEqual(
    runner.session.requests.map(request => [request.id, request.via, request.title]),
    [[id, 'hook', 'Bash(rm x)']],
  );
  await asks.decide(id, {behaviour: 'deny'});
  assert.deepEqual(logged(), ['No: rm x']);
});

test('what nobody can say by keys is refused before any is pressed', async context => {
  const {ask, asks, logged} = await asking(context);
  await ask('rm x');
  for (const decision of [
    {behaviour: 'allow', input: {command: 'ls'}},
    {behaviour: 'allow', answer: '7'},
    {behaviour: 'allow', message: 'fine'},
  ] as const) {
    await assert.rejects(asks.decide('one', decision), fails('approval.unsupported'));
  }
  await assert.rejects(asks.decide('a-nothing', {behaviour: 'allow'}), fails('approval.unknown'));
  assert.deepEqual(logged(), []);
});

test('a policy decides without asking, and only what it has a rule for', async context => {
  const ruled = {decision: {behaviour: 'allow' as const}, why: 'allowed by rule 1 of the home (allow)'};
  const told: string[] = [];
  const {tell, ask, asks, runner, journal} = await asking(context, {
    policy: tool => (tool === 'Read' ? ruled : null),
    answerers: {
      async hook(_, {ref}) {
        told.push(ref!);
        runner.doors.tell([{type: 'settled', ref}], {door: 'hook', at: Date.now()});
        return true;
      },
    },
  });
  tell('hook', {tool: 'Read', title: 'Read(a)', ref: 'r1'});
  assert.ok(await runner.until(({requests}) => requests.length === 0, 5000));
  assert.deepEqual(told, ['r1']);
  const settled = journal().find(({type}) => type === 'approval.settled');
  assert.deepEqual([settled?.actor, settled?.reason], ['policy', 'Read(a): allowed by rule 1 of the home (allow)']);
  await ask('rm x');
  assert.equal((await asks.approvals()).length, 1);
});
