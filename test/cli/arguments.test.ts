import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {after, before, test} from 'node:test';
import {commandHelp} from '../../source/cli/help.ts';
import {commands} from '../../source/cli/registry.ts';
import {amuxFile, assertFailed, Home} from '../helpers/home.ts';

const home = new Home();
after(() => home[Symbol.asyncDispose]());

before(async () => {
  await home.amux('register', 'one', '--dir', home.work, '--agent', 'generic', '--command', 'cat', '--tag', 'a b');
  await home.amux('register', '日本', '--dir', home.work, '--agent', 'generic').catch(() => {}); // Refused: names are ASCII.
  await home.amux('send', 'one', 'a message that waits, 日本語 and all');
});

const shown = commands.filter(({hidden}) => hidden !== true);
const paths = shown.flatMap(({path, aliases = []}) => [path, ...aliases]);

test('--help of commands, and -h, show its usage and exit with 0', async () => {
  for (const command of shown) assert.match(commandHelp(command), /^amux .+\n\n {2}\S/);
  // A process for each would be a hundred: these have one, two and three words, aliases among them.
  const some = paths.filter((_, i) => i % 8 === 0);
  await inParallel(some, async path => {
    const {code, out, err} = await home.run([...path.split(' '), '--help']);
    assert.equal(code, 0, `${path}: ${err}`);
    assert.match(out, /^amux .+\n\n {2}\S/);
    assert.match(out, /Flags of every command/);
  });
  assert.match(await home.amux('ps', '-h'), /^amux ps \[-a\]/);
});

test('amux --help lists every command', async () => {
  const text = await home.amux('--help');
  for (const {path, summary} of shown) assert.ok(text.includes(`  ${path}`) && text.includes(summary), path);
  assert.equal(await home.amux('-h'), text);
  assert.equal(await home.amux('help'), text);
});

test('amux --version prints one line', async () => {
  assert.match(await home.amux('--version'), /^\d+\.\d+\.\d+\n$/);
});

test('an unknown command is a usage error that offers near ones', async () => {
  assertFailed(await home.run(['stat']), 2, /no command "stat" · did you mean start, stop\?/);
  assertFailed(await home.run(['zebra']), 2, /no command "zebra" · amux --help lists the commands/);
  assertFailed(await home.run(['agent']), 2, /no command "agent"/);
  assertFailed(await home.run(['agent', 'fly']), 2, /no command "agent fly"/);
  assertFailed(await home.run(['agent', 'config']), 2, /no command "agent config"/);
});

test('an unknown flag names itself and the command whose help to read', async () => {
  assertFailed(await home.run(['ps', '--tall']), 2, /amux ps has no flag --tall · amux ps --help/);
  assertFailed(await home.run(['ps', '-z']), 2, /amux ps has no flag -z/);
  assertFailed(await home.run(['stop', 'one', '--force-it']), 2, /amux stop has no flag --force-it/);
  assertFailed(await home.run(['--tall']), 2, /amux has no flag --tall/);
});

test('a value for a flag that takes none is a usage error', async () => {
  for (const value of ['true', '1', 'false', '']) {
    const failed = await home.run(['ps', `--json=${value}`]);
    assert.deepEqual([failed.code, failed.out], [2, '']);
    assert.match(failed.err, /^amux: --json takes no value · amux ps --json$/m);
  }
  assertFailed(await home.run(['stop', '--all=yes']), 2, /--all takes no value · amux stop --all/);
  assertFailed(await home.run(['ps', '--no-color=1']), 2, /--no-color takes no value/);
});

test('a flag without its value is a usage error', async () => {
  for (const args of [
    ['register', 'x', '--dir'],
    ['register', 'x', '--dir', '--agent', 'generic'],
    ['register', 'x', '--agent='],
    ['peek', 'one', '--lines'],
    ['run', 'generic', '-c'],
    ['ps', '--home'],
    ['wait', 'one', '--until'],
  ]) {
    assertFailed(await home.run(args), 2, /--\w+ needs a value · amux .*--help/);
  }
});

test('values that are none of the choices, and numbers that are none, are usage errors', async () => {
  assertFailed(await home.run(['wait', 'one', '--until', 'tea']), 2, /--until cannot be "tea" · use idle, waiting/);
  assertFailed(await home.run(['wait', 'one']), 2, /wait for what\? · --until idle\|waiting\|finished\|exited/);
  assertFailed(await home.run(['wait', 'one', '--until', 'idle', '--timeout', 'soon']), 2, /"soon" is not a time/);
  assertFailed(await home.run(['peek', 'one', '--lines', 'many']), 2, /--lines takes a number, not "many"/);
  assertFailed(await home.run(['peek', 'one', '--lines', '-3']), 2, /--lines/);
  const restart = ['register', 'x', '--dir', '.', '--restart', 'sometimes'];
  assertFailed(await home.run(restart), 2, /--restart cannot be "sometimes" · use always, on-failure, never/);
});

test('too few and too many arguments show the usage', async () => {
  assertFailed(await home.run(['peek']), 2, /amux peek needs more · usage: amux peek S/);
  assertFailed(await home.run(['peek', 'one', 'two']), 2, /amux peek takes no "two" · usage: amux peek S/);
  assertFailed(await home.run(['ps', 'one']), 2, /amux ps takes no "one"/);
  assertFailed(await home.run(['stop']), 2, /stop which session\?/);
});

test('flags may stand before, between and behind; --home decides the home', async () => {
  const other = await home.run(['--home', `${home.dir}/other`, 'ps', '--json']);
  assert.deepEqual(JSON.parse(other.out), []);
  assert.equal((JSON.parse(await home.amux('--json', 'agent', 'list')) as unknown[]).length, 1);
  assert.equal((JSON.parse(await home.amux('agent', '--json', 'list')) as unknown[]).length, 1);
});

test('words of a message stay words: numbers, dashes behind --, several spaces', async () => {
  await home.amux('queue', 'one', '--clear');
  await home.amux('send', 'one', '--', '--force', '-x', '-');
  await home.amux('send', 'one', '007', '1e3', 'stop', 'true');
  await home.amux('send', 'one', 'a  b');
  const queue = await home.json<{text: string}[]>('queue', 'one');
  assert.deepEqual(
    queue.map(({text}) => text),
    ['--force -x -', '007 1e3 stop true', 'a  b'],
  );
});

test('a message comes from stdin with -, whole, without the last line end', async () => {
  await home.amux('queue', 'one', '--clear');
  const sent = await home.run(['send', 'one', '-'], {input: 'line one\nline two ✓\n\n'});
  assert.equal(sent.code, 0, sent.err);
  await home.run(['send', 'one'], {input: 'without the dash'});
  const [first, second] = await home.json<{text: string}[]>('queue', 'one');
  assert.equal(first?.text, 'line one\nline two ✓');
  assert.equal(second?.text, 'without the dash');
  const long = await home.run(['send', 'one', '-'], {input: Buffer.alloc(1_000_001, 'x')});
  assertFailed(long, 2, /the text is longer than 1 MB/);
});

test('--json prints JSON everywhere', async () => {
  for (const args of [
    ['ps'],
    ['ps', '-a'],
    ['agent', 'list'],
    ['peek', 'one'],
    ['logs', 'one'],
    ['queue', 'one'],
    ['explain', 'one'],
    ['agent', 'config', 'list'],
    ['agent', 'config', 'show', 'claude'],
    ['doctor'],
    ['config', 'show'],
    ['config', 'validate'],
    ['send', 'one', 'again'],
    ['queue', 'one', '--clear'],
    ['start', 'one'],
    ['keys', 'one', 'Enter'],
    ['restart', 'one'],
    ['stop', 'one', '--force'],
    ['stop', '--all'],
    ['register', 'two', '--dir', '.', '--agent', 'generic'],
    ['unregister', 'two'],
    ['serve', '--detach'],
  ]) {
    const {code, out, err} = await home.run([...args, '--json']);
    assert.equal(code, 0, `${args.join(' ')}: ${err}`);
    assert.doesNotThrow(() => JSON.parse(out), `${args.join(' ')} printed ${JSON.stringify(out)}`);
  }
  for (const line of (await home.amux('events', '--json')).trimEnd().split('\n')) JSON.parse(line);
});

test('piped tables have a header and columns, uncut, without colour, also for wide characters', async () => {
  const text = `日本語 ${'long '.repeat(60)}end`;
  await home.amux('send', 'one', text);
  const out = (await home.run(['queue', 'one'], {env: {COLUMNS: '40', TERM: 'xterm-256color'}})).out;
  const [header = '', row = ''] = out.split('\n');
  assert.match(header, /^ID +STATE +WHY +TEXT$/);
  assert.ok(row.endsWith(text.trim()));
  assert.ok(!out.includes('\u001b'));
  const ps = await home.amux('ps');
  assert.match(ps, /^SESSION ID +AGENT +WORKSPACE +STATUS +RUNTIME/);
  const at = ps.indexOf('AGENT');
  assert.equal(ps.split('\n')[1]?.slice(at, at + 7), 'generic');
});

test('a queue shows the beginning of a very long message and how long it is, and all of it with --json', async () => {
  await home.amux('queue', 'one', '--clear');
  const text = 'word '.repeat(2000).trim();
  await home.amux('send', 'one', text);
  const [, row = ''] = (await home.amux('queue', 'one')).split('\n');
  assert.match(row, / word word .*… \(9999 characters; --json has them\)$/);
  assert.ok(row.length < 700, `${row.length} characters`);
  assert.equal((await home.json<{text: string}[]>('queue', 'one'))[0]?.text, text);
});

test('a budget that is too little or too much is refused by its flag, with what it may be', async () => {
  const usd = /amux: --usd (0\.001|0|9{12}) is too (little|much) · a budget is from 0\.01 to 1000000000 USD\n$/;
  for (const amount of ['0.001', '0', '9'.repeat(12)])
    assertFailed(await home.run(['budget', 'set', '--usd', amount]), 2, usd);
  const tokens = /amux: --tokens (0|9{9}G) is too (little|much) · a budget is from 1 to 1000000000000000 tokens\n$/;
  for (const amount of ['0', `${'9'.repeat(9)}G`])
    assertFailed(await home.run(['budget', 'set', '--tokens', amount]), 2, tokens);
  for (const amount of ['1e9', 'five', '-1', '0.5'])
    assertFailed(await home.run(['budget', 'set', `--tokens=${amount}`]), 2, /is no amount · as 5M, 500k or 12\.50\n$/);
});

test('NO_COLOR and --no-color print no escape sequences, and a pipe gets none either', async () => {
  for (const [args, env] of [
    [['doctor'], {NO_COLOR: '1'}],
    [['doctor', '--no-color'], {}],
    [['ps', '--no-color'], {FORCE_COLOR: '1'}],
    [['peek', 'one'], {}],
  ] as const) {
    const {out, err} = await home.run([...args], {env});
    assert.ok(!`${out}${err}`.includes('\u001b'));
  }
});

test('a reader that left early ends a command quietly, with 0', async () => {
  const amux = `"${process.execPath}" "${amuxFile}"`;
  for (const command of ['ps', 'ps --json', 'agent list', '--help', 'events', 'agent config list', 'completion bash']) {
    const script = `${amux} ${command} | head -0; echo "\${PIPESTATUS[0]}"`;
    const {stdout, stderr} = spawnSync('bash', ['-c', script], {env: home.env, encoding: 'utf8'});
    assert.equal(stderr, '', command);
    assert.equal(stdout, '0\n', command);
  }
});

/** As many at once as there are cores in CI. */
async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item);
  };
  await Promise.all([worker(), worker(), worker()]);
}
