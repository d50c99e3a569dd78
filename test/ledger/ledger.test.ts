import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, describe, it} from 'node:test';
import {type Transcripts, type Truth, writeTranscripts} from '../../benchmark/transcripts.ts';
import {claudeUsage} from '../../source/agents/claude-usage.ts';
import type {Usage} from '../../source/domain/ledger.ts';
import {Ledger, type Source} from '../../source/ledger/ledger.ts';
import {LedgerLog} from '../../source/ledger/log.ts';
import {tokensOf} from '../../source/ledger/spent.ts';
import {Table} from '../../source/ledger/table.ts';
import type {Trouble} from '../../source/ledger/tally.ts';

const root = mkdtempSync(join(tmpdir(), 'amux-ledger-'));
after(() => rmSync(root, {recursive: true, force: true}));
const MEGABYTES = Number(process.env['AMUX_LEDGER_MB'] ?? 12);
const made = writeTranscripts({directory: join(root, 'data'), bytes: MEGABYTES * 1e6});

describe('the ledger', () => {
  it('finds exactly what was spent, by model and by conversation', async () => {
    const ledger = open(made.directory);
    await ledger.scan();
    assertTruth(ledger, made);
  });

  it('counts the same when files grow in random pieces, cut anywhere', async () => {
    const copy = join(root, 'growing');
    const ledger = open(copy, {log: new LedgerLog(join(root, 'growing.log'))});
    const random = randomOf(7);
    const growing = made.files.map(file => ({
      bytes: readFileSync(file),
      to: file.replace(made.directory, copy),
      at: 0,
    }));
    for (const {to} of growing) mkdirSync(dirname(to), {recursive: true});
    for (let left = [...growing]; left.length > 0; left = left.filter(({at, bytes}) => at < bytes.length)) {
      for (const each of left) {
        const size = 1 + Math.floor(random() ** 4 * 900_000);
        appendFileSync(each.to, each.bytes.subarray(each.at, each.at + size));
        each.at += size;
      }
      if (random() < 0.5) await ledger.scan();
      else for (const {to} of left) await ledger.follow(to);
      if (random() < 0.3) ledger.save();
    }
    await ledger.scan();
    assertTruth(ledger, made);
    ledger.save();
    const again = open(copy, {log: new LedgerLog(join(root, 'growing.log'))});
    assertTruth(again, made);
  });

  it('knows after its files are gone what they said', async () => {
    const copy = join(root, 'deleted');
    const small = writeTranscripts({directory: copy, bytes: 1e6, seed: 3});
    const log = join(root, 'deleted.log');
    const first = open(copy, {log: new LedgerLog(log)});
    await first.scan();
    first.save();
    rmSync(copy, {recursive: true});
    const second = open(copy, {log: new LedgerLog(log)});
    await second.scan();
    assertTruth(second, small);
  });

  it('is exact after a kill -9 at any moment', async () => {
    const log = join(root, 'killed.log');
    const random = randomOf(11);
    for (let i = 0; i < 6; i++) {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', new URL('./scan-and-save.ts', import.meta.url).pathname, made.directory, log],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      await once(child.stdout!, 'data');
      const wanted = (existing(log) ?? 0) + Math.floor(random() * 60_000);
      // It dies in the middle of its work, wherever that is when its log has grown so far.
      while (child.exitCode === null && (existing(log) ?? 0) < wanted) await new Promise(setImmediate);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    // What was half written at the end counts for nothing.
    appendFileSync(log, Buffer.from([0x41, 0x4d, 0x58, 0x4c, 2, 0, 0, 0, 255]));
    const ledger = open(made.directory, {log: new LedgerLog(log)});
    assert.equal(ledger.problem, null, 'that is how a crash leaves it');
    await ledger.scan();
    assertTruth(ledger, made);
    ledger.save();
    const again = open(made.directory, {log: new LedgerLog(log)});
    assert.equal(again.problem, null);
    assertTruth(again, made);
  });

  it('tells damage in the head of a block from what a crash leaves', async () => {
    const log = join(root, 'head.log');
    const first = open(made.directory, {log: new LedgerLog(log)});
    await first.scan();
    first.save();
    const bytes = readFileSync(log);
    // The highest byte of the length of the second block: it would end behind the file.
    bytes[bytes.indexOf('AMXL', 4) + 11]! ^= 0x40;
    writeFileSync(log, bytes);
    const second = open(made.directory, {log: new LedgerLog(log)});
    assert.match(second.problem ?? '', /bytes are damaged$/);
    assert.deepEqual(readFileSync(`${log}.damaged`), bytes);
  });

  it('reads on after damage in its log, says so, and keeps the file aside', async () => {
    const log = join(root, 'damaged.log');
    const first = open(made.directory, {log: new LedgerLog(log)});
    await first.scan();
    first.save();
    const bytes = readFileSync(log);
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    writeFileSync(log, bytes);
    const second = open(made.directory, {log: new LedgerLog(log)});
    assert.match(second.problem ?? '', /^\d+ of its \d+ bytes are damaged$/);
    assert.deepEqual(readFileSync(`${log}.damaged`), bytes);
    await second.scan();
    assertTruth(second, made);
    second.save();
    const third = open(made.directory, {log: new LedgerLog(log)});
    assert.equal(third.problem, null);
    assertTruth(third, made);
  });

  it('reads a file anew that was replaced, truncated or rotated, and counts nothing twice', async () => {
    const directory = join(root, 'replaced');
    const file = join(directory, 'projects', 'p', 'a.jsonl');
    mkdirSync(dirname(file), {recursive: true});
    const ledger = open(directory);
    const sum = (): number => total(ledger).output;
    writeFileSync(file, line('m1', 10) + line('m2', 20));
    await ledger.scan();
    assert.equal(sum(), 30);
    truncateSync(file, line('m1', 10).length);
    await ledger.follow(file);
    appendFileSync(file, line('m3', 5));
    await ledger.follow(file);
    assert.equal(sum(), 35);
    renameSync(file, `${file}.1`);
    writeFileSync(file, line('m4', 7) + line('m1', 10));
    await ledger.follow(file);
    assert.equal(sum(), 42);
    // As long as before, under the same inode, with other content.
    const fd = openSync(file, 'r+');
    writeSync(fd, line('m5', 8) + line('m6', 10));
    closeSync(fd);
    appendFileSync(file, line('m7', 1));
    await ledger.follow(file);
    assert.equal(sum(), 61);
  });

  it('waits for the end of a line that is half written', async () => {
    const directory = join(root, 'half');
    const file = join(directory, 'projects', 'p', 'a.jsonl');
    mkdirSync(dirname(file), {recursive: true});
    const troubles: Trouble[] = [];
    const ledger = open(directory, {onTrouble: trouble => troubles.push(trouble)});
    const bytes = Buffer.from(line('m1', 9, 'ü測🙂'.repeat(50)));
    for (let at = 0; at < bytes.length; at += 7) {
      appendFileSync(file, bytes.subarray(at, at + 7));
      await ledger.follow(file);
    }
    assert.equal(total(ledger).output, 9);
    assert.deepEqual(troubles, []);
  });

  it('passes over lines that are too long or damaged, names the file, and counts what is around them', async () => {
    const directory = join(root, 'bad');
    const file = join(directory, 'projects', 'p', 'a.jsonl');
    mkdirSync(dirname(file), {recursive: true});
    const troubles: Trouble[] = [];
    const ledger = open(directory, {onTrouble: trouble => troubles.push(trouble)});
    const long = line('m2', 1_000, 'x'.repeat(50e6));
    const cut = Buffer.from(line('m3', 1_000, 'ü')).subarray(0, -40);
    writeFileSync(file, line('m1', 1));
    appendFileSync(file, long);
    appendFileSync(file, Buffer.concat([cut, Buffer.from('\n'), Buffer.alloc(5_000), Buffer.from('\n')]));
    appendFileSync(file, line('m4', 2));
    appendFileSync(file, line('m5', -4));
    appendFileSync(file, line('m6', 4));
    await ledger.scan();
    assert.equal(total(ledger).output, 7);
    const skipped = troubles.reduce((sum, each) => sum + each.skipped, 0);
    assert.deepEqual([skipped, [...new Set(troubles.map(({path}) => path))]], [4, [file]]);
  });

  it('says how many lines of a file say nothing, however many pieces it is read in', async () => {
    const directory = join(root, 'damaged');
    const file = join(directory, 'projects', 'p', 'a.jsonl');
    mkdirSync(dirname(file), {recursive: true});
    const troubles: Trouble[] = [];
    const ledger = open(directory, {onTrouble: trouble => troubles.push(trouble)});
    writeFileSync(file, `${line('m1', 1)}${'no line\n'.repeat(100_000)}`);
    await ledger.scan();
    assert.deepEqual(
      troubles.map(({skipped}) => skipped),
      [100_000],
    );
  });

  it('reads a long file that is followed in turns with others', async () => {
    const directory = join(root, 'turns');
    const file = join(directory, 'projects', 'p', 'a.jsonl');
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, line('m1', 1).repeat(200_000));
    const ledger = open(directory);
    let turns = 0;
    const others = setInterval(() => turns++);
    await ledger.follow(file);
    clearInterval(others);
    assert.equal(total(ledger).output, 1);
    assert.ok(turns > 0);
  });

  it('finds what lies behind links, also where they lead in a circle', async () => {
    const directory = join(root, 'links');
    const elsewhere = join(root, 'linked');
    for (const path of [join(directory, 'projects'), elsewhere]) mkdirSync(path, {recursive: true});
    writeFileSync(join(elsewhere, 'a.jsonl'), line('m1', 1));
    writeFileSync(join(root, 'b.jsonl'), line('m2', 20));
    symlinkSync(elsewhere, join(directory, 'projects', 'p'));
    symlinkSync(join(root, 'b.jsonl'), join(elsewhere, 'b.jsonl'));
    symlinkSync(join(directory, 'projects'), join(elsewhere, 'circle'));
    symlinkSync(join(root, 'nothing'), join(elsewhere, 'nowhere.jsonl'));
    const ledger = open(directory);
    await ledger.scan();
    assert.equal(total(ledger).output, 21);
  });

  it('counts an original for its conversation, whether it or a copy is read first, and after a restart', async () => {
    const usage = (conversation: string, output: number, isCopy = false): Usage => ({
      key: {high: 1, low: 2},
      conversation,
      model: 'm',
      at: Date.UTC(2026, 10, 20),
      input: 0,
      cacheRead: 0,
      cacheWrite: 0,
      cacheWriteHour: 0,
      output,
      reasoning: 0,
      cost: null,
      isCopy,
    });
    const lines = [usage('parent', 50), usage('fork', 30, true)];
    for (const read of [lines, lines.toReversed()]) {
      const table = new Table();
      for (const each of read) table.count('opencode', each);
      const again = new Table();
      for (const payer of table.payers) again.payer(payer);
      for (const model of table.models) again.model(model);
      const {numbers, costs} = table.rows(0, 1);
      again.load(numbers, costs);
      for (const {cells, payers} of [table, again]) {
        const [cell] = cells.values();
        assert.deepEqual([cells.size, payers[cell!.payer]!.conversation, cell!.spent.output], [1, 'parent', 50]);
      }
    }
  });

  it('says once of a directory that it may not read it, and goes on with the others', async () => {
    assert.equal(process.getuid?.(), 0, 'this test acts as another user, which only root may');
    const directory = join(root, 'closed');
    const script = new URL('./scan-as-nobody.ts', import.meta.url).pathname;
    const open1 = join(directory, 'projects', 'open', 'a.jsonl');
    const shut = join(directory, 'projects', 'shut', 'b.jsonl');
    for (const file of [open1, shut]) mkdirSync(dirname(file), {recursive: true});
    writeFileSync(open1, line('m1', 1));
    writeFileSync(shut, line('m2', 2));
    chmodSync(dirname(shut), 0o700);
    for (const each of [root, directory, join(directory, 'projects')]) chmodSync(each, 0o755);
    const child = spawn(process.execPath, ['--import', 'tsx', script, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', chunk => (said += String(chunk)));
    await once(child, 'close');
    const {output, troubles} = JSON.parse(said) as {output: number; troubles: Trouble[]};
    assert.equal(output, 1);
    assert.deepEqual(
      troubles.map(({path}) => path),
      [dirname(shut)],
    );
    assert.match(troubles[0]!.why, /EACCES/);
  });

  it('writes its log anew when most of it is repeated', async () => {
    const directory = join(root, 'long');
    const file = join(directory, 'projects', 'p', 'a.jsonl');
    mkdirSync(dirname(file), {recursive: true});
    const path = join(root, 'long.log');
    const ledger = open(directory, {log: new LedgerLog(path)});
    writeFileSync(file, '');
    let largest = 0;
    for (let i = 1; i < 1500; i++) {
      // One message of which the output grows, in files of long names.
      appendFileSync(file, Array.from({length: 60}, (_, n) => line(`m${n}`, i)).join(''));
      await ledger.follow(file);
      ledger.save();
      largest = Math.max(largest, statSync(path).size);
    }
    assert.ok(statSync(path).size < largest, `${statSync(path).size} of ${largest}`);
    const again = open(directory, {log: new LedgerLog(path)});
    assert.equal(total(again).output, 60 * 1499);
    await again.scan();
    assert.equal(total(again).output, 60 * 1499);
  });
});

function open(directory: string, options: {log?: LedgerLog; onTrouble?: (trouble: Trouble) => void} = {}): Ledger {
  const source: Source = {
    agent: 'claude',
    roots: [join(directory, 'projects')],
    isHistory: path => path.endsWith('.jsonl'),
    reader: claudeUsage,
  };
  return new Ledger({sources: [source], log: null, writes: true, ...options});
}

const total = (ledger: Ledger) => tokensOf([...ledger.table.cells.values()].map(({spent}) => spent));

function assertTruth(ledger: Ledger, truth: Pick<Transcripts, 'total' | 'byModel' | 'byConversation'>): void {
  const {table} = ledger;
  const cells = [...table.cells.values()];
  const by = (nameOf: (cell: (typeof cells)[number]) => string): Map<string, Truth> => {
    const found = new Map<string, Truth>();
    for (const cell of cells) {
      const {input, output, cacheRead, cacheWrite} = tokensOf([cell.spent]);
      const sum = found.get(nameOf(cell)) ?? {input: 0, output: 0, cacheRead: 0, cacheWrite: 0, messages: 0};
      sum.input += input;
      sum.output += output;
      sum.cacheRead += cacheRead;
      sum.cacheWrite += cacheWrite;
      sum.messages += cell.spent.messages;
      found.set(nameOf(cell), sum);
    }
    return found;
  };
  assert.deepEqual(by(() => 'all').get('all'), truth.total);
  assert.deepEqual(sorted(by(({model}) => table.models[model]!)), sorted(truth.byModel));
  assert.deepEqual(sorted(by(({payer}) => table.payers[payer]!.conversation)), sorted(truth.byConversation));
}

const sorted = (map: Map<string, Truth>): [string, Truth][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

function line(id: string, output: number, text = 'x'): string {
  const usage = {input_tokens: 0, output_tokens: output};
  const message = {id, role: 'assistant', model: 'm', content: text, usage};
  return `${JSON.stringify({type: 'assistant', sessionId: 's', timestamp: '2026-11-20T08:00:00.000Z', message})}\n`;
}

function existing(file: string): number | null {
  try {
    return statSync(file).size;
  } catch {
    return null;
  }
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return ((state >>> 8) & 0xffff) / 0x10000;
  };
}
