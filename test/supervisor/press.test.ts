import assert from 'node:assert/strict';
import {test} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import type {Screen} from '../../source/domain/screen.ts';
import {press} from '../../source/supervisor/press.ts';

const modes = {alternate: false, bracketedPaste: null, applicationCursor: false};

class Terminal {
  readonly written: string[] = [];
  readonly capture = async () => ({modes}) as Screen;
  readonly write = async (_: string, bytes: string) => {
    this.written.push(bytes);
  };
}

test('each key is written by itself: together Escape and a letter would be another key', async () => {
  const backend = new Terminal();
  await press({backend, id: 's1', keys: ['Escape', 'next idea', 'Enter']});
  assert.deepEqual(backend.written, ['\x1b', 'next idea', '\r']);
});

test('what comes up between two keys gets none of the rest', async () => {
  const backend = new Terminal();
  const before = () => {
    if (backend.written.length === 1) throw new AmuxError('session.dialog', {name: 'a', dialog: 'rm'});
  };
  await assert.rejects(press({backend, id: 's1', keys: ['x', 'Enter'], before}), {code: 'session.dialog'});
  assert.deepEqual(backend.written, ['x']);
});

test('a slip in the last key is told before the first one is pressed', async () => {
  const backend = new Terminal();
  await assert.rejects(press({backend, id: 's1', keys: ['x', 'C-Entre']}), AmuxError);
  assert.deepEqual(backend.written, []);
});
