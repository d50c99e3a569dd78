import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {failure} from '../../source/api/schemas/system.ts';
import type {Outcome, Peek, Sent, SessionView} from '../../source/domain/fleet.ts';
import {type Asking, Served} from './served.ts';

describe('the routes of sessions', () => {
  let served: Served;
  before(async () => {
    served = await Served.open();
    for (const name of ['one', 'two', 'three']) {
      const tags = name === 'three' ? [] : ['web'];
      await served.fleet.register({name, dir: served.work, agent: 'generic', command: 'cat', tags});
    }
  });
  after(() => served[Symbol.asyncDispose]());

  const ask = async <T>(path: string, status: number, asking: Asking = {}): Promise<T> => {
    const answer = await served.ask(path, asking);
    assert.equal(answer.status, status, `${path}: ${answer.text}`);
    return answer.body as T;
  };
  const refusal = async (path: string, asking: Asking = {}): Promise<string> => {
    const {status, body} = await served.ask(path, asking);
    return `${status} ${failure.parse(body).error.code}`;
  };
  const outcomes = (list: Outcome[]) => list.map(({name, ok, error}) => `${name} ${ok ? 'ok' : error?.code}`);

  it('refuse a directory that is not said from the root, as only the supervisor knows where it stands', async () => {
    for (const dir of ['.', 'work', '~/work', '']) {
      assert.equal(await refusal('/api/sessions', {body: {name: 'x', dir, agent: 'generic'}}), '400 input.invalid');
      assert.equal(await refusal('/api/run', {body: {cwd: dir, agent: 'generic'}}), '400 input.invalid');
      assert.equal(await refusal('/api/workspaces', {body: {name: 'x', cwd: dir}}), '400 input.invalid');
      assert.equal(await refusal(`/api/workspaces?cwd=${dir}`), '400 input.invalid');
    }
  });

  describe('PATCH', () => {
    const patch = (body: object, status = 200) =>
      ask<SessionView>('/api/sessions/one', status, {method: 'PATCH', body});

    it('changes what the next start uses, and tags at once', async () => {
      const changed = await patch({tags: ['web', 'api', 'api'], command: 'cat -u', restart: 'never'});
      assert.deepEqual(changed.tags, ['web', 'api']);
      assert.equal((await patch({model: null, env: {KEY: 'value'}})).model_state.state, 'next start');
      const {id} = await served.fleet.start('one');
      assert.equal((await served.backend.environment(id))['KEY'], 'value');
      const entry = served.store
        .read({after: 0, limit: 1000})
        .find(({reason}) => /tags.*command.*changed|command.*tags.*changed/.test(reason));
      assert.equal(entry?.actor, 'api:the admin');
      await served.fleet.stop('one');
    });

    it('keeps tags as those of cards are kept, for new sessions as well', async () => {
      const given = [' web ', 'web', '   ', '\u00a0', '\u202eapi', 'two words'];
      const kept = ['web', 'api', 'two words'];
      assert.deepEqual((await patch({tags: given})).tags, kept);
      const body = {name: 'tagged', dir: served.work, agent: 'generic', command: 'cat', tags: given};
      assert.deepEqual((await ask<SessionView>('/api/sessions', 201, {method: 'POST', body})).tags, kept);
      await ask('/api/sessions/tagged', 204, {method: 'DELETE'});
    });

    it('refuses nothing, what is not known, and a mode that its agent does not have', async () => {
      const send = (body: object) => refusal('/api/sessions/one', {method: 'PATCH', body});
      assert.equal(await send({}), '400 input.invalid');
      assert.equal(await send({name: 'other'}), '400 input.invalid');
      assert.equal(await send({tags: null}), '400 input.invalid');
      assert.equal(await send({command: '"'}), '400 command.line');
      assert.equal(await send({env: {'A=B': 'x'}}), '400 input.invalid');
      assert.equal(await send({yolo: true}), '422 agent.yolo');
      assert.equal(await send({model: 'small'}), '422 agent.model');
      assert.equal(await send({model: ''}), '400 input.invalid');
      assert.equal(await send({model: '--yolo'}), '400 input.invalid');
      assert.equal((await patch({yolo: false})).yolo, false);
    });

    it('leaves the launch of a one-shot session alone, which has none before it', async () => {
      const {name} = await served.fleet.run({agent: 'generic', cwd: served.work, command: 'cat'});
      const send = (body: object) => served.ask(`/api/sessions/${name}`, {method: 'PATCH', body});
      assert.equal((await send({command: 'x'})).status, 409);
      assert.equal((await send({tags: ['x']})).status, 200);
      await served.fleet.stop(name, {force: true});
    });
  });

  describe('send', () => {
    const send = (body: object, headers: Record<string, string> = {}) => ({body, headers});

    it('answers a repeat with what became of the first, by msg_id or Idempotency-Key', async () => {
      const path = '/api/sessions/two/send';
      const first = await ask<Sent>(path, 202, send({text: 'hello', msg_id: 'm-1'}));
      assert.deepEqual([first.id, first.state], ['m-1', 'queued']);
      assert.equal((await ask<Sent>(path, 202, send({text: 'hello'}, {'idempotency-key': 'm-1'}))).id, 'm-1');
      await ask<Sent>(path, 202, send({text: 'hello', msg_id: 'm-1'}, {'idempotency-key': 'm-1'}));
      assert.equal((await ask<unknown[]>('/api/sessions/two/queue', 200)).length, 1);
      assert.equal(
        await refusal(path, send({text: 'x', msg_id: 'm-1'}, {'idempotency-key': 'm-2'})),
        '400 input.invalid',
      );
      assert.equal(await refusal(path, send({text: 'x'}, {'idempotency-key': 'a b'})), '400 input.invalid');
      assert.equal(await refusal('/api/sessions/three/send', send({text: 'x', msg_id: 'm-1'})), '409 message.taken');
      assert.equal(await refusal(path, send({text: 'another text', msg_id: 'm-1'})), '409 message.taken', 'no repeat');
      assert.equal(await ask<number>('/api/sessions/two/queue', 200, {method: 'DELETE'}), 1);
    });

    it('refuses an empty text', async () => {
      assert.equal(await refusal('/api/sessions/two/send', {body: {text: ' \n'}}), '400 message.empty');
    });
  });

  describe('bulk', () => {
    it('takes exactly one of names, tag and all', async () => {
      for (const what of ['send', 'stop', 'model']) {
        for (const body of [{}, {names: ['one'], all: true}, {tag: 'web', all: true}, {all: false}, {names: []}]) {
          const rest = what === 'send' ? {text: 'x'} : what === 'model' ? {model: 'x'} : {};
          assert.equal(await refusal(`/api/sessions/bulk/${what}`, {body: {...body, ...rest}}), '400 input.invalid');
        }
      }
    });

    it('does what it can for each of the names, and says what it could not', async () => {
      const body = {names: ['two', 'nobody', 'three', 'two'], text: 'all of you', msg_id: 'b-1'};
      const sent = await ask<Outcome[]>('/api/sessions/bulk/send', 200, {body});
      assert.deepEqual(outcomes(sent), ['two ok', 'nobody session.unknown', 'three ok']);
      await ask<Outcome[]>('/api/sessions/bulk/send', 200, {body});
      for (const name of ['two', 'three']) assert.equal((await served.fleet.queue(name)).length, 1, 'once each');
      for (const name of ['two', 'three']) await served.fleet.clearQueue(name);
      assert.equal(await refusal('/api/sessions/bulk/send', {body: {all: true, text: ''}}), '400 message.empty');
    });

    it('means those that run by a tag and by all', async () => {
      assert.deepEqual(await ask('/api/sessions/bulk/stop', 200, {body: {all: true}}), []);
      for (const name of ['one', 'two', 'three']) await served.fleet.start(name);
      const tagged = await ask<Outcome[]>('/api/sessions/bulk/stop', 200, {body: {tag: 'web', force: true}});
      assert.deepEqual(outcomes(tagged), ['one ok', 'two ok']);
      assert.deepEqual(outcomes(await ask('/api/sessions/bulk/stop', 200, {body: {all: true}})), ['three ok']);
      assert.deepEqual(outcomes(await ask('/api/sessions/bulk/stop', 200, {body: {names: ['one']}})), ['one ok']);
    });
  });

  describe('peek', () => {
    it('shows a part of the screen, also after the end, within bounds', async () => {
      const never = await ask<Peek>('/api/sessions/two/peek', 200);
      assert.deepEqual(Object.keys(never), ['name', 'output', 'lines', 'cursor', 'cols', 'rows']);
      await served.fleet.start('two');
      const {output, lines} = await ask<Peek>('/api/sessions/two/peek?lines=50&ansi=0', 200);
      assert.deepEqual([output, lines], ['ready', 1]);
      assert.equal((await ask<Peek>('/api/sessions/two/peek?lines=0', 200)).output, '');
      await served.fleet.stop('two', {force: true});
      for (const bad of [
        'lines=-1',
        'lines=',
        'lines=1.5',
        'lines=20001',
        'lines=1e3',
        'lines=9'.padEnd(40, '9'),
        'ansi=yes',
      ]) {
        assert.equal(await refusal(`/api/sessions/two/peek?${bad}`), '400 input.invalid', bad);
      }
    });
  });

  it('who asks, what and of whom is looked at before anything is done', async () => {
    const viewer = served.token('viewer');
    assert.equal(await refusal('/api/sessions/one/compact', {method: 'POST'}), '422 agent.compact');
    assert.equal(await refusal('/api/sessions/one/compact', {method: 'POST', token: viewer}), '403 access.role');
    assert.equal(await refusal('/api/sessions/nobody/compact', {method: 'POST'}), '404 session.unknown');
    assert.equal(await refusal('/api/sessions/one/fork', {body: {}}), '400 input.invalid');
    assert.equal(await refusal('/api/sessions/one/fork', {body: {name: 'copy'}}), '422 fork.cannot');
    assert.equal(await refusal('/api/tokens?by=moon'), '400 input.invalid');
    assert.equal(await refusal('/api/mcp', {token: served.token('operator')}), '403 access.role');
  });
});

describe('metrics', () => {
  it('are numbers of the fleet and of the server, in the form of Prometheus', async () => {
    await using served = await Served.open();
    await served.fleet.register({name: 'a', dir: served.work, agent: 'generic', command: 'cat'});
    await served.fleet.send('a', {text: 'later'});
    for (let i = 0; i < 3; i++) await served.ask('/api/sessions', {token: null});
    await served.ask('/nowhere');
    const {text, headers} = await served.ask('/metrics', {token: served.token('viewer')});
    assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
    const values = new Map<string, number>();
    for (const line of text.trimEnd().split('\n')) {
      if (line.startsWith('#')) continue;
      const [, name, value] = /^([a-z_]+(?:\{(?:[a-z_]+="[^"]*",?)+\})?) ([-\d.e]+)$/.exec(line) ?? [];
      assert.ok(name !== undefined && !values.has(name), line);
      values.set(name, Number(value));
    }
    assert.equal(values.get('amux_sessions{status="stopped"}'), 1);
    assert.equal(values.get('amux_queue_messages'), 1);
    assert.equal(values.get('amux_approvals_open'), 0);
    assert.equal(values.get('amux_http_requests_total{method="GET",route="/api/sessions",status="4xx"}'), 3);
    assert.equal(values.get('amux_http_requests_total{method="GET",route="none",status="4xx"}'), 1);
    assert.equal(values.get('amux_journal_cursor'), served.store.cursor);
    assert.ok(values.get('process_resident_memory_bytes')! > 10_000_000);
    assert.ok(values.get('amux_event_loop_lag_seconds')! < 10);
  });

  it('do not grow with what strangers ask for', async () => {
    await using served = await Served.open();
    for (let i = 0; i < 50; i++) await served.ask(`/nowhere/${i}`, {method: i % 2 === 0 ? 'GET' : 'DELETE'});
    assert.equal(served.traffic.answers.length, 2);
  });
});
