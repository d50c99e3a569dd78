import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {spawn} from 'node-pty';
import {screenText} from '../../source/domain/screen.ts';
import {Emulator} from '../../source/terminal/emulator.ts';
import {gone, launchOf, program, screenWith, shell, until} from './probe.ts';
import {makePty} from './pty-subject.ts';

const main = fileURLToPath(new URL('../fixtures/pty-attach-main.ts', import.meta.url));

/** A person at a terminal who joins: what the person sees, and what the person types. */
function join(context: TestContext, socket: string, size = {cols: 80, rows: 20}) {
  const screen = new Emulator({...size, onReply: bytes => pty.write(bytes)});
  const pty = spawn(process.execPath, ['--import', 'tsx', main, socket, 's-one'], {...size, env: process.env});
  let exited = false;
  pty.onData(data => screen.feed(data));
  pty.onExit(() => {
    exited = true;
  });
  context.after(() => exited || pty.kill('SIGKILL'));
  const shows = (text: string) =>
    until(`"${text}" for the person`, async () =>
      screenText(screen.snapshot()).join('\n').includes(text) ? true : undefined,
    );
  return {pty, screen, shows};
}

const modesAreBack = ({screen}: {screen: Emulator}): void => {
  const {modes, cursor} = screen.snapshot();
  assert.equal(screen.inputModes, '');
  assert.deepEqual(modes, {alternate: false, bracketedPaste: false, applicationCursor: false});
  assert.notEqual(cursor, null);
};

const greedy = `printf '\\033[?1049h\\033[?1003h\\033[?1006h\\033[?1004h\\033[?2004h\\033[?1h\\033[>7u\\033[?25l\\033[HFULL'; exec cat`;

const setUp = async (context: TestContext, argv: string[]) => {
  const subject = await makePty();
  context.after(() => subject.dispose());
  await subject.backend.launch(launchOf({argv}));
  return subject;
};

test('a person sees the screen, types into it, and leaves by the detach key; the program goes on', async context => {
  const {backend, socket} = await setUp(context, program('hex'));
  await screenWith(backend, 's-one', '__READY__');
  const person = join(context, socket);
  await person.shows('__READY__');
  person.pty.write('é\u001b[A\u0002\u0002');
  await screenWith(backend, 's-one', 'c3a91b5b4102');
  await person.shows('c3a91b5b4102');
  assert.equal(person.screen.title, 'one · C-b d', 'how to leave, without a row of the screen');
  person.pty.write('\u0002');
  person.pty.write('d');
  await person.shows('end: detached');
  modesAreBack(person);
  await backend.write('s-one', 'x');
  await screenWith(backend, 's-one', 'c3a91b5b410278');
});

test('the size follows the person who acted last, and the former one returns at the end', async context => {
  const {backend, socket} = await setUp(context, program('size'));
  const sizeIs = async (cols: number, rows: number, attached: number) =>
    until(`size ${cols}x${rows} with ${attached} joined`, async () => {
      const [info] = await backend.list();
      return info?.cols === cols && info.rows === rows && info.attached === attached ? true : undefined;
    });
  const first = join(context, socket, {cols: 80, rows: 20});
  await sizeIs(80, 20, 1);
  const second = join(context, socket, {cols: 60, rows: 15});
  await sizeIs(60, 15, 2);
  await backend.resize('s-one', {cols: 120, rows: 40});
  first.pty.write('x');
  await sizeIs(80, 20, 2);
  await first.shows('size=80x20');
  first.screen.resize(90, 25);
  first.pty.resize(90, 25);
  await sizeIs(90, 25, 2);
  await first.shows('size=90x25');
  first.pty.write('\u0002d');
  await sizeIs(60, 15, 1);
  second.pty.write('\u0002d');
  await sizeIs(120, 40, 0);
});

test('all modes are taken back when the person leaves a program that switched everything on', async context => {
  const {backend, socket} = await setUp(context, shell(greedy));
  await screenWith(backend, 's-one', 'FULL');
  const person = join(context, socket);
  await person.shows('FULL');
  assert.match(person.screen.inputModes, /1003h.*1006h/);
  // With the keyboard protocol on, this is what Ctrl-B and d are.
  person.pty.write('\u001b[98;5ud');
  await person.shows('end: detached');
  modesAreBack(person);
});

test('all modes are taken back when the attached process is told to end', async context => {
  const {backend, socket} = await setUp(context, shell(greedy));
  await screenWith(backend, 's-one', 'FULL');
  const person = join(context, socket);
  await person.shows('FULL');
  process.kill(person.pty.pid, 'SIGTERM');
  await gone(person.pty.pid);
  await until('the normal screen', async () => (person.screen.snapshot().modes.alternate ? undefined : true));
  modesAreBack(person);
});

test('the end of the program ends the visit, after its last screen', async context => {
  const {backend, socket} = await setUp(context, shell('read x; echo bye; exit 3'));
  const person = join(context, socket);
  await until('attached terminal', async () => ((await backend.list())[0]?.attached === 1 ? true : undefined));
  person.pty.write('\r');
  await person.shows('end: ended');
  modesAreBack(person);
});

test('the loss of the host ends the visit', async context => {
  const {backend, socket, ownerPid} = await setUp(context, shell(greedy));
  await screenWith(backend, 's-one', 'FULL');
  const person = join(context, socket);
  await person.shows('FULL');
  process.kill(await ownerPid(), 'SIGKILL');
  await person.shows('end: lost');
  modesAreBack(person);
});
