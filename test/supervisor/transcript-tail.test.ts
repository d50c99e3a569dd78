import assert from 'node:assert/strict';
import {appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {TranscriptTail} from '../../source/supervisor/transcript-tail.ts';
import {until} from '../helpers/home.ts';

type Setup = {content?: string; offset?: number; within?: boolean};

function setup(t: TestContext, {content = '', offset = 0, within = false}: Setup = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'amux-tail-'));
  const file = join(dir, 'history.jsonl');
  writeFileSync(file, content);
  const lines: unknown[] = [];
  let gone = 0;
  const tail = new TranscriptTail(
    {file, offset},
    {within, onLine: line => lines.push((line as {n: number}).n), onGone: () => gone++},
  );
  t.after(() => {
    tail.close();
    rmSync(dir, {recursive: true});
  });
  return {dir, file, lines, tail, gone: () => gone};
}

const line = (n: number, more = ''): string => `${JSON.stringify({n, more})}\n`;

test('what stands there and what is added is read once, in order', async t => {
  const {file, lines, tail} = setup(t, {content: line(1) + line(2)});
  await tail.catchUp();
  appendFileSync(file, line(3) + line(4));
  await tail.catchUp();
  await tail.catchUp();
  assert.deepEqual(lines, [1, 2, 3, 4]);
});

test('an added line is told without being asked for', async t => {
  const {file, lines} = setup(t);
  appendFileSync(file, line(1));
  await until('the line', () => lines.length === 1);
});

test('a line counts once it is whole', async t => {
  const {file, lines, tail} = setup(t);
  const whole = line(1, 'ünï');
  appendFileSync(file, Buffer.from(whole).subarray(0, 17)); // Within a character.
  await tail.catchUp();
  assert.deepEqual(lines, []);
  assert.equal(tail.place.offset, 0);
  appendFileSync(file, Buffer.from(whole).subarray(17));
  await tail.catchUp();
  assert.deepEqual(lines, [1]);
  assert.equal(tail.place.offset, Buffer.byteLength(whole));
});

test('lines that are no JSON are passed over', async t => {
  const {lines, tail} = setup(t, {content: `${line(1)}{"n":\n\n\u0000\u0000\n${line(2)}`});
  await tail.catchUp();
  assert.deepEqual(lines, [1, 2]);
});

test('a line that is too long is passed over, and what follows it is read', async t => {
  const {file, lines, tail} = setup(t, {content: line(1)});
  const huge = line(2, 'x'.repeat(9 * 1024 * 1024));
  appendFileSync(file, huge.slice(0, -1000));
  await tail.catchUp();
  appendFileSync(file, huge.slice(-1000) + line(3));
  await tail.catchUp();
  assert.deepEqual(lines, [1, 3]);
});

test('a long line within the bound is read', async t => {
  const {lines, tail} = setup(t, {content: line(1, 'x'.repeat(3 * 1024 * 1024)) + line(2)});
  await tail.catchUp();
  assert.deepEqual(lines, [1, 2]);
});

test('reading goes on from a stored place', async t => {
  const {lines, tail} = setup(t, {content: line(1) + line(2), offset: line(1).length});
  await tail.catchUp();
  assert.deepEqual(lines, [2]);
});

test('from a place within a line, the first that counts is the next', async t => {
  const {lines, tail} = setup(t, {content: line(1) + line(2), offset: 3, within: true});
  await tail.catchUp();
  assert.deepEqual(lines, [2]);
});

test('a file that was cut off is read from its beginning', async t => {
  const {file, lines, tail} = setup(t, {content: line(1) + line(2)});
  await tail.catchUp();
  truncateSync(file, 0);
  appendFileSync(file, line(3));
  await tail.catchUp();
  assert.deepEqual(lines, [1, 2, 3]);
});

test('a file that was replaced is read from its beginning', async t => {
  const {dir, file, lines, tail, gone} = setup(t, {content: line(1)});
  await tail.catchUp();
  writeFileSync(join(dir, 'new'), line(2) + line(3));
  renameSync(join(dir, 'new'), file);
  await tail.catchUp();
  assert.deepEqual(lines, [1, 2, 3]);
  await until('it to be told', () => gone() > 0);
});

test('a file that is gone is told, and reading it does nothing', async t => {
  const {file, lines, tail, gone} = setup(t, {content: line(1)});
  await tail.catchUp();
  rmSync(file);
  await until('it to be told', () => gone() > 0);
  await tail.catchUp();
  assert.deepEqual(lines, [1]);
});
