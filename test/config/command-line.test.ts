import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {describe, test} from 'node:test';
import {parseCommandLine, quoteArgv} from '../../source/config/command-line.ts';
import {AmuxError} from '../../source/domain/errors.ts';

describe('command lines', () => {
  for (const [line, argv] of [
    ['claude', ['claude']],
    ['  claude   --model\tsonnet  ', ['claude', '--model', 'sonnet']],
    [`node -e 'console.log("a  b")'`, ['node', '-e', 'console.log("a  b")']],
    [`say "it's" ''`, ['say', "it's", '']],
    ['say "a \\"b\\" \\x"', ['say', 'a "b" \\x']],
    [String.raw`a\ b c\'d`, ['a b', "c'd"]],
    [`one'two'"three"`, ['onetwothree']],
    ['a \\\n  b', ['a', 'b']],
    ['npx tool@1 a#b x~ --set=K=V', ['npx', 'tool@1', 'a#b', 'x~', '--set=K=V']],
    [`grep '$HOME | *'`, ['grep', '$HOME | *']],
    [String.raw`grep \$HOME \* "\$x"`, ['grep', '$HOME', '*', '$x']],
    ['claude\n', ['claude']],
    ['ünï "日本 語"', ['ünï', '日本 語']],
  ] as [string, string[]][]) {
    test(`${JSON.stringify(line)} is a program and its arguments`, () => {
      assert.deepEqual(parseCommandLine(line), argv);
    });
  }

  for (const line of [
    'a | b',
    'a && b',
    'a; b',
    'a &',
    'a < in',
    'a > out',
    '(a)',
    'echo $HOME',
    'echo "$HOME"',
    'echo `date`',
    'ls *.ts',
    'ls ?',
    'ls [ab]',
    'ls ~/x',
    'a # why',
    'a\nb',
    'FOO=1 env',
    'exit 3',
    'cd /tmp',
    `echo "$(echo 'it"s')"`,
    "cat <<END\nit's\nEND",
  ]) {
    test(`${JSON.stringify(line)} is left to a shell`, () => {
      assert.deepEqual(parseCommandLine(line), ['/bin/sh', '-c', line]);
    });
  }

  for (const [line, why] of [
    ["say 'a", /single quote/],
    ['say "a', /double quote/],
    ['say \\', /backslash/],
    ['', /empty/],
    ['   ', /empty/],
    ['a\0b', /NUL/],
  ] as [string, RegExp][]) {
    test(`${JSON.stringify(line)} is refused with the reason`, () => {
      assert.throws(
        () => parseCommandLine(line),
        (error: AmuxError) => error instanceof AmuxError && error.code === 'command.line' && why.test(error.message),
      );
    });
  }

  test('a quoted argv reads back as it was, by amux and by sh', () => {
    const argv = [
      'printf',
      '%s\\0',
      'a b',
      "it's",
      '',
      '$x',
      '*',
      '~',
      '#',
      'A=b',
      'a\nb',
      '-n',
      '日本',
      '\\',
      '"',
      '!',
    ];
    assert.deepEqual(parseCommandLine(quoteArgv(argv)), argv);
    assert.equal(
      execFileSync('/bin/sh', ['-c', quoteArgv(argv)], {encoding: 'utf8'}),
      argv
        .slice(2)
        .map(word => `${word}\0`)
        .join(''),
    );
    for (const first of ['exit', 'A=b']) assert.deepEqual(parseCommandLine(quoteArgv([first, 'x'])), [first, 'x']);
  });
});
