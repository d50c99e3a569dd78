import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import type {Entry} from '../../source/domain/events.ts';
import type {Session, SessionStatus} from '../../source/domain/session.ts';
import {keepWorkingLogs} from '../../source/supervisor/working-log.ts';

const AT = new Date(2026, 0, 2, 3, 4, 5).getTime();

type Logged = {path: string; file: string; notes: string[]; tell: (status: SessionStatus, reason?: string) => void};

function logged(context: {after: (end: () => void) => void}, at?: string): Logged {
  const path = at ?? mkdtempSync(join(tmpdir(), 'amux-log-'));
  if (at === undefined) context.after(() => rmSync(path, {recursive: true, force: true}));
  const file = join(path, '.amux', 'context', 'working-log.md');
  if (at === undefined) mkdirSync(join(path, '.amux', 'context'), {recursive: true});
  const notes: string[] = [];
  let listen: (entry: Entry) => void = () => {};
  const onEntry = (listener: (entry: Entry) => void) => {
    listen = listener;
    return () => {};
  };
  keepWorkingLogs({store: {onEntry}, note: why => notes.push(why)});
  const tell = (status: SessionStatus, reason = 'why') => {
    const session = {id: 's-1', name: 'pay', agent: 'own', status, reason, workspace: {path}} as Session;
    const change = {kind: 'session.put' as const, session};
    listen({cursor: 1, at: AT, type: 'session.status', actor: 'cli', session: null, reason, changes: [change]});
  };
  return {path, file, notes, tell};
}

test('start and end are a line each, with the time, whatever the reason looks like', context => {
  const {file, tell} = logged(context);
  writeFileSync(file, '# Log\n');
  tell('starting');
  tell('running');
  tell('running');
  tell('failed', 'exit code 3\n# not a heading');
  assert.deepEqual(readFileSync(file, 'utf8').split('\n'), [
    '# Log',
    '- 2026-01-02 03:04:05 session pay (own, s-1) started',
    '- 2026-01-02 03:04:05 session pay (own, s-1) ended, failed: exit code 3 # not a heading',
    '',
  ]);
});

test('a log that was removed, or is a link, is not written', context => {
  const {path, file, notes, tell} = logged(context);
  tell('running');
  const other = join(path, 'other');
  writeFileSync(other, '');
  symlinkSync(other, file);
  tell('stopped');
  assert.equal(readFileSync(other, 'utf8'), '');
  assert.deepEqual(notes, []);
});

test('a log that cannot be written is a notice, once, and never an error', async context => {
  const {notes, tell} = logged(context, '/no\0where');
  tell('running');
  tell('stopped');
  await Promise.resolve();
  assert.equal(notes.length, 1);
  assert.match(notes[0] ?? '', /the working log in .* was not written/);
});
