import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import type {Backend, TerminalInfo} from '../../source/backends/backend.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import {rowText, screenText} from '../../source/domain/screen.ts';
import {screenContract} from './contract-screen.ts';
import {gone, isAlive, launchOf, listen, program, screenWith, shell, until} from './probe.ts';

export type Subject = {
  /** Not opened yet. */
  backend: Backend;
  /** Another object for the same terminals, as the next supervisor has it; not opened. Disposed by `dispose`. */
  another(): Backend;
  /** The process that owns the terminals now. */
  ownerPid(): Promise<number>;
  /** Ends everything, also what a failed test left. */
  dispose(): Promise<void>;
};

/** Every promise of backend.ts, with real processes. Run it from `test/backends/<name>.test.ts`. */
export function contract(name: string, make: () => Promise<Subject>): void {
  const setUp = async (context: TestContext): Promise<Subject> => {
    const subject = await make();
    context.after(() => subject.dispose());
    return subject;
  };
  const temporary = (context: TestContext): string => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'amux-contract-')));
    context.after(() => rmSync(dir, {recursive: true, force: true}));
    return dir;
  };

  describe(`${name}: the contract of a backend`, () => {
    screenContract(setUp);

    test('no owner runs before the first launch; the launch starts it and returns the pid of the program', async context => {
      const {backend} = await setUp(context);
      assert.equal(await backend.open(), false);
      assert.deepEqual(await backend.list(), []);
      const pid = await backend.launch(launchOf());
      assert.ok(isAlive(pid));
      await screenWith(backend, 's-one', '__READY__');
      const [{printedAt, ...info}, ...others] = (await backend.list()) as [TerminalInfo];
      assert.deepEqual(others, []);
      assert.ok(printedAt === null || Math.abs(Date.now() - printedAt) < 10_000);
      assert.deepEqual(info, {
        terminal: 's-one',
        run: 'r-one',
        pid,
        exit: null,
        cols: 100,
        rows: 24,
        mark: null,
        attached: 0,
      });
      assert.equal(await backend.open(), true);
    });

    test('the program gets exactly the given environment, its directory, and a terminal', async context => {
      const {backend} = await setUp(context);
      const cwd = temporary(context);
      const file = join(cwd, 'env.json');
      process.env['AMUX_CONTRACT_LEAK'] = 'leaked';
      context.after(() => delete process.env['AMUX_CONTRACT_LEAK']);
      const env = {
        PATH: '/usr/bin:/bin',
        HOME: cwd,
        SHELL: '/bin/none',
        EMPTY: '',
        ODD: `a 'b' "c" #{d} $(e) ; é 日本 \\ %`,
      };
      await backend.launch(launchOf({argv: program('env', file), env, cwd}));
      await screenWith(backend, 's-one', '__READY__');
      const got = JSON.parse(readFileSync(file, 'utf8')) as {env: Record<string, string>; cwd: string};
      assert.equal(got.cwd, cwd);
      assert.match(got.env['TERM'] ?? '', /256color/);
      assert.ok(got.env['PWD'] === undefined || got.env['PWD'] === cwd);
      const ofTerminal = [
        'TERM',
        'COLORTERM',
        'TERM_PROGRAM',
        'TERM_PROGRAM_VERSION',
        'TMUX',
        'TMUX_PANE',
        'PWD',
        'OLDPWD',
        'SHLVL',
        '_',
      ];
      for (const key of ofTerminal) delete got.env[key];
      assert.deepEqual(got.env, env);
    });

    test('the environment of a launch is known to the next supervisor', async context => {
      const {backend, another} = await setUp(context);
      const env = {PATH: '/usr/bin:/bin', ODD: `a 'b' "c" = #{d} $(e) é`, TWO: 'one\ntwo', EMPTY: ''};
      await backend.launch(launchOf({env}));
      assert.deepEqual(await backend.environment('s-one'), env);
      await backend[Symbol.asyncDispose]();
      const next = another();
      await next.open();
      assert.deepEqual(await next.environment('s-one'), env);
    });

    test('arguments reach the program as they are, without a shell between', async context => {
      const {backend} = await setUp(context);
      const odd = `it's "$HOME" \\ ; * #{x} é`;
      await backend.launch(
        launchOf({argv: shell('printf "<%s>" "$@"; echo; echo __READY__; exec cat', 'sh', odd, '', '-x')}),
      );
      const screen = await screenWith(backend, 's-one', '__READY__');
      assert.equal(screenText(screen)[0], `<${odd}><><-x>`);
    });

    test('output is told, with the terminal it came from', async context => {
      const {backend} = await setUp(context);
      const events = listen(backend);
      await backend.launch(launchOf());
      await backend.launch(launchOf({terminal: 's-two', run: 'r-two'}));
      await events.next('output', event => event.terminal === 's-one');
      await screenWith(backend, 's-two', '__READY__');
      const before = Date.now();
      await backend.write('s-two', 'hello\r');
      const event = await events.next('output', event => event.terminal === 's-two' && event.at >= before);
      assert.ok(event.at <= Date.now());
      await screenWith(backend, 's-two', 'hello\nhello');
    });

    test('the mark of a paste and of its Enter outlives the supervisor', async context => {
      const {backend, another} = await setUp(context);
      await backend.launch(launchOf({argv: program('hex')}));
      await screenWith(backend, 's-one', '__READY__');
      await backend.paste('s-one', 'hi', {message: 'm-1', step: 'pasted'});
      await backend[Symbol.asyncDispose]();
      const next = another();
      assert.equal(await next.open(), true);
      assert.deepEqual((await next.list())[0]!.mark, {message: 'm-1', step: 'pasted'});
      await next.enter('s-one', {message: 'm-1', step: 'entered'});
      assert.deepEqual((await next.list())[0]!.mark, {message: 'm-1', step: 'entered'});
      await screenWith(next, 's-one', '68690d');
    });

    test('what has ended takes no text and no Enter, remembers no mark of it, and takes nothing else with it', async context => {
      const {backend, ownerPid} = await setUp(context);
      const events = listen(backend);
      const pid = await backend.launch(launchOf());
      await backend.launch(launchOf({terminal: 's-two', run: 'r-two'}));
      await screenWith(backend, 's-one', '__READY__');
      await screenWith(backend, 's-two', '__READY__');
      const owner = await ownerPid();
      process.kill(pid, 'SIGKILL');
      await events.next('exit', ({terminal}) => terminal === 's-one');
      const refused = {code: 'backend.failed', message: /its process has ended/};
      await assert.rejects(backend.paste('s-one', 'hi', {message: 'm-1', step: 'pasted'}), refused);
      await assert.rejects(backend.enter('s-one', {message: 'm-1', step: 'entered'}), refused);
      await backend.write('s-one', 'hi\r');
      await backend.write('s-two', 'hello\r');
      await screenWith(backend, 's-two', 'hello\nhello');
      assert.equal(await ownerPid(), owner);
      const infos = await backend.list();
      assert.deepEqual(
        infos.map(({terminal, mark, exit}) => [terminal, mark, exit === null]),
        [
          ['s-one', null, false],
          ['s-two', null, true],
        ],
      );
    });

    test('an exit is told once with its code; screen and history stay until the terminal is closed', async context => {
      const {backend} = await setUp(context);
      const events = listen(backend);
      // tmux drops what a program printed in its very last moment: it ends when its output has been seen.
      await backend.launch(launchOf({argv: shell('seq 1 2000; echo last; read -r _; exit 7')}));
      await screenWith(backend, 's-one', 'last');
      await backend.write('s-one', '\r');
      const {exit, run, terminal} = await events.next('exit');
      assert.deepEqual([terminal, run, exit.code, exit.signal], ['s-one', 'r-one', 7, null]);
      const [info] = await backend.list();
      assert.deepEqual([info?.exit?.code, info?.exit?.signal], [7, null]);
      assert.deepEqual((await backend.history('s-one', 3)).filter(line => line !== '').slice(-2), ['2000', 'last']);
      assert.deepEqual(await backend.history('s-one', 0), []);
      assert.ok(screenText(await backend.capture('s-one')).includes('last'));
      await backend.close('s-one');
      assert.equal(events.seen.filter(event => event.type === 'exit').length, 1);
    });

    test('the lines above the screen come with their styles, and without what they ask of a terminal', async context => {
      const {backend} = await setUp(context);
      const said = String.raw`printf '\033[1;31mred\033[0m \033]52;c;QUJD\007\033]0;title\033\\plain 日本\n'`;
      await backend.launch(launchOf({argv: shell(`${said}; seq 1 60; echo last; read -r _`)}));
      await screenWith(backend, 's-one', 'last');
      const rows = await backend.rows('s-one', 500);
      assert.deepEqual(rows[0], [
        {text: 'red', style: {bold: true, fg: 1}},
        {text: ' plain 日本', style: {}},
      ]);
      assert.deepEqual(rows.slice(1).map(rowText), [...Array.from({length: 60}, (_, i) => String(i + 1)), 'last']);
      assert.deepEqual((await backend.rows('s-one', 2)).map(rowText), ['60', 'last']);
      assert.deepEqual(await backend.rows('s-one', 0), []);
    });

    test('a death by signal is told with the name of the signal', async context => {
      const {backend} = await setUp(context);
      const events = listen(backend);
      const pid = await backend.launch(launchOf());
      await screenWith(backend, 's-one', '__READY__');
      process.kill(pid, 'SIGKILL');
      const {exit} = await events.next('exit');
      assert.deepEqual([exit.code, exit.signal], [null, 'SIGKILL']);
    });

    test('many short lives end with the right codes', async context => {
      const {backend} = await setUp(context);
      const events = listen(backend);
      const codes = Array.from({length: 12}, (_, i) => i);
      await Promise.all(
        codes.map(i => backend.launch(launchOf({terminal: `s-${i}`, run: `r-${i}`, argv: shell(`exit ${i}`)}))),
      );
      for (const i of codes) {
        const {exit} = await events.next('exit', event => event.run === `r-${i}`);
        assert.deepEqual([exit.code, exit.signal], [i, null]);
      }
    });

    test('an exit that no supervisor saw is found by the next', async context => {
      const {backend, another} = await setUp(context);
      const pid = await backend.launch(launchOf());
      await screenWith(backend, 's-one', '__READY__');
      await backend[Symbol.asyncDispose]();
      process.kill(pid, 'SIGTERM');
      const next = another();
      await next.open();
      const exit = await until('the exit in the list', async () => (await next.list())[0]?.exit ?? undefined);
      assert.deepEqual([exit.code, exit.signal], [null, 'SIGTERM']);
    });

    test("a program's own status (OSC 7501) is told; those of its children are not taken for it", async context => {
      const {backend} = await setUp(context);
      const events = listen(backend);
      const report = (fields: string) => `printf '\\033]7501;${fields}\\007'; `;
      const script = `${report('state=working:id=child')}${report('state=blocked:app=x:kind=permission:msg=b2sgw6k=')}echo __READY__; exec cat`;
      await backend.launch(launchOf({argv: shell(script)}));
      const {state, kind, message, terminal} = await events.next('program');
      assert.deepEqual([terminal, state, kind, message], ['s-one', 'blocked', 'permission', 'ok é']);
      await screenWith(backend, 's-one', '__READY__');
      assert.equal(events.seen.filter(event => event.type === 'program').length, 1);
    });

    test('a program that asks whether its reports are taken gets the answer before that to its next question', async context => {
      const {backend} = await setUp(context);
      const events = listen(backend);
      const ask = async (run: string) => {
        await backend.launch(launchOf({run, argv: program('asks-for-status'), asksForStatus: true}));
        return events.next('program');
      };
      // tmux answers nothing itself: on a busy machine what answers in its place may come too late, once.
      const {state, terminal} = await ask('r-one').catch(async () => {
        await backend.close('s-one');
        return ask('r-two');
      });
      assert.deepEqual([terminal, state], ['s-one', 'working']);
      const lines = screenText(await screenWith(backend, 's-one', '__READY__'));
      assert.equal(lines.join('').trim(), '__READY__', 'the answer does not stand on its screen');
    });

    test('closing kills what lives in the terminal and forgets it', async context => {
      const {backend} = await setUp(context);
      const pid = await backend.launch(
        launchOf({argv: shell(`trap '' HUP TERM; echo __READY__; while :; do sleep 1; done`)}),
      );
      await backend.launch(launchOf({terminal: 's-two', run: 'r-two'}));
      await screenWith(backend, 's-one', '__READY__');
      await backend.close('s-one');
      await gone(pid);
      assert.deepEqual(
        (await backend.list()).map(info => info.terminal),
        ['s-two'],
      );
      await assert.rejects(backend.capture('s-one'), AmuxError);
      await backend.launch(launchOf({run: 'r-again'}));
      await screenWith(backend, 's-one', '__READY__');
    });

    test('terminals that nobody knows are refused with an error that names them', async context => {
      const {backend} = await setUp(context);
      await backend.launch(launchOf());
      for (const act of [
        () => backend.capture('nope'),
        () => backend.history('nope', 1),
        () => backend.write('nope', 'x'),
        () => backend.enter('nope', {message: 'm', step: 'entered'}),
        () => backend.resize('nope', {cols: 80, rows: 24}),
      ]) {
        await assert.rejects(act(), (error: unknown) => error instanceof AmuxError && error.message.includes('nope'));
      }
    });

    test('terminals outlive the supervisor that launched them', async context => {
      const {backend, another} = await setUp(context);
      const pid = await backend.launch(launchOf());
      await screenWith(backend, 's-one', '__READY__');
      await backend[Symbol.asyncDispose]();
      const next = another();
      assert.equal(await next.open(), true);
      const events = listen(next);
      assert.equal((await next.list())[0]?.pid, pid);
      await next.write('s-one', 'again\r');
      await screenWith(next, 's-one', 'again\nagain');
      await events.next('output');
    });

    test("the owner's kill -9 is told once as lost, and a later launch starts a new owner", async context => {
      const {backend, ownerPid} = await setUp(context);
      const events = listen(backend);
      await backend.launch(launchOf());
      await screenWith(backend, 's-one', '__READY__');
      const owner = await ownerPid();
      process.kill(owner, 'SIGKILL');
      await events.next('lost');
      await backend.launch(launchOf({run: 'r-2'}));
      await screenWith(backend, 's-one', '__READY__');
      assert.notEqual(await ownerPid(), owner);
      assert.equal(events.seen.filter(event => event.type === 'lost').length, 1);
    });

    test('the owner ends only when it has no terminal left, and its end is not a loss', async context => {
      const {backend, another, ownerPid} = await setUp(context);
      const events = listen(backend);
      const pid = await backend.launch(launchOf());
      const owner = await ownerPid();
      await backend.end();
      assert.ok(isAlive(pid), 'a terminal that lives keeps its owner');
      await backend.open();
      await backend.close('s-one');
      await backend.end();
      await gone(owner);
      assert.equal(await another().open(), false);
      assert.equal(
        events.seen.some(event => event.type === 'lost'),
        false,
      );
    });
  });
}
