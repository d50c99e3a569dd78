import {join} from 'node:path';
import {claudeUsage} from '../../source/agents/claude-usage.ts';
import {Ledger} from '../../source/ledger/ledger.ts';
import {LedgerLog} from '../../source/ledger/log.ts';

/** Reads histories and keeps what it knows as often as it can, until it is killed. */
const [directory = '', log = ''] = process.argv.slice(2);
const ledger = new Ledger({
  sources: [
    {
      agent: 'claude',
      roots: [join(directory, 'projects')],
      isHistory: path => path.endsWith('.jsonl'),
      reader: claudeUsage,
    },
  ],
  log: new LedgerLog(log),
  writes: true,
});
process.stdout.write('ready');
const saving = setInterval(() => ledger.save(), 0);
await ledger.scan();
clearInterval(saving);
ledger.save();
