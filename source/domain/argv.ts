const SHELL = /(^|\/)(sh|bash|dash|ash|zsh|ksh)$/;
const PLAIN = /^[\w@%+=:,./-]+$/;

/** Arguments behind a program's own; a line that a shell runs gets them at its end, quoted. */
export function withArguments(argv: readonly string[], added: readonly string[]): string[] {
  const [shell = '', option, line] = argv;
  if (added.length === 0 || !isShellLine(argv)) return [...argv, ...added];
  return [shell, option!, [line, ...added.map(quoted)].join(' ')];
}

/** `sh -c LINE`. */
export const isShellLine = (argv: readonly string[]): boolean =>
  argv.length === 3 && argv[1] === '-c' && SHELL.test(argv[0]!);

/** A word as a shell reads it back. */
export const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
