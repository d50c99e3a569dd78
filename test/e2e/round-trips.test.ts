import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {Home} from '../helpers/home.ts';
import {Terminal} from '../helpers/terminal.ts';

/** Where terminals live in the pty host, each way in is a start of Node. */
const rounds = {tmux: 100, pty: 40};
/** So many keys make a prompt. */
const PROMPT = 20;
/** Leaves the full-screen terminal; tmux takes what comes in one piece for a paste. */
const LEAVE = ['\x02', 'd'];

describe("into a session's own terminal and back", {concurrency: 2}, () => {
  for (const backend of ['tmux', 'pty'] as const) {
    test(`${backend}, ${rounds[backend]} times: each key arrives once, and the cockpit is as before`, async () => {
      await using home = new Home({config: `backend: ${backend}\n`});
      const agent = await home.startAgent('ada');
      await using terminal = new Terminal(home, [], {cols: 120, rows: 40});
      await terminal.expect(/╭─ ada[\s\S]*COMMAND/);
      const prompts: string[] = [];
      let typed = '';
      for (let round = 1; round <= rounds[backend]; round++) {
        terminal.press('\r');
        await terminal.until(() => !terminal.text().includes('COMMAND'), 'the cockpit to be away');
        // At once: its own terminal is perhaps not there yet.
        const key = String.fromCharCode(97 + (round % 26));
        typed += key;
        terminal.press(key);
        await terminal.expect(new RegExp(`> ${typed}$`, 'm'));
        if (typed.length === PROMPT) {
          terminal.press('\r');
          prompts.push(typed);
          typed = '';
          await agent.read(prompts.length);
        }
        for (const part of LEAVE) {
          await terminal.settled();
          terminal.press(part);
        }
        await terminal.expect(/^┏━ ada[\s\S]*COMMAND/m);
      }
      assert.deepEqual(agent.prompts, prompts);
      assert.ok(terminal.alternate);
      await terminal.settled();
      terminal.press('q');
      assert.equal(await terminal.ended(), 0);
    });
  }
});
