import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import type {NoteView} from '../../source/domain/knowledge.ts';
import {assertFailed, Home} from '../helpers/home.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

test('notes and memory are read without a supervisor', async () => {
  assert.equal(await home.amux('notes'), 'ID  AGE  AUTHOR  TAGS  TEXT\n');
  assert.equal(await home.amux('memory', 'ls'), 'FILE  BYTES  AGE\n');
  assertFailed(await home.run(['memory', 'show', 'none.md']), 3, /no memory file "none.md"/);
});

test('notes are added from arguments or stdin, listed newest first, and found by words and tag', async () => {
  const made = await home.json<NoteView>('notes', 'add', 'the', 'sandbox', 'lies', '--tag', 'payments');
  assert.deepEqual([made.text, made.tags, made.author], ['the sandbox lies', ['payments'], 'cli']);
  const {out} = await home.run(['notes', 'add', '-'], {input: 'from a pipe\nin two lines\n'});
  assert.match(out, /^n-\w+ noted\n$/);
  const all = await home.json<NoteView[]>('notes', 'ls');
  assert.deepEqual(
    all.map(({text}) => text),
    ['from a pipe\nin two lines', 'the sandbox lies'],
  );
  assert.match(await home.amux('notes', 'list', '-n', '1'), /^ID.*\nn-\w+ +\d+s +cli +- +from a pipe in two lines\n$/);
  assert.deepEqual(await home.json<NoteView[]>('notes', 'list', '-n', '0'), []);
  for (const search of [
    ['sandbox', 'LIES'],
    ['the', '--tag', 'payments'],
  ]) {
    assert.deepEqual(
      (await home.json<NoteView[]>('notes', 'search', ...search)).map(({id}) => id),
      [made.id],
    );
  }
  assertFailed(await home.run(['notes', 'add', '-'], {input: '\n'}), 2, /./);
  assertFailed(await home.run(['notes', 'add', '-'], {input: 'x'.repeat(50_000)}), 2, /longer than 10000 characters/);
});

test('memory files are written whole and read as they are', async () => {
  const {out} = await home.run(['memory', 'write', 'conventions.md', '-'], {input: '# Tabs\n\n\u001b[1mno\n'});
  assert.match(out, /^conventions\.md written, \d+ bytes\n$/);
  assert.equal(await home.amux('memory', 'show', 'conventions.md'), '# Tabs\n\n\u001b[1mno\n');
  assert.match(await home.amux('memory'), /^FILE +BYTES +AGE\nconventions\.md +\d+ +\d+s\n$/);
  await home.amux('memory', 'write', 'conventions.md', 'short');
  assert.equal((await home.json<{text: string}>('memory', 'show', 'conventions.md')).text, 'short\n');
  assertFailed(await home.run(['memory', 'write', '../x.md', 'x']), 2, /is not a name of a memory file/);
  assertFailed(await home.run(['memory', 'write', 'x.md'], {input: 'x'.repeat(300_000)}), 2, /longer than 256 KB/);
});
