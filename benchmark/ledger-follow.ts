import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {claudeUsage} from '../source/agents/claude-usage.ts';
import {Ledger} from '../source/ledger/ledger.ts';

/** What a supervisor does with histories of sessions that print, and what of a core that takes. */
const FOLLOW_MS = 2000;
const [projects = '', seconds = '20'] = process.argv.slice(2);
const ledger = new Ledger({
  sources: [{agent: 'claude', roots: [projects], isHistory: path => path.endsWith('.jsonl'), reader: claudeUsage}],
  log: null,
  writes: false,
});
const directory = join(projects, 'p');
const files = readdirSync(directory).map(name => join(directory, name));
let before = process.cpuUsage();
let begun = performance.now();
for (let i = 0; i * FOLLOW_MS < Number(seconds) * 1000 + FOLLOW_MS; i++) {
  await pause(FOLLOW_MS);
  for (const file of files) ledger.follow(file);
  if (i > 0) continue;
  // Code that runs for the first time is compiled: what goes on for hours is measured.
  before = process.cpuUsage();
  begun = performance.now();
}
const {user, system} = process.cpuUsage(before);
process.stdout.write(String(((user + system) / 1000 / (performance.now() - begun)) * 100));
process.exit(0);
