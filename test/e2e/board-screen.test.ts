import assert from 'node:assert/strict';
import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {Client} from '../../source/api/client.ts';
import {Home} from '../helpers/home.ts';
import {Terminal} from '../helpers/terminal.ts';

const ESC = '\u001b';

/** A home with two sessions that do not run, its supervisor, and somebody else who calls that. */
async function withSessions(config?: string) {
  const home = new Home(config === undefined ? {} : {config});
  await home.amux('serve', '--detach');
  for (const name of ['ada', 'bob']) {
    await home.amux('register', name, '--dir', home.work, '--agent', 'generic', '--command', 'cat');
  }
  const other = new Client({socket: join(home.path, 'amux.sock'), actor: 'cli'});
  return {home, other};
}

/** Writes a text into the file that it is to edit, and keeps what was there. */
function editor(home: Home, text: string): {command: string; seen: () => string; file: () => string} {
  const command = join(home.bin, 'an-editor');
  const seen = join(home.dir, 'seen');
  writeFileSync(`${seen}-text`, text);
  writeFileSync(command, `#!/bin/sh\ncp "$1" ${seen}\necho "$1" > ${seen}-file\ncp ${seen}-text "$1"\n`);
  chmodSync(command, 0o755);
  return {
    command,
    seen: () => readFileSync(seen, 'utf8'),
    file: () => readFileSync(`${seen}-file`, 'utf8').trim(),
  };
}

for (const {cols, rows} of [
  {cols: 80, rows: 24},
  {cols: 200, rows: 50},
]) {
  test(`${cols}×${rows}: cards are added, moved, claimed, refused and put back by keys`, async () => {
    const {home, other} = await withSessions();
    await using _home = home;
    await using _other = other;
    await using cockpit = new Terminal(home, [], {cols, rows});
    await cockpit.expect(/headless +\d\d:\d\d/);
    cockpit.press('2');
    await cockpit.expect(/No cards yet/);
    cockpit.press('nfirst 第一\r');
    await cockpit.expect(/▌AMX-1 first/);
    cockpit.press('nsecond\r');
    await cockpit.expect(/▌AMX-2 second/);

    cockpit.press('K');
    await cockpit.expect(/▌AMX-2 second[\s\S]*AMX-1 first/);
    cockpit.press('L');
    await cockpit.expect(/DOING 1[\s\S]*▌AMX-2 second/);
    cockpit.press('u');
    await cockpit.expect(/AMX-2: took back: todo → doing/);
    await cockpit.expect(/TODO 2[\s\S]*▌AMX-2 second/);
    assert.deepEqual(
      (await other.cards()).map(({id, status}) => [id, status]),
      [
        ['AMX-2', 'todo'],
        ['AMX-1', 'todo'],
      ],
    );

    cockpit.press('c');
    await cockpit.expect(/Claim AMX-2 for/);
    cockpit.press('\r');
    await cockpit.expect(/AMX-2 is ada's/);
    await cockpit.expect(/DOING 1[\s\S]*ada · /);
    cockpit.press('cj\r');
    await cockpit.expect(/AMX-2 is held by ada/);
    cockpit.press('5');
    await cockpit.expect(/AMX-2 is held by ada \(/);
    cockpit.press('2');
    cockpit.press('\r');
    await cockpit.expect(/━ AMX-2 ━[\s\S]*claim +ada[\s\S]*History\W+\d\d:\d\d {2}cockpit {2}claimed by ada/);
    cockpit.press(ESC);
    await cockpit.expect(/^(?![\s\S]*━ AMX-2 ━)/);

    await other.updateCard('AMX-2', {desc: 'found by ada'});
    cockpit.press('u');
    await cockpit.expect(/AMX-2 is not put back: cli changed it since/);
    cockpit.press('s');
    await cockpit.expect(/\[1 Fleet\]/);
    await cockpit.expect(/AMX-2/);
    cockpit.press('b');
    await cockpit.expect(/▌AMX-2 second/);
    cockpit.press('q');
    assert.equal(await cockpit.ended(), 0);
  });
}

test('e edits title and description in $EDITOR; of a card that changed meanwhile, the text is kept and told', async () => {
  const {home, other} = await withSessions();
  await using _home = home;
  await using _other = other;
  const {id} = await other.addCard({title: 'first', desc: 'a\nb'});
  const {command, seen, file} = editor(home, 'a title 标题\n\nall\nnew\n');
  await using cockpit = new Terminal(home, [], {cols: 80, rows: 24, env: {EDITOR: command}});
  await cockpit.expect(/headless +\d\d:\d\d/);
  cockpit.press('2');
  await cockpit.expect(/▌AMX-1 first/);
  cockpit.press('e');
  await cockpit.expect(/▌AMX-1 a title/);
  assert.equal(seen(), 'first\n\na\nb\n');
  const {title, desc, history} = await other.card(id);
  assert.deepEqual([title, desc, history.at(-1)!.change], ['a title 标题', 'all\nnew', 'title, desc']);
  assert.ok(!existsSync(dirname(file())));

  // Somebody else is faster: the editor itself changes the card before it ends.
  const body = JSON.stringify({desc: 'by somebody else'});
  const call = `require('http').request({socketPath:'${home.path}/amux.sock',method:'PATCH',path:'/api/board/${id}',headers:{'content-type':'application/json'}}).end(process.argv[1])`;
  writeFileSync(
    command,
    `#!/bin/sh\n"${process.execPath}" -e "${call}" '${body}'\necho "$1" > ${home.dir}/seen-file\necho mine > "$1"\n`,
  );
  cockpit.press('e');
  await cockpit.expect(/AMX-1 was changed while you edited it +your text is in/);
  assert.equal((await other.card(id)).desc, 'by somebody else');
  assert.equal(readFileSync(file(), 'utf8'), 'mine\n');
});

test('further columns are walked into, and one that is configured no more keeps its cards at the end', async () => {
  const {home, other} = await withSessions('board:\n  columns: [backlog, todo, doing, review, qa, done]\n');
  await using _home = home;
  await using _other = other;
  await other.addCard({title: 'tested', status: 'qa'});
  {
    await using cockpit = new Terminal(home, ['--home', home.path], {cols: 100, rows: 24});
    await cockpit.expect(/headless +\d\d:\d\d/);
    cockpit.press('2lll');
    await cockpit.expect(/review 0 +QA 1 +done 0/);
    cockpit.press('q');
    await cockpit.ended();
  }
  await home.amux('serve', '--stop');
  writeFileSync(join(home.path, 'config.yaml'), 'board: {}\n');
  await using cockpit = new Terminal(home, [], {cols: 100, rows: 24});
  await cockpit.expect(/hosted +\d\d:\d\d/);
  cockpit.press('2llll');
  await cockpit.expect(/review 0 +done 0 +QA 1[\s\S]*▌AMX-1 tested/);
  cockpit.press('H');
  await cockpit.expect(/DONE 1/);
});

test('a card whose holder is not registered any more is seen to be free', async () => {
  const {home, other} = await withSessions();
  await using _home = home;
  await using _other = other;
  const {id} = await other.addCard({title: 'first'});
  await other.claimCard(id, {session: 'ada'});
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 40});
  await cockpit.expect(/headless +\d\d:\d\d/);
  cockpit.press('2');
  await cockpit.expect(/ {2}ada · lease/);
  await other.unregister('ada');
  await cockpit.expect(/✗ ada · expired/);
});
