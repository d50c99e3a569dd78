import {plainText} from './names.ts';
import {type TranscriptEntry, transcriptLines} from './transcript.ts';

/** Name of the file in the context directory. */
export const HANDOFF_FILE = 'handoff.md';
/** The conversation in it, the newest part, in characters; and the task at its beginning. */
const TEXT_MAX = 60_000;
const TASK_MAX = 8000;

export type Handoff = {
  /** Who worked on it before, as what, and where. */
  from: {name: string; agent: string; dir: string; branch: string | null; context: string};
  entries: readonly TranscriptEntry[];
  /** What its terminal showed, for one that keeps no conversation. */
  lines: readonly string[];
  /** What is not committed came along. */
  carried: boolean;
};

/** What a fresh conversation reads to go on with the work of another: who said what, and where more is found. */
export function handoffText({from, entries, lines, carried}: Handoff): string {
  const {name, agent, dir, branch, context} = from;
  const task = entries.find(({role}) => role === 'user')?.text ?? '';
  const said = entries.length > 0 ? transcriptLines(entries) : lines;
  const {text, left} = newest(plainText(said.join('\n')).trim());
  const changes = carried ? 'What was not committed there came along' : 'Only what was committed there came along';
  return `# Hand-off from ${name}

You take over the work of ${name} (${agent}), which goes on by itself in ${dir}${branch === null ? '' : `, on the branch ${branch}`}.
You work in a copy of your own, on a branch of your own. ${changes}: \`git status\` and \`git log\` show it.
Do not write to its directory.

Its notes, to read as far as they are there: ${context}/background.md, plan.md, working-log.md, results-summary.md
${task === '' ? '' : `\n## What it was asked first\n\n${fenced(plainText(task).slice(0, TASK_MAX))}\n`}
## ${entries.length > 0 ? 'What was said' : 'What its terminal showed'}

${entries.length > 0 ? 'A line behind `>` is from the person, one in brackets is a call of a tool, what is indented is its answer.' : ''}
${left === 0 ? '' : `\nThe first ${left} characters are left out.\n`}
${text === '' ? 'Nothing yet.' : fenced(text)}
`;
}

/** The first message of the conversation that reads it. `file` as it is seen from its directory. */
export function handoffMessage(file: string, {name, prompt}: {name: string; prompt: string}): string {
  const begin = `Read ${file} first: you take over the work of ${name}, and it holds what was said and done so far.`;
  return prompt === ''
    ? `${begin} Then say in a few lines where the work stands, and wait.`
    : `${begin} Then: ${prompt}`;
}

/** The end of a text, from the beginning of a line. */
function newest(text: string): {text: string; left: number} {
  if (text.length <= TEXT_MAX) return {text, left: 0};
  const end = text.slice(-TEXT_MAX);
  const kept = end.slice(end.indexOf('\n') + 1);
  return {text: kept, left: text.length - kept.length};
}

/** Between longer marks than any in it, so that it stays one block. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([marks]) => marks.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}\n${text}\n${marks}`;
}
