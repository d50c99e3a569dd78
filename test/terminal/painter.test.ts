import assert from 'node:assert/strict';
import {test} from 'node:test';
import {screenText} from '../../source/domain/screen.ts';
import {Emulator} from '../../source/terminal/emulator.ts';
import {createPainter, PAINT_END, PAINT_START} from '../../source/terminal/painter.ts';

function pair(from: {cols: number; rows: number}, to = from) {
  const program = new Emulator(from);
  const person = new Emulator(to);
  const painter = createPainter();
  person.feed(`$ shell${PAINT_START}`);
  const paint = () => {
    const bytes = painter.paint({screen: program.snapshot(), inputModes: program.inputModes}, to);
    person.feed(bytes);
    return bytes;
  };
  return {program, person, paint};
}

test('a painted terminal shows the same cells, styles and cursor, frame after frame', () => {
  const {program, person, paint} = pair({cols: 40, rows: 6});
  const steps = [
    '\u001b[1;31mred\u001b[0m 日本 ⚠️ \u001b[44mblue\u001b[K\u001b[0m\r\n',
    'x'.repeat(40),
    '\u001b[?25l\u001b[3;2H\u001b[38;2;1;2;3mdeep\u001b[?25h',
    '\u001b[1;3H\u001b[1P\u001b[?1049h\u001b[Hfull \u001b[7minverse\u001b[0m',
    '\u001b[?1049l',
    Array.from({length: 30}, (_, i) => `line ${i}\r\n`).join(''),
  ];
  for (const step of steps) {
    program.feed(step);
    paint();
    assert.deepEqual(person.snapshot().lines, program.snapshot().lines);
    assert.deepEqual(person.snapshot().cursor, program.snapshot().cursor);
  }
});

test('only what changed is written, and nothing when nothing did', () => {
  const {program, paint} = pair({cols: 40, rows: 6});
  program.feed('one\r\ntwo\r\nthree');
  paint();
  assert.equal(paint(), '');
  program.feed('!');
  const bytes = paint();
  assert.ok(bytes.includes('three!') && !bytes.includes('one'));
});

test('titles, clipboard, questions and stray modes of the program do not get through', () => {
  const {program, paint} = pair({cols: 40, rows: 6});
  program.feed(
    '\u001b]0;title\u0007\u001b]52;c;eA==\u0007\u001b[c\u001b[6n\u001b[?2026h\u001b]7501;?\u0007\u001b[?5hok',
  );
  const bytes = paint();
  assert.ok(bytes.includes('ok'));
  assert.doesNotMatch(bytes, /\u001b[\]P]|\u001b\[6n|\u001b\[c|\?5h/);
});

test('a smaller terminal shows the part with the cursor, cut at its edge', () => {
  const {program, person, paint} = pair({cols: 20, rows: 10}, {cols: 8, rows: 4});
  program.feed(Array.from({length: 10}, (_, i) => `${i}: 日本日本日本`).join('\r\n'));
  program.feed('\u001b[10;3H');
  paint();
  assert.deepEqual(screenText(person.snapshot()), ['6: 日本', '7: 日本', '8: 日本', '9: 日本']);
  assert.deepEqual(person.snapshot().cursor, {x: 2, y: 3});
});

test('the input modes of the program reach the terminal, and leaving takes all of them back', () => {
  const {program, person, paint} = pair({cols: 40, rows: 6});
  program.feed('\u001b[?1003;1006;1004;2004;1h\u001b[>7u\u001b[>4;2m\u001b[?25lx');
  paint();
  assert.equal(person.inputModes, program.inputModes);
  program.feed('\u001b[?1003l');
  paint();
  assert.equal(person.inputModes, program.inputModes);
  person.feed(PAINT_END);
  const {modes, cursor, lines} = person.snapshot();
  assert.equal(person.inputModes, '');
  assert.deepEqual(modes, {alternate: false, bracketedPaste: false, applicationCursor: false});
  assert.deepEqual(cursor, {x: 7, y: 0});
  assert.equal(lines[0]![0]!.text, '$ shell');
});
