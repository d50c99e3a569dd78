import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {freePort} from '../helpers/free-port.ts';
import {Home} from '../helpers/home.ts';
import {Terminal} from '../helpers/terminal.ts';

/** A session that tells of tokens. */
async function startSpender(home: Home): Promise<void> {
  const agent = home.historian('one');
  await home.amux('register', 'one', '--dir', home.work, '--agent', 'claude', '--command', agent.command);
  await home.amux('start', 'one');
  await agent.ready();
}

describe('what a fleet spends', () => {
  test('is in the header and on the card after a turn, and a held queue says what raises its budget', async () => {
    await using home = new Home();
    await startSpender(home);
    await using cockpit = new Terminal(home, [], {cols: 120, rows: 40});
    await cockpit.expect(/━ one ━/);
    assert.doesNotMatch(cockpit.text(), /tok {2}|ctx/);

    await home.amux('send', 'one', 'USAGE:1000,90,20000,300');
    await cockpit.expect(/ 21\.4k tok {2}\$0\.01 today {2}headless {2}\d\d:\d\d$/m);
    await cockpit.expect(/│ ctx ░{8} 2% +▁+█▁* [│┃]|┃ ctx ░{8} 2% +▁+█▁* ┃/);

    await home.amux('budget', 'set', '--session', 'one', '--tokens', '20k');
    await cockpit.expect(/┃ .* held 106% +┃/);
    await cockpit.expect(/┃ amux budget set --session one +┃/);
    await cockpit.expect(/── held: 106% is used; amux budget set --session one raises the /);
    await home.amux('budget', 'set', '--session', 'one', '--tokens', '1M');
    await cockpit.expect(/^(?![\s\S]*held)/);
  });

  test('is the same from elsewhere, also where there is little room', async () => {
    await using home = new Home();
    const port = String(await freePort());
    await home.amux('serve', '--detach', '--port', port);
    await startSpender(home);
    const {token} = await home.json<{token: string}>('token', 'create', '--role', 'viewer');
    const url = `https://amux:${token}@127.0.0.1:${port}`;
    await using cockpit = new Terminal(home, ['--url', url], {cols: 80, rows: 24});
    await cockpit.expect(/━ one ━/);
    await home.amux('send', 'one', 'USAGE:1000,90,20000,300');
    await cockpit.expect(/ 21\.4k tok /);
    await cockpit.expect(/┃ ctx ░{4} 2% +▁+█▁* ┃/);
  });
});
