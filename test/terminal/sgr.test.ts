import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {rowText} from '../../source/domain/screen.ts';
import {parseSgrLine, parseSgrScreen, rowToAnsi} from '../../source/terminal/sgr.ts';

test('both forms of 256 and true colour are read', () => {
  const yellow = {text: 'x', style: {fg: '#0a141e' as const, bg: 200}};
  for (const sgr of ['38;2;10;20;30;48;5;200', '38:2:10:20:30;48:5:200', '38:2::10:20:30;48:5:200']) {
    assert.deepEqual(parseSgrLine(`\u001b[${sgr}mx`), [yellow], sgr);
  }
  assert.deepEqual(parseSgrLine('\u001b[31;102mx')[0]!.style, {fg: 1, bg: 10});
  assert.deepEqual(parseSgrLine('\u001b[58;2;1;2;3;1mx')[0]!.style, {bold: true});
  assert.deepEqual(parseSgrLine('\u001b[38;5;999mx')[0]!.style, {});
});

test('attributes go on and off', () => {
  assert.deepEqual(parseSgrLine('\u001b[1;2;3;4;7;9mx\u001b[22;23mx\u001b[24;27;29mx'), [
    {text: 'x', style: {bold: true, dim: true, italic: true, underline: true, inverse: true, strike: true}},
    {text: 'x', style: {underline: true, inverse: true, strike: true}},
    {text: 'x', style: {}},
  ]);
  assert.deepEqual(
    parseSgrLine('\u001b[4:3mx\u001b[4:0my').map(run => run.style),
    [{underline: true}, {}],
  );
  assert.equal(rowText(parseSgrLine('a\u001b[8msecret\u001b[28mb')), 'a      b');
});

test('the style of a line runs on into the next, as tmux writes it', () => {
  const rows = parseSgrScreen('\u001b[1mone\ntwo\u001b[0m\nthree\n');
  assert.deepEqual(rows, [
    [{text: 'one', style: {bold: true}}],
    [{text: 'two', style: {bold: true}}],
    [{text: 'three', style: {}}],
  ]);
});

test('hyperlinks, titles, cursor movement and stray controls are dropped; line drawing is translated', () => {
  const line =
    '\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\ \u001b[2J\u001b]52;c;eA==\u0007\u000elqk\u000f\u001b(Bq\u0008\u009b\u202eend\u001b';
  assert.equal(rowText(parseSgrLine(line)), 'link ┌─┐qend');
  assert.equal(rowText(parseSgrLine('a\u001b]0;unfinished')), 'a');
});

test('a row written out and read again is the same row', () => {
  const line =
    '\u001b[1;31mred\u001b[22;39m plain \u001b[38;5;100;48;2;1;2;3mdeep\u001b[49;9m strike \u001b[97;7mwhite';
  const row = parseSgrLine(line);
  const written = rowToAnsi(row);
  assert.deepEqual(parseSgrLine(written), row);
  assert.ok(written.endsWith('\u001b[0m'));
  assert.equal(rowToAnsi([{text: 'plain\u001b]0;x\u0007', style: {}}]), 'plain]0;x');
});

test('a real tmux capture is read with its styles, carried lines and line drawing', () => {
  const dir = mkdtempSync(join(tmpdir(), 'amux-sgr-'));
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', join(dir, 's'), '-f', '/dev/null', ...args], {encoding: 'utf8'});
  const program =
    "printf '\\033[1;31mred bold\\nsecond\\033[0m plain\\n\\033[38:2::1:2:3mtrue\\033[0m\\n\\033(0lqk\\033(B tail\\n'; tmux -S $0 wait-for -S drawn; sleep 60";
  try {
    tmux('new-session', '-d', '-x', '40', '-y', '8', '-s', 'a', 'sh', '-c', program, join(dir, 's'));
    tmux('wait-for', 'drawn');
    const rows = parseSgrScreen(tmux('capture-pane', '-p', '-e', '-t', '=a:'));
    assert.deepEqual(rows[0], [{text: 'red bold', style: {fg: 1, bold: true}}]);
    assert.deepEqual(rows[1], [
      {text: 'second', style: {fg: 1, bold: true}},
      {text: ' plain', style: {}},
    ]);
    assert.deepEqual(rows[2], [{text: 'true', style: {fg: '#010203'}}]);
    assert.deepEqual(rows[3], [{text: '┌─┐ tail', style: {}}]);
  } finally {
    tmux('kill-session', '-t', '=a');
    rmSync(dir, {recursive: true, force: true});
  }
});
