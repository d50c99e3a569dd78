import {join} from 'node:path';
import {claudeUsage} from '../../source/agents/claude-usage.ts';
import {Ledger} from '../../source/ledger/ledger.ts';
import {tokensOf} from '../../source/ledger/spent.ts';
import type {Trouble} from '../../source/ledger/tally.ts';

/** What another user of the machine sees of these histories. */
const NOBODY = 65_534;
const [directory = ''] = process.argv.slice(2);
process.setgid!(NOBODY);
process.setuid!(NOBODY);
const troubles: Trouble[] = [];
const ledger = new Ledger({
  sources: [
    {
      agent: 'claude',
      roots: [join(directory, 'projects')],
      isHistory: path => path.endsWith('.jsonl'),
      reader: claudeUsage,
    },
  ],
  log: null,
  writes: false,
  onTrouble: trouble => troubles.push(trouble),
});
await ledger.scan();
await ledger.scan();
const {output} = tokensOf([...ledger.table.cells.values()].map(({spent}) => spent));
console.log(JSON.stringify({output, troubles}));
