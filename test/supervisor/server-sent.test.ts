import assert from 'node:assert/strict';
import {test} from 'node:test';
import {nothingYet, readServerSent} from '../../source/supervisor/server-sent.ts';

function readAll(chunks: Iterable<string>): {events: string[]; kept: number} {
  let rest = nothingYet;
  const events: string[] = [];
  let kept = 0;
  for (const chunk of chunks) {
    const read = readServerSent(rest, chunk);
    events.push(...read.events);
    rest = read.rest;
    kept = Math.max(kept, rest.line.length + rest.data.join('').length);
  }
  return {events, kept};
}

function* pieces(text: string, size: number): Generator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

const STREAM = [
  ': a comment\n\n',
  'event: message\nid: 7\ndata: {"a":1}\n\n',
  'data: one\ndata: two\n\n',
  'data:no space\r\n\r\n',
  'data: old Mac\r\r',
  'retry: 1000\n\n',
  'data: 👩‍👩‍👧 end\n\n',
].join('');

test('events are found wherever the stream is split, whatever ends its lines', () => {
  for (let size = 1; size <= STREAM.length; size++) {
    const {events} = readAll(pieces(STREAM, size));
    assert.deepEqual(events, ['{"a":1}', 'one\ntwo', 'no space', 'old Mac', '👩‍👩‍👧 end'], `chunks of ${size}`);
  }
});

test('an event that is not complete says nothing yet', () => {
  assert.deepEqual(readAll(['data: half', '\ndata: of it\n']).events, []);
});

test('a line that never ends is not kept, and what follows it is read', () => {
  const endless = Array.from({length: 200}, () => 'x'.repeat(65_536));
  const {events, kept} = readAll(['data: before\n\n', 'data: ', ...endless, '\n\n', 'data: after\n\n']);
  assert.deepEqual(events, ['before', 'after']);
  assert.ok(kept <= 1024 * 1024 + 65_536, `${kept} characters were kept`);
});

test('an event of many lines without end is left out as well', () => {
  const lines = Array.from({length: 200}, () => `data: ${'x'.repeat(65_536)}\n`);
  const {events, kept} = readAll([...lines, '\n', 'data: after\n\n']);
  assert.deepEqual(events, ['after']);
  assert.ok(kept <= 1024 * 1024 + 65_536, `${kept} characters were kept`);
});
