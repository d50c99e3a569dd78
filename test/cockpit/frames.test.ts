import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import stringWidth from 'string-width';
import {CockpitTerminal} from './terminal.ts';

/**
 * What the cockpit looks like, as text that a person can read and compare. `AMUX_FRAMES=write` writes them anew: look at
 * what git says has changed.
 */
const directory = new URL('frames/', import.meta.url);
const writes = process.env['AMUX_FRAMES'] === 'write';

const sizes = [
  {cols: 40, rows: 20},
  {cols: 60, rows: 24},
  {cols: 80, rows: 24},
  {cols: 120, rows: 40},
  {cols: 200, rows: 50},
];

type Picture = {
  name: string;
  keys: string;
  sees: RegExp;
  /** Narrower than this there is nothing of it to see. */
  from?: number;
  /** Ends it. */
  back?: string;
};

const ESC = '\x1b';

const pictures: readonly Picture[] = [
  {name: 'fleet', keys: '', sees: /hosted[\s\S]*Bash: rm -rf dist[\s\S]*help/, back: ''},
  {name: 'grid', keys: 'v', sees: /^╭?┏?━ payments .*─ docs ─/m, from: 80, back: 'v'},
  {name: 'zoom', keys: 'z', sees: /^╭─ payments[\s\S]*3\. No/m},
  {name: 'typing', keys: 'i', sees: /3\. No[\s\S]*(TYPING|leaves typing)/, back: '\x1d'},
  {name: 'board', keys: '2', sees: /todo|TODO/},
  {name: 'approvals', keys: '3', sees: /nothing waits/},
  {name: 'events', keys: '5', sees: /nothing|journal|\[5 Events\]/},
  {name: 'help', keys: '?', sees: /━ (Help|Keys)/},
  {name: 'changes', keys: 'd', sees: /4 files/},
  {name: 'prompt', keys: ' fix the tests 测试', sees: /fix the tests 测试/},
  {name: 'new-session', keys: 'n', sees: /New session/},
  {name: 'fork', keys: 'f', sees: /━ Fork/},
  {name: 'schedules', keys: 'S', sees: /━ Schedules/},
  {name: 'model', keys: 'M', sees: /Another model/},
];

describe('what it looks like', {concurrency: 2}, () => {
  for (const {cols, rows} of sizes) {
    test(`${cols}×${rows}`, async () => {
      await using terminal = new CockpitTerminal({cols, rows});
      await terminal.expectRow(/payments/);
      for (const {name, keys, sees, from = 0, back = ESC} of pictures) {
        if (cols < from) continue;
        await terminal.settled();
        const before = terminal.rows().join('\n');
        terminal.press(keys);
        const isThere = (text: string): boolean => sees.test(text) && (keys === '' || text !== before);
        await terminal.until(() => isThere(terminal.rows().join('\n')), `${name}: ${sees}`);
        await compare(`${name}-${cols}x${rows}.txt`, {terminal, cols});
        if (back === '') continue;
        terminal.press(back);
        await terminal.until(() => terminal.rows().join('\n') === before, `the end of ${name}`);
      }
    });
  }
});

async function compare(name: string, {terminal, cols}: {terminal: CockpitTerminal; cols: number}): Promise<void> {
  const file = new URL(name, directory);
  const shown = (): string => `${terminal.rows().join('\n')}\n`;
  if (writes) {
    await terminal.settled();
    mkdirSync(directory, {recursive: true});
    writeFileSync(file, shown());
  }
  assert.ok(existsSync(file), `${name} is not there: AMUX_FRAMES=write makes it`);
  const known = readFileSync(file, 'utf8');
  // It comes in pieces; what is wrong stays.
  await terminal.until(() => shown() === known, name).catch(() => assert.equal(shown(), known, name));
  for (const row of terminal.rows())
    assert.ok(stringWidth(row) <= cols, `${name}: ${stringWidth(row)} columns: ${row}`);
}
