import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {Home} from '../helpers/home.ts';
import {Terminal} from '../helpers/terminal.ts';

const ESC = '\x1b';

/** A program that would like to reach the terminal of whoever looks at it, between 300 harmless lines. */
const HOSTILE = `
const lines = [];
for (let i = 1; i <= 300; i++) lines.push(\`\\x1b[3\${i % 8}mline \${i}\\x1b[0m 批量导入 \${'✅'.repeat(i % 4)}\`);
lines[99] = 'evil \\x1b]52;c;b3duZWQ=\\x07\\x1b]0;owned\\x07\\x1bP1000p\\x1b\\\\\\x1b[?1003h\\x1b[?2004h\\x1b_G\\x1b\\\\ end';
lines[100] = 'raw \\x9b31mred\\x9d52;c;b3duZWQ=\\x9c end';
process.stdout.write(Buffer.from(lines.join('\\n') + '\\n', 'utf8'));
process.stdout.write(Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x0a]));
console.log('x'.repeat(5000));
console.log('__READY__');
setInterval(() => {}, 1e6);
`;

for (const backend of ['tmux', 'pty']) {
  test(`with ${backend}: the scrollback of a hostile program is read, searched and copied, and nothing of it is obeyed`, async () => {
    await using home = new Home({config: `backend: ${backend}\n`});
    await home.amux('serve', '--detach');
    const program = join(home.work, 'hostile.mjs');
    writeFileSync(program, HOSTILE);
    const command = `${process.execPath} ${program}`;
    await home.amux('register', 'a', '--dir', home.work, '--agent', 'generic', '--command', command);
    await home.amux('start', 'a');
    await using cockpit = new Terminal(home, [], {cols: 120, rows: 40});
    await cockpit.expect(/__READY__/);
    cockpit.press('[');
    await cockpit.expect(/a · scrollback/);
    await cockpit.expect(/▌__READY__/);
    cockpit.press('/evil\r');
    await cockpit.expect(/▌evil .*end/);
    await cockpit.expect(/"evil" 1\/1/);
    cockpit.press('g');
    await cockpit.expect(/▌line 1 批量导入 ✅/);
    const before = cockpit.output;
    for (const obeyed of [`${ESC}]52`, `${ESC}]0;`, `${ESC}P`, `${ESC}_`, `${ESC}[?1003h`, 'owned']) {
      assert.ok(!before.includes(obeyed), JSON.stringify(obeyed));
    }
    assert.doesNotMatch(before, /[\x80-\x9f]/);
    cockpit.press('vjy');
    await cockpit.expect(/2 lines copied/);
    const [, copied] = /\x1b\]52;c;([\w+/=]+)\x07/.exec(cockpit.output)!;
    assert.equal(Buffer.from(copied!, 'base64').toString(), 'line 1 批量导入 ✅\nline 2 批量导入 ✅✅\n');
    cockpit.press('q');
    await cockpit.expect(/COMMAND/);
    // Also once it has ended.
    await home.amux('stop', 'a');
    await cockpit.expect(/■ stopped/);
    cockpit.press('[');
    await cockpit.expect(/a · scrollback/);
    await cockpit.expect(/▌__READY__/);
    cockpit.press('g');
    await cockpit.expect(/▌line 1 批量导入 ✅/);
    cockpit.press('qq');
    assert.equal(await cockpit.ended(), 0);
  });
}
