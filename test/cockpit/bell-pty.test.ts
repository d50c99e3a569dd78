import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {noticeKinds} from '../../source/domain/notices.ts';
import {CockpitTerminal} from './terminal.ts';

const BLURRED = '\x1b[O';
const all = {bell: noticeKinds, on: noticeKinds, desktop: 'auto', webhooks: []};
const env = (settings: object, more: Record<string, string> = {}) => ({
  NOTICES: JSON.stringify({...all, ...settings}),
  ...more,
});

const DESKTOP = /\x1b\](?:9|777);([^\x07]*)\x07/g;
const shown = ({output}: CockpitTerminal): string[] => [...output.matchAll(DESKTOP)].map(([, text]) => text!);
/** Bells alone: neither the end of a notice, nor of anything else. */
const bells = ({output}: CockpitTerminal): number => output.replace(DESKTOP, '').split('\x07').length - 1;

describe('the terminal of a cockpit', {concurrency: 2}, () => {
  test('rings once for what is not looked at, and once nobody looks for the rest', async () => {
    await using terminal = new CockpitTerminal({cols: 120, rows: 40, env: env({})});
    await terminal.expectRow(/COMMAND$/);
    await terminal.until(() => shown(terminal).length > 0, 'a notice');
    await terminal.settled();
    const rows = terminal.rows();
    assert.deepEqual(shown(terminal), ['amux: docs needs you: question: x ]0,owned ,y [2J']);
    assert.equal(bells(terminal), 1);
    terminal.press(BLURRED);
    await terminal.until(() => shown(terminal).length > 1, 'the other notice');
    await terminal.settled();
    assert.deepEqual(shown(terminal).slice(1), ['amux: payments needs you: question: while nobody looks']);
    assert.equal(bells(terminal), 2);
    assert.equal(terminal.title, 'amux ◆2');
    assert.deepEqual(terminal.rows(), rows);
  });

  test('rings, and no more than that, where that is all it can or shall', async () => {
    for (const each of [env({desktop: 'off'}), env({}, {TERM: 'vt220'}), env({desktop: 'notify-send'})]) {
      await using terminal = new CockpitTerminal({cols: 80, rows: 24, env: each});
      await terminal.until(() => bells(terminal) > 0, 'the bell');
      terminal.press(BLURRED);
      await terminal.until(() => bells(terminal) > 1, 'the next');
      assert.deepEqual(shown(terminal), []);
    }
  });

  test('is silent for what shall not ring', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24, env: env({bell: []})});
    await terminal.until(() => shown(terminal).length > 0, 'a notice');
    assert.equal(bells(terminal), 0);
  });

  test('gets the bell alone while another program has it', async () => {
    await using terminal = new CockpitTerminal({cols: 80, rows: 24, env: env({})});
    await terminal.until(() => shown(terminal).length > 0, 'a notice');
    terminal.press('\r');
    await terminal.expectRow(/^ATTACHED/);
    await terminal.until(() => bells(terminal) > 1, 'the bell');
    assert.equal(shown(terminal).length, 1);
    terminal.press('a\rb\r');
    await terminal.expectRow(/COMMAND$/);
  });
});
