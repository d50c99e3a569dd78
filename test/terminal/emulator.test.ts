import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {rowText, screenText} from '../../source/domain/screen.ts';
import {Emulator} from '../../source/terminal/emulator.ts';
import type {ProgramStatus} from '../../source/terminal/program-status.ts';

function emulator(cols = 20, rows = 4) {
  const replies: string[] = [];
  const reports: ProgramStatus[] = [];
  const made = new Emulator({
    cols,
    rows,
    onReply: bytes => replies.push(bytes),
    onProgram: status => reports.push(status),
  });
  return {terminal: made, replies, reports};
}

test('colours and attributes become runs of styled text', () => {
  const {terminal} = emulator(60);
  terminal.feed('plain \u001b[1;31mred\u001b[0m\u001b[38;5;208;44mor\u001b[0m\u001b[38;2;1;2;3mtrue\u001b[0m\r\n');
  terminal.feed('\u001b[2;3;4;7;9mall\u001b[0m \u001b[8mhidden\u001b[0m.');
  const {lines} = terminal.snapshot();
  assert.deepEqual(lines[0], [
    {text: 'plain ', style: {}},
    {text: 'red', style: {fg: 1, bold: true}},
    {text: 'or', style: {fg: 208, bg: 4}},
    {text: 'true', style: {fg: '#010203'}},
  ]);
  assert.deepEqual(lines[1], [
    {text: 'all', style: {dim: true, italic: true, underline: true, inverse: true, strike: true}},
    {text: '       .', style: {}},
  ]);
});

test('blank cells at the end go, unless their background shows', () => {
  const {terminal} = emulator(10);
  terminal.feed('a   \r\n\u001b[41mb\u001b[K\u001b[0m');
  const {lines} = terminal.snapshot();
  assert.deepEqual(lines[0], [{text: 'a', style: {}}]);
  assert.deepEqual(lines[1], [{text: `b${' '.repeat(9)}`, style: {bg: 1}}]);
});

test('wide characters take two columns: CJK, emoji, flags, skin tones, families, emoji selectors', () => {
  for (const [text, columns] of [
    ['日本', 4],
    ['😀✅', 4],
    ['⚠️', 2],
    ['⚠', 1],
    ['👍🏽', 2],
    ['👨‍👩‍👧', 2],
    ['🇩🇪🇫🇷', 4],
    ['e\u0301', 1],
    ['한', 2],
    ['⏵❯│·', 4],
  ] as const) {
    const {terminal} = emulator();
    terminal.feed(`${text}|`);
    const screen = terminal.snapshot();
    assert.equal(rowText(screen.lines[0]!), `${text}|`);
    assert.equal(screen.cursor?.x, columns + 1, text);
  }
});

test('the cursor is where the next character goes, and null while hidden', () => {
  const {terminal} = emulator(5, 3);
  terminal.feed('ab\r\nc');
  assert.deepEqual(terminal.snapshot().cursor, {x: 1, y: 1});
  terminal.feed('\u001b[?2004;25l');
  assert.equal(terminal.snapshot().cursor, null);
  terminal.feed('\u001b[?25h1234');
  assert.deepEqual(terminal.snapshot().cursor, {x: 4, y: 1});
  terminal.feed('\u001b[?25l\u001bc');
  assert.deepEqual(terminal.snapshot().cursor, {x: 0, y: 0});
});

test('modes and title are told; a title is stripped of control characters', () => {
  const {terminal} = emulator();
  terminal.feed('\u001b[?2004h\u001b[?1h\u001b[?1049h\u001b]0;a\u202eb\u0007');
  const {modes, title} = terminal.snapshot();
  assert.deepEqual(modes, {alternate: true, bracketedPaste: true, applicationCursor: true});
  assert.equal(title, 'ab');
});

test('the last frame of a full-screen program is kept when it leaves the alternate screen', () => {
  const {terminal} = emulator();
  terminal.feed('shell\u001b[?1049h\u001b[Hframe\u001b[?1049l');
  assert.deepEqual(screenText(terminal.snapshot()), ['shell']);
  assert.deepEqual(screenText(terminal.lastAlternate!), ['frame']);
  terminal.feed('\u001b[?1049h\u001b[2J\u001b[?1049l');
  assert.deepEqual(screenText(terminal.lastAlternate!), ['frame']);
});

test('questions are answered in order, OSC 7501 before the device attributes that follow', () => {
  const {terminal, replies} = emulator();
  terminal.feed('ab\u001b]7501;?\u0007\u001b[c\u001b[6n\u001b]7501;?\u001b\\');
  assert.deepEqual(replies, ['\u001b]7501;?\u001b\\', '\u001b[?1;2c', '\u001b[1;3R', '\u001b]7501;?\u001b\\']);
});

test('reports are told with their ids, also when they come in pieces', () => {
  const {terminal, reports} = emulator();
  for (const byte of '\u001b]7501;state=blocked:app=x:kind=permission:msg=b2s=\u001b\\\u001b]7501;state=working:id=a\u0007') {
    terminal.feed(byte);
  }
  assert.deepEqual(
    reports.map(({state, id, kind, message}) => ({state, id, kind, message})),
    [
      {state: 'blocked', id: '', kind: 'permission', message: 'ok'},
      {state: 'working', id: 'a', kind: '', message: ''},
    ],
  );
});

test('history is scrollback and screen, oldest first, and both are bounded', () => {
  const {terminal} = emulator(20, 4);
  for (let i = 0; i < 3000; i++) terminal.feed(`line ${i}\r\n`);
  const all = terminal.history(100_000);
  assert.equal(all.length, 1003);
  assert.equal(all.at(-1), 'line 2999');
  assert.deepEqual(terminal.history(2), ['line 2998', 'line 2999']);
  terminal.feed('\u001b[?1049h\u001b[Hfull screen');
  assert.equal(terminal.history(1)[0], 'full screen');
});

test('a resize keeps what stands there', () => {
  const {terminal} = emulator(20, 4);
  terminal.feed('one\r\ntwo');
  terminal.resize(40, 10);
  const screen = terminal.snapshot();
  assert.deepEqual([screen.cols, screen.rows, screen.lines.length], [40, 10, 10]);
  assert.deepEqual(screenText(screen), ['one', 'two']);
});

test('input modes are gathered, so that a terminal that joins later can follow', () => {
  const {terminal} = emulator();
  assert.equal(terminal.inputModes, '');
  terminal.feed(
    '\u001b[?1000;1006h\u001b[>7u\u001b[>1u\u001b[<u\u001b[>4;2m\u001b[5 q\u001b[?1004h\u001b[?1006l\u001b=',
  );
  assert.equal(terminal.inputModes, '\u001b[?66h\u001b[?1000h\u001b[?1004h\u001b[=7u\u001b[>4;2m\u001b[5 q');
  terminal.feed('\u001bc');
  assert.equal(terminal.inputModes, '');
});

test("a real Claude session's bytes end in its real screen, and its reports are found", () => {
  const bytes = readFileSync(new URL('../fixtures/claude-7501.bin', import.meta.url));
  const {terminal, reports} = emulator(120, 40);
  for (let at = 0; at < bytes.length; at += 100) terminal.feed(bytes.subarray(at, at + 100));
  assert.deepEqual(
    reports.slice(0, 3).map(status => status.state),
    ['idle', 'working', 'done'],
  );
  assert.ok(screenText(terminal.snapshot()).length > 3);
});
