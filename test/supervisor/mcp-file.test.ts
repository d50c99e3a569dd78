import assert from 'node:assert/strict';
import {mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {FleetMcpFile} from '../../source/supervisor/mcp-file.ts';
import {until} from '../helpers/home.ts';

function watched(t: TestContext, text: string | null) {
  const dir = mkdtempSync(join(tmpdir(), 'amux-mcp-file-'));
  const path = join(dir, 'mcp.json');
  if (text !== null) writeFileSync(path, text);
  const told: string[] = [];
  const file = new FleetMcpFile(path, what => told.push(what));
  t.after(() => {
    file.close();
    rmSync(dir, {recursive: true});
  });
  return {path, file, told, next: (count: number) => until('a change', () => told.length >= count)};
}
const one = (name: string, command = 'x') => `{"mcpServers": {"${name}": {"command": "${command}"}}}`;

test('each change of the file is told once by the names, whoever looks at it meanwhile', async t => {
  const {path, file, told, next} = watched(t, null);
  writeFileSync(path, one('a'));
  assert.deepEqual([...file.now!.keys()], ['a'], 'it is read before it is told');
  await next(1);
  writeFileSync(`${path}.tmp`, one('b'));
  renameSync(`${path}.tmp`, path);
  await next(2);
  writeFileSync(path, '{');
  await next(3);
  assert.equal(file.now, null);
  writeFileSync(path, one('b', 'y'));
  await next(4);
  rmSync(path);
  await next(5);
  assert.deepEqual([told[0], told[1], told[3], told[4]], ['a added', 'b added, a removed', 'b added', 'b removed']);
  assert.match(told[2]!, /^cannot be read: \S+mcp\.json:1:2: /);
});

test('what was written through the supervisor is not told again', async t => {
  const {path, file, told, next} = watched(t, one('a'));
  writeFileSync(path, one('b'));
  file.written();
  writeFileSync(join(path, '..', 'other'), '');
  writeFileSync(path, one('c'));
  await next(1);
  assert.deepEqual(told, ['c added, b removed']);
});

test('a file that leads nowhere is told as one that cannot be read', t => {
  const {path, file} = watched(t, null);
  symlinkSync('mcp.json', path);
  assert.match(file.current.broken!.why, /it cannot be read: ELOOP/);
});
