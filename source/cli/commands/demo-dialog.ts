const DIM = '\u001b[2m';
const BOLD = '\u001b[1m';
const ACCENT = '\u001b[38;5;209m';
const PLAIN = '\u001b[0m';

const RULE = '─'.repeat(60);
const KEYS = 'a number answers, esc leaves it';
/** What Escape is, as the cockpit offers it. */
const LEFT = 'No answer';

/** What a demo agent asks: the first line is the one that Enter chooses. */
export type Question = {what: string; options: readonly string[]};

export function dialogText({what, options}: Question): string {
  const lines = options.map((option, i) => `  ${i === 0 ? `${ACCENT}❯${PLAIN}` : ' '} ${i + 1}. ${option}`);
  return [`${DIM}${RULE}${PLAIN}`, ` ${BOLD}${what}${PLAIN}`, '', ...lines, '', ` ${DIM}${KEYS}${PLAIN} `].join('\n');
}

/** What a key answers; null: nothing. */
export function answerOf(key: string, {options}: Question): string | null {
  if (key === '\r' || key === '\n') return options[0]!;
  if (key === '\u001b') return LEFT;
  return /^[1-9]$/.test(key) ? (options[Number(key) - 1] ?? null) : null;
}

const asks = (rule: string, {detail, says}: {detail: string; says: object}) => ({
  rule,
  in: 'bottom',
  // All of it, down to its last line: once it is answered, something else stands below.
  pattern: `^${RULE}\\n (?<detail>${detail})\\n +❯ 1\\. .+\\n(?: +\\d\\. .+\\n)* ${KEYS}$`,
  flags: 'm',
  says,
  within: 0,
});

/** The screen rules of the demo's home: what a person would write for a program whose dialogs amux does not know. */
export const dialogRules = [
  asks('demo question', {detail: '.*\\?.*', says: {dialog: 'question', choose: 'digit', cancel: LEFT}}),
  asks('demo permission', {detail: '.+', says: {dialog: 'permission', choose: 'digit'}}),
];
