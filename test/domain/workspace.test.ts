import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import {
  defaultWorkspace,
  findWorkspace,
  freeSlug,
  isWithin,
  lossText,
  SLUG_MAX,
  slugOf,
} from '../../source/domain/workspace.ts';

const fails = (code: string) => (error: unknown) => error instanceof AmuxError && error.code === code;

describe('slugs', () => {
  for (const [name, slug] of [
    ['feature-auth', 'feature-auth'],
    ['Feature Auth', 'feature-auth'],
    ['  many   spaces  ', 'many-spaces'],
    ['Größe über Maß', 'grosse-uber-mass'],
    ['naïve café №5', 'naive-cafe-no5'],
    ['../../etc/passwd', 'etc-passwd'],
    ['a..b', 'a-b'],
    ['-x', 'x'],
    ['--discard', 'discard'],
    ['refs/heads/x.lock', 'refs-heads-x-lock'],
    ['@{-1}', '1'],
    ['a\u0000b\nc', 'a-b-c'],
    ['UPPER_case.v2', 'upper-case-v2'],
    ['🚀 launch', 'launch'],
    ['42', '42'],
  ] as const) {
    it(`"${JSON.stringify(name)}" becomes ${slug}`, () => assert.equal(slugOf(name), slug));
  }

  it('names in other scripts have one that is always the same, and differs from others', () => {
    assert.match(slugOf('日本'), /^ws-[a-z0-9]+$/);
    assert.equal(slugOf('日本'), slugOf('日本'));
    assert.notEqual(slugOf('日本'), slugOf('日本語'));
  });

  it('long names are cut, and never end with a dash', () => {
    assert.equal(slugOf('x'.repeat(90)).length, SLUG_MAX);
    assert.doesNotMatch(slugOf(`${'x'.repeat(SLUG_MAX - 1)} yyy`), /-$/);
  });

  it('names without anything to take, too long ones, and "main" are refused', () => {
    for (const name of ['', ' ', '..', '/', '-', '🚀', 'main', 'Main', 'x'.repeat(101)]) {
      assert.throws(() => slugOf(name), fails('workspace.name'), name);
    }
  });

  it('a taken one gets a number, and stays short enough', () => {
    const taken = new Set(['a', 'a-2', 'x'.repeat(SLUG_MAX)]);
    const isTaken = (slug: string) => taken.has(slug);
    assert.equal(freeSlug('a', isTaken), 'a-3');
    assert.equal(freeSlug('b', isTaken), 'b');
    assert.equal(freeSlug('x'.repeat(SLUG_MAX), isTaken), `${'x'.repeat(SLUG_MAX - 2)}-2`);
  });
});

describe('which workspace is meant', () => {
  const all = [
    {id: 'main', name: 'main', path: '/p', latest: false},
    {id: 'a', name: 'auth', path: '/p/.amux/workspaces/a', latest: false},
    {id: 'auth', name: 'b', path: '/p/.amux/workspaces/auth', latest: true},
    {id: 'bugfix', name: 'bugfix', path: '/p/.amux/workspaces/bugfix', latest: false},
  ];

  it('a name wins over an id, both over a prefix', () => {
    assert.equal(findWorkspace(all, 'auth').id, 'a');
    assert.equal(findWorkspace(all, 'bug').id, 'bugfix');
    assert.equal(findWorkspace(all, 'b').id, 'auth');
    assert.throws(() => findWorkspace(all, 'au'), fails('workspace.ambiguous'));
    assert.throws(() => findWorkspace(all, ''), fails('workspace.unknown'));
    assert.throws(() => findWorkspace(all, 'nothing'), fails('workspace.unknown'));
  });

  it('without a name it is the one of the directory, else the latest, else main', () => {
    assert.equal(defaultWorkspace(all, '/p/.amux/workspaces/bugfix/src')?.id, 'bugfix');
    assert.equal(defaultWorkspace(all, '/p/src')?.id, 'auth');
    assert.equal(defaultWorkspace(all, '/p/.amux/workspaces/bugfix-2')?.id, 'auth');
    assert.equal(defaultWorkspace(all.slice(0, 2), '/p')?.id, 'main');
  });

  it('a directory beside another with a longer name is not inside it', () => {
    assert.ok(isWithin('/a/b', '/a/b'));
    assert.ok(isWithin('/a/b/c', '/a/b'));
    assert.ok(isWithin('/a', '/'));
    assert.ok(!isWithin('/a/bc', '/a/b'));
    assert.ok(!isWithin('/a', '/a/b'));
  });
});

it('what would be lost is one line that names some of it, whatever files are called', () => {
  const text = lossText([
    {kind: 'changed', count: 1, examples: ['a\nb']},
    {kind: 'untracked', count: 9, examples: ['x', 'y']},
    {kind: 'in progress', count: 1, examples: ['a rebase']},
  ]);
  assert.equal(text, '1 changed file (a b); 9 untracked files (x, y, …); a rebase in progress');
});
