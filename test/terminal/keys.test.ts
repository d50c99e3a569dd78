import assert from 'node:assert/strict';
import {test} from 'node:test';
import {AmuxError} from '../../source/domain/errors.ts';
import {encodeKeys, parseKeyName} from '../../source/terminal/keys.ts';

const modes = {alternate: false, bracketedPaste: false, applicationCursor: false};

test('key names become the bytes of a keyboard', () => {
  const table: [string, string][] = [
    ['Enter', '\r'],
    ['Tab', '\t'],
    ['S-Tab', '\u001b[Z'],
    ['BTab', '\u001b[Z'],
    ['Escape', '\u001b'],
    ['Space', ' '],
    ['Backspace', '\u007f'],
    ['Delete', '\u001b[3~'],
    ['Up', '\u001b[A'],
    ['S-Up', '\u001b[1;2A'],
    ['C-Left', '\u001b[1;5D'],
    ['Home', '\u001b[H'],
    ['PgDn', '\u001b[6~'],
    ['C-PageUp', '\u001b[5;5~'],
    ['F1', '\u001bOP'],
    ['C-F1', '\u001b[1;5P'],
    ['F12', '\u001b[24~'],
    ['Insert', '\u001b[2~'],
    ['C-c', '\u0003'],
    ['C-C', '\u0003'],
    ['C-Space', '\u0000'],
    ['C-[', '\u001b'],
    ['C-_', '\u001f'],
    ['C-Backspace', '\u0008'],
    ['M-x', '\u001bx'],
    ['A-x', '\u001bx'],
    ['M-Enter', '\u001b\r'],
    ['C-M-a', '\u001b\u0001'],
    ['M-S-Tab', '\u001b\u001b[Z'],
    ['S-a', 'A'],
  ];
  for (const [name, bytes] of table) assert.equal(encodeKeys([name], modes), bytes, name);
});

test('arrows, Home and End follow application cursor mode; modified ones do not', () => {
  const application = {...modes, applicationCursor: true};
  assert.equal(
    encodeKeys(['Up', 'End', 'S-Up', 'F2', 'Delete'], application),
    '\u001bOA\u001bOF\u001b[1;2A\u001bOQ\u001b[3~',
  );
});

test('everything else is typed as it stands', () => {
  assert.equal(encodeKeys(['y', '/help', 'Enter'], modes), 'y/help\r');
  for (const text of ['-', 'C', 'C-', 'S-expression', 'C-3PO is here', 'enter', 'é', '日本', 'constructor']) {
    assert.equal(encodeKeys([text], modes), text);
    assert.deepEqual(parseKeyName(text), {type: 'text', text});
  }
});

test('a combination that no terminal sends is refused, with what there is instead', () => {
  for (const name of ['C-Entre', 'M-Foo', 'A-bc', 'C-Enter', 'S-Escape', 'C-1', 'C-S-a', '', 'a\u001b[A', '\r']) {
    assert.throws(
      () => encodeKeys([name], modes),
      (error: unknown) => error instanceof AmuxError && error.code === 'input.invalid' && error.hint !== '',
      name,
    );
  }
});
