import assert from 'node:assert/strict';
import {it} from 'node:test';
import {runCommands} from '../../source/workspace/commands.ts';

it('what a command that failed said last is told without what acts on a terminal', async () => {
  const command = `printf 'one\\n\\033[31mred\\033[0m \\033]0;title\\007\\033[2Jtext\\r\\n\\033c\\bend\\n'; exit 3`;
  const ran = await runCommands(['true', command, 'true'], {cwd: '/', env: {PATH: process.env['PATH'] ?? ''}});
  assert.deepEqual(ran, {command, ok: false, why: 'ended with 3: one / red text / end'});
});
