import {AmuxError} from '../domain/errors.ts';

/** Words that only a shell understands; as the first word they make the line a shell's. */
const SHELL_WORDS = new Set(
  (
    '. : ! { } if then else elif fi for while until do done case esac function select time ' +
    'alias bg cd command eval exec exit export fg getopts hash jobs local read readonly return set shift source ' +
    'times trap type ulimit umask unalias unset wait'
  ).split(' '),
);
const OPERATORS = new Set('|&;<>()$`*?[]\n');
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/**
 * A command line in POSIX shell quoting as an argv. A line with operators, expansions or globs becomes
 * `/bin/sh -c LINE`; without them the program itself is the terminal's process.
 */
export function parseCommandLine(line: string): string[] {
  const text = line.trimStart().replace(/(?<!\\)[\r\n]+$/, '');
  if (text.includes('\0')) throw unreadable(line, 'it holds a NUL character');
  const scan = split(text);
  // Inside substitutions, comments and here-documents quotes nest by rules of their own: the shell will judge.
  if (scan.open !== null && !/[$`#]|<</.test(text)) throw unreadable(line, scan.open);
  if (scan.shell || scan.open !== null) return ['/bin/sh', '-c', text];
  if (scan.words.length === 0) throw unreadable(line, 'it is empty');
  return scan.words;
}

/** An argv as a command line that `parseCommandLine` reads back. */
export function quoteArgv(argv: readonly string[]): string {
  return argv
    .map((word, at) => {
      const plain = PLAIN.test(word) && !(at === 0 && (SHELL_WORDS.has(word) || ASSIGNMENT.test(word)));
      return plain ? word : `'${word.replaceAll("'", `'\\''`)}'`;
    })
    .join(' ');
}

type Scan = {words: string[]; shell: boolean; open: string | null};

function split(text: string): Scan {
  const words: string[] = [];
  let shell = false;
  let word: string | null = null;
  let quoted = false;
  let at = 0;
  const end = () => {
    if (word === null) return;
    if (words.length === 0 && !quoted && SHELL_WORDS.has(word)) shell = true;
    words.push(word);
    word = null;
    quoted = false;
  };
  while (at < text.length) {
    const char = text[at]!;
    if (char === "'") {
      const close = text.indexOf("'", at + 1);
      if (close === -1) return {words, shell, open: "a single quote (') is not closed"};
      word = (word ?? '') + text.slice(at + 1, close);
      quoted = true;
      at = close + 1;
    } else if (char === '"') {
      const inner = doubleQuoted(text, at + 1);
      if (inner === null) return {words, shell, open: 'a double quote (") is not closed'};
      if (inner.expands) shell = true;
      word = (word ?? '') + inner.value;
      quoted = true;
      at = inner.next;
    } else if (char === '\\') {
      const next = text[at + 1];
      if (next === undefined) return {words, shell, open: 'it ends with a backslash'};
      // A backslash before a line's end joins the lines.
      if (next !== '\n') word = (word ?? '') + next;
      quoted = true;
      at += 2;
    } else if (char === ' ' || char === '\t') {
      end();
      at++;
    } else {
      // `~` and `#` mean something at the start of a word only; `NAME=` only before the program.
      if (OPERATORS.has(char) || (word === null && (char === '~' || char === '#'))) shell = true;
      word = (word ?? '') + char;
      if (char === '=' && words.length === 0 && !quoted && ASSIGNMENT.test(word)) shell = true;
      at++;
    }
  }
  end();
  return {words, shell, open: null};
}

function doubleQuoted(text: string, from: number): {value: string; expands: boolean; next: number} | null {
  let value = '';
  let expands = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') return {value, expands, next: at + 1};
    if (char === '$' || char === '`') expands = true;
    if (char === '\\' && at + 1 < text.length && '$`"\\\n'.includes(text[at + 1]!)) {
      at++;
      if (text[at] !== '\n') value += text[at];
    } else {
      value += char;
    }
  }
  return null;
}

const unreadable = (line: string, why: string) => new AmuxError('command.line', {line: line.slice(0, 200), why});
