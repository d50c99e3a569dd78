import assert from 'node:assert/strict';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import type {CardView} from '../../source/domain/board.ts';
import {assertFailed, ended, Home, until} from '../helpers/home.ts';
import {Terminal} from '../helpers/terminal.ts';

let home: Home;
before(async () => {
  home = new Home();
  for (const name of ['ada', 'bob']) await home.amux('register', name, '--dir', home.work, '--agent', 'generic');
});
after(() => home[Symbol.asyncDispose]());

const add = (...args: string[]) => home.json<CardView>('board', 'add', ...args);
const show = (id: string) => home.json<CardView>('board', 'show', id);

test('without a supervisor and without cards there is a header, and no error', async () => {
  const {code, out} = await home.run(['--home', join(home.dir, 'nobody'), 'board']);
  assert.deepEqual([code, out], [0, 'ID  STATUS  PRI  SESSION  LEASE  TAGS  PROJECT  TITLE\n']);
  assert.equal((await home.run(['--home', join(home.dir, 'nobody'), 'board', 'ls', '--json'])).out, '[]\n');
});

test('add takes its title from the arguments, its description from a flag or stdin', async () => {
  assert.match(
    await home.amux('board', 'add', 'Fix', 'it', '--desc', 'All of it'),
    /^AMX-\d+ added to todo: Fix it\n$/,
  );
  const flags = ['--status', 'backlog', '--priority', '7', '--tag', 'a', '--tag', 'b', '--link', 'https://x.example/1'];
  const first = await add('one', ...flags, '--session', 'ada', '--project', 'shop');
  assert.deepEqual(
    [first.id.split('-')[0], first.status, first.priority, first.tags, first.session, first.links],
    ['SHOP', 'backlog', 7, ['a', 'b'], 'ada', ['https://x.example/1']],
  );
  const {out} = await home.run(['board', 'add', 'two', '--desc', '-', '--depends', first.id, '--json'], {
    input: '# Why\n\nbecause\n',
  });
  const second = JSON.parse(out) as CardView;
  assert.deepEqual([second.desc, second.depends_on], ['# Why\n\nbecause', [first.id]]);
  await home.amux('board', 'rm', 'AMX-1', first.id, second.id);
});

test('a card belongs to the project of the directory that it was added in', async () => {
  const dir = join(home.dir, 'payments');
  mkdirSync(join(dir, '.amux'), {recursive: true});
  writeFileSync(join(dir, '.amux', 'config.yaml'), '');
  const {out} = await home.run(['board', 'add', 'in a project', '--json'], {cwd: dir});
  const {id, project} = JSON.parse(out) as CardView;
  assert.deepEqual([id.split('-')[0], project], ['PAYM', dir]);
  await home.amux('board', 'rm', id);
});

test('a pipe gets one line for each card, with nothing cut, and the filters choose', async () => {
  const title = `a title that is ${'very '.repeat(40)}long`;
  const {id} = await add(title, '--tag', 'filtered', '--priority', '2');
  const other = await add('another', '--tag', 'other');
  const line = new RegExp(`^${id} +todo +2 +- +- +filtered +- +${title}$`, 'm');
  assert.match(await home.amux('board'), line);
  for (const filter of [
    ['--tag', 'filtered'],
    ['--query', 'very LONG'],
    ['-q', id],
    ['--status', 'todo', '--tag', 'filtered'],
    ['--tag', 'filtered', '--older', '0s'],
  ]) {
    const out = await home.amux('board', 'list', ...filter);
    assert.match(out, line);
    assert.equal(out.trim().split('\n').length, 2, `${filter}`);
  }
  assert.doesNotMatch(await home.amux('board', '--older', '2h'), line);
  assertFailed(await home.run(['board', '--older', 'old']), 2, /--older cannot be "old" · e\.g\. --older 2h, 30m/);
  await home.amux('board', 'remove', id);
  assert.doesNotMatch(await home.amux('board'), line);
  assert.match(await home.amux('board', '--archived'), new RegExp(`^${id} +todo,archived`, 'm'));
  assert.match(await home.amux('board', 'restore', id), /todo/);
  await home.amux('board', 'rm', id, other.id);
  assertFailed(await home.run(['board', '--status', 'later']), 2, /no column "later" · the columns are backlog, todo/);
});

test('on a terminal the columns are sections, and lines end at its edge', async () => {
  const {id} = await add(`wide 表 ${'x'.repeat(100)}`, '--session', 'ada', '--tag', 'shown');
  await home.amux('board', 'claim', id, '--session', 'ada');
  await using terminal = new Terminal(home, ['board', '--tag', 'shown'], {cols: 60});
  assert.equal(await terminal.ended(), 0);
  const lines = terminal.text().trim().split('\n');
  assert.match(lines[0]!, /^ID +PRI +SESSION +LEASE +TAGS +TITLE$/);
  assert.match(lines[2]!, /^DOING +1$/);
  assert.match(lines[3]!, new RegExp(`^${id} +0 +ada +\\d+s +shown +wide 表 x+…$`));
  assert.ok(terminal.text().split('\n').length <= 30);
  await home.amux('board', 'done', id);
  await home.amux('board', 'rm', id);
});

test('claim prints the card, refuses who comes late, and release gives it back', async () => {
  const {id} = await add('to claim', '--desc', 'line one');
  const out = await home.amux('board', 'claim', id, '--session', 'ada');
  assert.match(out, new RegExp(`^${id} is held by ada · .*\n\nto claim\n\nline one\n$`));
  assertFailed(await home.run(['board', 'claim', id, '--session', 'bob']), 4, new RegExp(`${id} is held by ada`));
  assertFailed(
    await home.run(['board', 'claim', '--next', '--session', 'ada']),
    4,
    new RegExp(`ada holds ${id} already`),
  );
  assertFailed(await home.run(['board', 'release', id, '--session', 'bob']), 4, /is not held by bob: ada holds it/);
  assert.match(await home.amux('board', 'release', id, '--reason', 'lunch'), /is free again, in todo/);
  assertFailed(await home.run(['board', 'release', id]), 4, /is not held by anybody: nobody holds it/);
  const next = await home.run(['board', 'claim', '--next', '--json'], {env: {AMUX_SESSION: 'bob'}});
  assert.deepEqual([(JSON.parse(next.out) as CardView).id, (JSON.parse(next.out) as CardView).session], [id, 'bob']);
  assert.match(await home.amux('board', 'done', id, '--reason', 'PR 1'), new RegExp(`^${id} done`));
  const history = (await show(id)).history.map(({change, reason}) => [change.split(',')[0], reason]);
  assert.deepEqual(history.at(-1), ['doing → done', 'PR 1']);
  assertFailed(await home.run(['board', 'claim', id, '--session', 'ada']), 4, /is done · amux board move/);
  assertFailed(await home.run(['board', 'claim', '--next', '--session', 'ada']), 3, /no card is free for ada/);
});

test('claim needs a card and a session', async () => {
  assertFailed(await home.run(['board', 'claim', '--session', 'ada']), 2, /which card\? · .*--next/);
  assertFailed(await home.run(['board', 'claim', 'AMX-1', '--next', '--session', 'ada']), 2, /by itself/);
  assertFailed(await home.run(['board', 'claim', '--next']), 2, /for which session\?/);
  assertFailed(await home.run(['board', 'claim', 'AMX-1', '--session', 'nobody']), 3, /nobody/);
  assertFailed(await home.run(['board', 'claim', 'AMX-999', '--session', 'ada']), 3, /no card "AMX-999"/);
});

test('several cards are moved one after the other; what fails does not keep the rest from it', async () => {
  const [one, two] = [await add('one'), await add('two')];
  const {code, out, err} = await home.run(['board', 'move', one.id, 'AMX-999', two.id.toLowerCase(), 'Review']);
  assert.equal(out, `${one.id} review: one\n${two.id} review: two\n`);
  assert.match(err, /^amux: no card "AMX-999"/);
  assert.equal(code, 3);
  assertFailed(
    await home.run(['board', 'move', one.id, 'later']),
    2,
    /there is no column "later" · the columns are backlog/,
  );
  assertFailed(await home.run(['board', 'move', one.id]), 2, /needs more/);
  await home.amux('board', 'rm', one.id, two.id);
  assertFailed(await home.run(['board', 'move', one.id, 'todo']), 4, /is in the archive · amux board restore/);
});

test('bad input changes nothing', async () => {
  const {id, etag} = await add('stays');
  const before = await home.amux('board', '--archived');
  const cases: [string[], RegExp][] = [
    [['board', 'add'], /the card needs a title/],
    [['board', 'add', ' '], /the card needs a title/],
    [['board', 'add', 'x', '--priority', '12'], /--priority cannot be "12" · 0 to 9/],
    [['board', 'add', 'x', '--status', 'later'], /there is no column "later"/],
    [['board', 'add', 'x', '--depends', 'AMX-999'], /no card "AMX-999"/],
    [['board', 'add', 'x', '--tell'], /for no session/],
    [['board', 'edit', id, '--depends', id], /would wait for itself/],
    [['board', 'edit', id, '--title', '\u001b'], /nothing that can be seen/],
  ];
  for (const [args, says] of cases) assertFailed(await home.run(args), 2, says);
  const large = await home.run(['board', 'edit', id, '--desc', '-'], {input: 'x'.repeat(1_000_000)});
  assertFailed(large, 2, /longer than 100000 characters/);
  assert.equal((await show(id)).etag, etag);
  assert.equal(await home.amux('board', 'ls', '--archived'), before);
  await home.amux('board', 'rm', id);
});

test('show tells all of a card and its history, without what could act on a terminal', async () => {
  const {id} = await add(
    'a \u001b[31mred\u001b[0m title',
    '--desc',
    'one\n\u001b]0;x\u0007two',
    '--tag',
    't',
    '--link',
    'b/1',
  );
  const out = await home.amux('board', 'show', id);
  assert.match(
    out,
    new RegExp(`^${id}  a .*red.* title\nstatus +todo\nsession +-\nclaim +-\npriority +0\ntags +t\nlink +b/1\n`),
  );
  assert.match(out, /\n\none\n.*two\n\nhistory\n {2}\d{4}-\d\d-\d\dT[\d:]+Z {2}cli {2}added to todo\n$/);
  assert.doesNotMatch(out, /[\u001b\u0007]/);
  await home.amux('board', 'rm', id);
});

test('edit opens the text in an editor, and keeps what was written when the card was changed meanwhile', async () => {
  const {id} = await add('before', '--desc', 'old text');
  home.program('editor', '#!/bin/sh\nprintf \'after\\n\\nnew text\\n\' >"$1"\n');
  const env = {EDITOR: 'editor'};
  assert.equal((await home.run(['board', 'edit', id], {env})).out, `${id} changed: after\n`);
  assert.deepEqual([(await show(id)).title, (await show(id)).desc], ['after', 'new text']);
  assert.match((await home.run(['board', 'edit', id], {env: {EDITOR: 'true'}})).err, /stays as it was/);
  // Somebody else is faster.
  const [node, amux] = [process.execPath, new URL('../../bin/amux.js', import.meta.url).pathname];
  home.program('slow', `#!/bin/sh\necho mine >"$1"\n'${node}' '${amux}' board edit ${id} --title theirs >/dev/null\n`);
  const late = await home.run(['board', 'edit', id], {env: {EDITOR: 'slow'}});
  assert.equal(late.code, 4);
  const [, file] = /what you wrote is in (\S+)/.exec(late.err) ?? [];
  assert.equal(readFileSync(file!, 'utf8'), 'mine\n');
  assert.match(late.err, /was changed meanwhile/);
  assert.equal((await show(id)).title, 'theirs');
  const empty = await home.run(['board', 'edit', id], {env: {EDITOR: 'truncate -s 0'}});
  assert.equal(empty.code, 2);
  const added = await home.run(['board', 'add', '--edit', '--json'], {env});
  assert.equal((JSON.parse(added.out) as CardView).desc, 'new text');
  assertFailed(await home.run(['board', 'edit', id]), 2, /an editor needs a terminal/);
  await home.amux('board', 'rm', id, (JSON.parse(added.out) as CardView).id);
});

test('undo takes back the last change of who asks, and says what keeps it', async () => {
  const {id} = await add('moved', '--priority', '4');
  await home.amux('board', 'move', id, 'review');
  assert.equal(await home.amux('board', 'undo'), `${id} as before, in todo: moved\n`);
  assert.deepEqual([(await show(id)).status, (await show(id)).priority], ['todo', 4]);
  await home.amux('board', 'rm', id);
  assert.equal(await home.amux('board', 'undo'), `${id} as before, in todo: moved\n`);
  await home.amux('board', 'rm', id);
});

test('--tell sends the card to its session, once', async () => {
  const {id} = await add('told');
  for (let i = 0; i < 2; i++) await home.amux('board', 'claim', id, '--session', 'ada', '--tell');
  const queue = await home.json<{text: string; actor: string}[]>('queue', 'ada');
  assert.deepEqual(
    queue.map(({text, actor}) => [text.split('\n')[0], actor]),
    [[`Card ${id}: told`, 'cli']],
  );
  await home.amux('board', 'done', id);
});

test('--watch tells changes as lines in a pipe, and draws the board again on a terminal', async () => {
  const {id: beacon} = await add('a beacon', '--tag', 'watched');
  const child = home.spawn(['board', '--watch', '--tag', 'watched']);
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
  await using terminal = new Terminal(home, ['board', '--watch', '--tag', 'watched'], {rows: 8});
  await terminal.expect(/a beacon/);
  let tries = 0;
  await until('the pipe to tell', async () => {
    if (told === '') await home.amux('board', 'edit', beacon, '--priority', String(++tries % 10));
    return told !== '';
  });
  const {id} = await add('seen', '--tag', 'watched');
  await add('not seen');
  await home.amux('board', 'claim', id, '--session', 'bob');
  const out = await until('the claim', () => /claimed by bob/.test(told) && told);
  assert.match(out, new RegExp(`  cli  ${id} claimed by bob\n$`));
  assert.doesNotMatch(out, /not seen/);
  await terminal.expect(new RegExp(`DOING +1\n${id} +0 +bob`));
  for (const title of ['more', 'and more']) await add(title, '--tag', 'watched', '--status', 'done');
  // What has no room is counted.
  await terminal.expect(/^ID [\s\S]*… [1-9] more lines: amux board/);
  child.kill('SIGINT');
  terminal.press('\u0003');
  assert.equal(await ended(child), 0);
  assert.equal(await terminal.ended(), 0);
});

test('a title or a description that is too long is refused as a person would', async () => {
  const long = 'x'.repeat(100_001);
  const failed = await home.run(['board', 'add', 'long', '--desc', '-'], {input: long});
  assertFailed(failed, 2, /^amux: the description has 100001 characters, and 100000 is the most it may have · /);
  assertFailed(await home.run(['board', 'add', long.slice(0, 501)]), 2, /^amux: the title has 501 characters/);
});
