import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {editFile} from './edit-file.ts';
import {findRepository, keepOutOfGit} from './repository.ts';
import {readBounded} from './yaml-file.ts';

/** What the session, its profile and its schedule are called. */
export const MONITOR = 'monitor';
export const MONITOR_CRON = '*/30 * * * *';
const FILE = 'CLAUDE.md';
/** What it is told every half hour. It names the file, because not every agent reads one of this name by itself. */
export const MONITOR_TASK = `Do your round as health monitor now: read ${FILE} in this directory and do what it says.`;

/** What it may do without asking, so that a round at night is not waiting for a person. */
const RULES = `
approvals:
  # The health monitor reads the board, asks sessions, and gives stuck cards back.
  - {agent: ${MONITOR}, pattern: "amux board*", decide: allow}
  - {agent: ${MONITOR}, pattern: "amux send *", decide: allow}
  - {agent: ${MONITOR}, pattern: "amux peek *", decide: allow}
  - {agent: ${MONITOR}, pattern: "amux notes*", decide: allow}
`;

const FENCE = '```';

const INSTRUCTIONS = `## Your role: health monitor

Every 30 minutes you are told to do your round (\`amux schedule\` shows when). A round is:

1. Check the board for tasks in status=doing that nobody changed for 2 hours:

   ${FENCE}bash
   amux board --status doing --older 2h
   ${FENCE}

   If there is none, say so in one line. The round is over.

2. For each stale task that has a session, look at its screen and send it a status request:

   ${FENCE}bash
   amux peek SESSION_NAME --lines 20
   amux send SESSION_NAME "Status check: what are you working on? Report progress."
   ${FENCE}

3. Report what you found, one note per round:

   ${FENCE}bash
   amux notes add "Monitor: TASK_ID of SESSION_NAME is stuck: what its screen shows" --tag monitor
   ${FENCE}

4. In your next round: a task that you asked about, whose session has neither answered nor changed the card since, is
   reset to todo. Delete this step if you shall only report.

   ${FENCE}bash
   amux board move TASK_ID todo --reason "Reset by monitor: session unresponsive"
   ${FENCE}

What you do not do: work on tasks yourself, change files, reset a task whose session works on it or waits for a person,
or reset the same task twice. What fails again and again is for a person: say so in your note.

## The same over the API

${FENCE}bash
curl -sk $AMUX_URL/api/board | python3 -c "
import json,sys,time
now = time.time()
for t in json.load(sys.stdin):
  if t['status']=='doing' and now - t.get('updated_at',now) > 7200:
    print(t['id'], t['session'], t['title'])
"
curl -sk $AMUX_URL/api/sessions/SESSION_NAME/send -H 'Content-Type: application/json' \\
  -d '{"text":"Status check: what are you working on? Report progress."}'
curl -sk -X PATCH $AMUX_URL/api/board/TASK_ID -H 'Content-Type: application/json' \\
  -d '{"status":"todo","reason":"Reset by monitor — session unresponsive"}'
${FENCE}
`;

/** Writes what it has to know into its directory, unless people have changed it there. Returns the file. */
export function writeMonitor(dir: string): string {
  const file = join(dir, FILE);
  try {
    mkdirSync(dir, {recursive: true});
    writeFileSync(file, INSTRUCTIONS, {flag: 'wx'});
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new AmuxError('store.write', {file, why: message}, error);
  }
  return file;
}

/** Lets it use amux without asking; false where the file has rules of its own, which nobody else orders. */
export function addMonitorRules(file: string): boolean {
  const textOf = (): string => {
    const text = readBounded(file);
    return typeof text === 'string' ? text : '';
  };
  const text = textOf();
  if (/^approvals:/m.test(text)) return text.includes(`agent: ${MONITOR}`);
  editFile(file, {read: textOf, change: before => `${before.trimEnd()}\n${RULES}`});
  return true;
}

/** Its directory is amux's own. */
export function hideMonitor(root: string): void {
  const repository = findRepository(root);
  if (repository !== null) keepOutOfGit(repository, {add: [`.amux/${MONITOR}/`]});
}
