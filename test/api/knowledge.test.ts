import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {MEMORY_MAX_BYTES, type MemoryFile, NOTES_MAX, type NoteView} from '../../source/domain/knowledge.ts';
import {type Ask, Supervised} from '../helpers/supervised.ts';
import {entry, temporaryHome} from '../store/records.ts';

type Text = MemoryFile & {text: string};
type ErrorBody = {error: {code: string; message: string; hint: string}};
const callers = {
  viewer: {actor: 'api:look', role: 'viewer' as const, session: null},
  ada: {actor: 'agent:ada', role: 'agent' as const, session: 's-ada'},
};

async function open() {
  const paths = temporaryHome();
  const clock = {now: 1_700_000_000_000};
  const home = await Supervised.open(paths, {now: () => clock.now, sessions: ['ada'], callers});
  const ask = <T>(as: string, method: string, path: string, more: Ask = {}) =>
    home.ask<T>(method, path, {...more, headers: {'x-test-caller': as}});
  return {
    paths,
    clock,
    home,
    ask,
    refusal: async (as: string, method: string, path: string, more: Ask = {}) => {
      const {status, body} = await ask<ErrorBody>(as, method, path, more);
      return `${status} ${body.error?.code}`;
    },
  };
}

describe('notes', () => {
  test('are told by agents, found by words and tags, and there after a restart', async () => {
    const {paths, clock, home, ask} = await open();
    const first = await ask<NoteView>('ada', 'POST', '/api/notes', {
      body: {text: 'The tests need\r\nredis\u001b]0;x\u0007 ', tags: ['tests', 'tests']},
    });
    assert.equal(first.status, 201);
    assert.match(first.body.id, /^n-[0-9a-f]{10}$/);
    assert.deepEqual(
      {...first.body, id: ''},
      {id: '', text: 'The tests need\nredis]0;x', author: 'agent:ada', tags: ['tests'], created_at: 1_700_000_000},
    );
    clock.now += 1000;
    await ask('ada', 'POST', '/api/notes', {body: {text: 'Deploys are frozen'}});
    const texts = async (query = '') =>
      (await ask<NoteView[]>('viewer', 'GET', `/api/notes${query}`)).body.map(({text}) => text.slice(0, 7));
    assert.deepEqual(await texts(), ['Deploys', 'The tes']);
    assert.deepEqual(await texts('?limit=1'), ['Deploys']);
    assert.deepEqual(await texts('?q=REDIS%20tests'), ['The tes']);
    assert.deepEqual(await texts('?q=ada'), ['Deploys', 'The tes']);
    assert.deepEqual(await texts('?tag=tests'), ['The tes']);
    await home.close();
    const again = await Supervised.open(paths, {now: () => clock.now});
    assert.equal((await again.supervisor.as('cli').notes()).length, 2);
    await again.close();
  });

  test('of which there are many make room for a new one', async () => {
    const {home} = await open();
    const note = (i: number) => ({id: `n-${i}`, text: `note ${i}`, author: 'cli', tags: [], createdAt: 10 + i});
    const changes = Array.from({length: NOTES_MAX}, (_, i) => note(i)).map(
      record => ({kind: 'put', table: 'notes', record}) as const,
    );
    home.store.append(entry(changes));
    await home.supervisor.as('cli').addNote({text: 'one more'});
    assert.deepEqual([home.store.state.notes.size, home.store.state.notes.has('n-0')], [NOTES_MAX, false]);
    await home.close();
  });

  test('that are empty, too long or from a viewer are refused', async () => {
    const {home, refusal} = await open();
    const {cursor} = home.store;
    const post = (body: unknown, as = 'ada') => refusal(as, 'POST', '/api/notes', {body});
    assert.equal(await post({text: 'x'}, 'viewer'), '403 access.role');
    for (const body of [
      {},
      {text: ''},
      {text: ' \u0007 '},
      {text: 'x'.repeat(10_001)},
      {text: 'x', by: 'me'},
      {text: 7},
    ])
      assert.equal(await post(body), '400 input.invalid', JSON.stringify(body).slice(0, 50));
    assert.equal(await refusal('ada', 'GET', '/api/notes?limit=-1'), '400 input.invalid');
    assert.equal(home.store.cursor, cursor);
    await home.close();
  });
});

describe('the memory', () => {
  test('is written and read as files of the home, for its owner only', async () => {
    const {paths, home, ask} = await open();
    assert.deepEqual((await ask('viewer', 'GET', '/api/memory')).body, []);
    const at = '/api/memory/project-conventions.md';
    const text = '# Conventions\n\nTabs — never. 日本\n';
    const put = await ask<Text>('ada', 'PUT', at, {body: {text}});
    assert.deepEqual([put.status, put.body.text, put.body.size], [200, text, Buffer.byteLength(text)]);
    const file = join(paths.memory, 'project-conventions.md');
    assert.deepEqual([statSync(file).mode & 0o777, statSync(paths.memory).mode & 0o777], [0o600, 0o700]);
    // People write there as well.
    writeFileSync(join(paths.memory, 'a.md'), 'by hand');
    const list = await ask<MemoryFile[]>('viewer', 'GET', '/api/memory');
    assert.deepEqual(
      list.body.map(each => [each.file, each.size]),
      [
        ['a.md', 7],
        ['project-conventions.md', put.body.size],
      ],
    );
    assert.equal((await ask<Text>('viewer', 'GET', '/api/memory/a.md')).body.text, 'by hand');
    await ask('ada', 'PUT', at, {body: {text: ''}});
    assert.equal((await ask<Text>('viewer', 'GET', at)).body.text, '');
    assert.deepEqual(readdirSync(paths.memory).sort(), ['a.md', 'project-conventions.md']);
    const written = home.store.read({after: 0, limit: 100}).filter(({type}) => type === 'memory.written');
    assert.deepEqual(
      written.map(({actor, reason}) => [actor, reason]),
      [
        ['agent:ada', `memory project-conventions.md written, ${put.body.size} bytes`],
        ['agent:ada', 'memory project-conventions.md written, 0 bytes'],
      ],
    );
    await home.close();
  });

  test('takes no other names, nothing too large, and nothing from a viewer', async () => {
    const {paths, home, refusal} = await open();
    const {cursor} = home.store;
    const body = {text: 'x'};
    const names = [
      '..',
      '.md',
      '..md',
      'x.txt',
      '%2e%2e%2fx.md',
      '..%2f..%2fx.md',
      'a%00.md',
      'a%0a.md',
      '-x.md',
      'x.md%2f',
    ];
    for (const name of [...names, `${'x'.repeat(200)}.md`]) {
      for (const method of ['GET', 'PUT']) {
        const refused = await refusal('ada', method, `/api/memory/${name}`, method === 'PUT' ? {body} : {});
        assert.match(refused, /^40[04] /, `${method} ${name}`);
      }
    }
    assert.equal(await refusal('ada', 'GET', '/api/memory/no.md'), '404 memory.unknown');
    assert.equal(await refusal('viewer', 'PUT', '/api/memory/x.md', {body}), '403 access.role');
    for (const wrong of [{}, {text: 7}, {text: 'x', mode: 7}])
      assert.equal(await refusal('ada', 'PUT', '/api/memory/x.md', {body: wrong}), '400 input.invalid');
    const large = {text: 'é'.repeat(MEMORY_MAX_BYTES / 2 + 1)};
    assert.equal(await refusal('ada', 'PUT', '/api/memory/x.md', {body: large}), '413 memory.large');
    writeFileSync(join(paths.memory, 'big.md'), 'x'.repeat(MEMORY_MAX_BYTES + 1));
    assert.equal(await refusal('ada', 'GET', '/api/memory/big.md'), '413 memory.large');
    assert.deepEqual(readdirSync(paths.memory), ['big.md']);
    assert.equal(home.store.cursor, cursor);
    await home.close();
  });

  test('follows no link and waits for no pipe', async () => {
    const {paths, home, ask, refusal} = await open();
    const outside = join(paths.tmp, 'secret.md');
    writeFileSync(outside, 'secret');
    symlinkSync(outside, join(paths.memory, 'link.md'));
    mkdirSync(join(paths.memory, 'dir.md'));
    assert.equal(spawnSync('mkfifo', [join(paths.memory, 'pipe.md')]).status, 0);
    for (const file of ['link.md', 'dir.md', 'pipe.md']) {
      assert.equal(await refusal('ada', 'GET', `/api/memory/${file}`), '409 memory.strange', file);
      const put = await refusal('ada', 'PUT', `/api/memory/${file}`, {body: {text: 'x'}});
      assert.equal(put, '409 memory.strange', file);
    }
    assert.deepEqual((await ask('viewer', 'GET', '/api/memory')).body, []);
    rmSync(paths.memory, {recursive: true});
    symlinkSync(paths.tmp, paths.memory);
    assert.equal(await refusal('ada', 'GET', '/api/memory/secret.md'), '404 memory.unknown');
    assert.equal(await refusal('ada', 'PUT', '/api/memory/x.md', {body: {text: 'x'}}), '409 memory.strange');
    await home.close();
  });
});
