import assert from 'node:assert/strict';
import {test} from 'node:test';
import {lackOf, type McpGiven, mcpNotice} from '../../source/domain/mcp-run.ts';

const given = (servers: McpGiven['servers'], more: Partial<McpGiven> = {}): McpGiven => ({
  wish: true,
  broken: null,
  servers,
  ...more,
});
const has = (hash: string) => ({hash, lack: null});
const lacks = (hash: string, kind: 'own' | 'unset' | 'agent', says = 'T is not set') => ({hash, lack: {kind, says}});
const now = (hashes: Record<string, string>) => new Map(Object.entries(hashes));
const changed = (what: string) => `restart it for changed MCP servers (${what})`;

const cases: [string, McpGiven | null | undefined, Map<string, string> | null, string | null][] = [
  ['one of an older amux says nothing', undefined, now({a: '1'}), null],
  ['a program that takes none says nothing', null, now({a: '1'}), null],
  ['all is as it was', given({a: has('1')}), now({a: '1'}), null],
  ['one was changed', given({a: has('1')}), now({a: '2'}), changed('a changed')],
  ['one came, one went', given({a: has('1')}), now({b: '1'}), changed('a removed, b added')],
  ['one that its profile does not take came', given({a: has('1')}, {wish: ['a']}), now({a: '1', b: '1'}), null],
  [
    'its profile names one that is not there',
    given({a: has('1')}, {wish: ['a', 'x']}),
    now({a: '1'}),
    'its profile names MCP servers that are not there: x',
  ],
  ['that one came', given({a: has('1')}, {wish: ['a', 'x']}), now({a: '1', x: '1'}), changed('x added')],
  ['its profile takes none', given({}, {wish: false}), now({a: '1'}), null],
  ['its own was changed in the fleet’s', given({a: lacks('1', 'own')}), now({a: '2'}), null],
  ['one that it never had went', given({a: lacks('1', 'unset')}), now({}), 'it has no MCP server a: T is not set'],
  ['its agent cannot take one', given({a: lacks('1', 'agent')}), now({a: '1'}), null],
  ['the file cannot be read any more', given({a: has('1')}), null, null],
  [
    'the file could not be read',
    given({}, {broken: 'mcp.json:1:2: comma expected'}),
    null,
    'it started without the fleet’s MCP servers: mcp.json:1:2: comma expected',
  ],
  [
    'two lack the same variable',
    given({a: lacks('1', 'unset'), b: lacks('1', 'unset'), c: lacks('1', 'unset', 'U is not set')}),
    now({a: '1', b: '1', c: '1'}),
    'it has no MCP server a, b, c: T is not set, U is not set',
  ],
  [
    'many came',
    given({}),
    now(Object.fromEntries([...'abcdefg'].map(name => [name, '1']))),
    changed('a added, b added, c added, d added, e added and 2 more'),
  ],
];

for (const [what, run, present, says] of cases) {
  test(`what a session with MCP servers says: ${what}`, () => assert.equal(mcpNotice(run, present), says));
}

test('why a session is without a server', () => {
  const run = given(
    {a: has('1'), b: lacks('1', 'own', '.mcp.json has one'), c: has('1')},
    {wish: ['a', 'b', 'c', 'd']},
  );
  const present = now({a: '1', b: '1', c: '2', d: '1', e: '1'});
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e'].map(name => lackOf(run, name, present)),
    [null, '.mcp.json has one', 'changed since it started', 'new since it started', 'its profile does not take it'],
  );
});
