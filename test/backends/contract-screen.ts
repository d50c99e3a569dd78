import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {rowText, screenText} from '../../source/domain/screen.ts';
import type {Subject} from './contract.ts';
import {launchOf, program, screenThat, screenWith, shell} from './probe.ts';

/** The part of the contract about what stands on a screen and what is typed. */
export function screenContract(setUp: (context: TestContext) => Promise<Subject>): void {
  test('a capture holds styles, wide characters, the cursor and the modes', async context => {
    const {backend} = await setUp(context);
    const script = `printf '\\033[1;31mred\\033[0m plain \\033[38;2;1;2;3;44mdeep\\033[0m\\r\\n日本|😀|\\r\\n__READY__\\r\\nab'; exec cat`;
    await backend.launch(launchOf({argv: shell(script)}));
    const screen = await screenThat(backend, 's-one', 'ab', screen => screenText(screen)[3] === 'ab');
    assert.deepEqual([screen.cols, screen.rows, screen.lines.length], [100, 24, 24]);
    assert.deepEqual(screen.lines[0]!.slice(0, 3), [
      {text: 'red', style: {fg: 1, bold: true}},
      {text: ' plain ', style: {}},
      {text: 'deep', style: {fg: '#010203', bg: 4}},
    ]);
    assert.equal(rowText(screen.lines[1]!), '日本|😀|');
    assert.deepEqual(screen.cursor, {x: 2, y: 3});
    assert.deepEqual([screen.modes.alternate, screen.modes.applicationCursor], [false, false]);
  });

  test('a hidden cursor, the alternate screen and application arrows are seen', async context => {
    const {backend} = await setUp(context);
    await backend.launch(launchOf({argv: shell(`printf '\\033[?1049h\\033[?1h\\033[?25l\\033[Hfull'; exec cat`)}));
    const screen = await screenWith(backend, 's-one', 'full');
    assert.equal(screen.cursor, null);
    assert.deepEqual([screen.modes.alternate, screen.modes.applicationCursor], [true, true]);
  });

  test('history goes back beyond the screen, oldest first, and is bounded by the lines asked for', async context => {
    const {backend} = await setUp(context);
    await backend.launch(
      launchOf({
        argv: shell('i=1; while [ $i -le 300 ]; do echo "line $i"; i=$((i+1)); done; echo __READY__; exec cat'),
      }),
    );
    await screenWith(backend, 's-one', '__READY__');
    const all = await backend.history('s-one', 1000);
    assert.deepEqual([all.length, all[0], all.at(-1)], [301, 'line 1', '__READY__']);
    assert.deepEqual(await backend.history('s-one', 2), ['line 300', '__READY__']);
  });

  test('written bytes arrive as they are', async context => {
    const {backend} = await setUp(context);
    await backend.launch(launchOf({argv: program('hex')}));
    await screenWith(backend, 's-one', '__READY__');
    await backend.write('s-one', 'a;\u001b[A\u0003é\u0000\r');
    await screenWith(backend, 's-one', '613b1b5b4103c3a9000d');
  });

  test('a paste is plain text with CR for LF, unless the program asked for bracketed paste', async context => {
    const {backend} = await setUp(context);
    await backend.launch(launchOf({argv: program('hex')}));
    await screenWith(backend, 's-one', '__READY__');
    await backend.paste('s-one', '-é 日\ntwo', {message: 'm', step: 'pasted'});
    await screenWith(backend, 's-one', `\n2dc3a920e697a50d74776f`);
  });

  test('a bracketed paste cannot be left by what is pasted', async context => {
    const {backend} = await setUp(context);
    await backend.launch(launchOf({argv: program('hex', 'paste')}));
    await screenWith(backend, 's-one', '__READY__');
    await backend.paste('s-one', 'a\u001b[20\u001b[201~1~b\nc', {message: 'm', step: 'pasted'});
    const end = '1b5b3230317e';
    const screen = await screenWith(backend, 's-one', `63${end}`);
    const hex = screenText(screen).join('');
    assert.ok(hex.includes('1b5b3230307e61'));
    assert.equal(hex.split(end).length, 2, 'one end of the paste');
  });

  test('a long paste arrives whole', async context => {
    const {backend} = await setUp(context);
    await backend.launch(launchOf({argv: program('count')}));
    await screenWith(backend, 's-one', '__READY__');
    await backend.paste('s-one', 'x'.repeat(100_000), {message: 'm', step: 'pasted'});
    await backend.write('s-one', '\u0004');
    await screenWith(backend, 's-one', 'total=100000');
  });

  test('a resize reaches the program and the list', async context => {
    const {backend} = await setUp(context);
    await backend.launch(launchOf({argv: program('size'), cols: 90, rows: 20}));
    await screenWith(backend, 's-one', 'size=90x20');
    await screenWith(backend, 's-one', '__READY__');
    await backend.resize('s-one', {cols: 120, rows: 40});
    const screen = await screenWith(backend, 's-one', 'size=120x40');
    assert.deepEqual([screen.cols, screen.rows], [120, 40]);
    const [info] = await backend.list();
    assert.deepEqual([info?.cols, info?.rows], [120, 40]);
  });
}
