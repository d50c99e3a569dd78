import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {capturedScreen} from '../../source/agents/captured.ts';
import {previewOf} from '../../source/agents/preview.ts';
import {agentOf} from '../../source/agents/registry.ts';
import type {Screen} from '../../source/domain/screen.ts';

const screens = join(import.meta.dirname, 'screens');

/** What a person says of a captured screen. `quiet`: idle or finished; `gone`: the program is not there. */
type Expected = {activity: 'quiet' | 'working' | 'waiting' | 'gone'; waitingFor: string | null; dialog: boolean};

const screenOf = (folder: string): Screen => capturedScreen(readFileSync(join(folder, 'screen.ansi'), 'utf8'));

for (const agent of readdirSync(screens)) {
  describe(`captured screens of ${agent}`, () => {
    for (const name of readdirSync(join(screens, agent))) {
      test(name, () => {
        const folder = join(screens, agent, name);
        const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
        const {activity, waitingFor, dialog, rule} = agentOf(agent).read!(screenOf(folder));
        const said = {idle: 'quiet', working: 'working', waiting: 'waiting', none: 'gone'}[activity ?? 'none'];
        assert.deepEqual({activity: said, waitingFor: waitingFor?.kind ?? null, dialog}, expected, `rule: ${rule}`);
      });
    }
  });
}

test('what a permission is for stands in its detail, on one line', () => {
  const detail = (agent: string, name: string) =>
    agentOf(agent).read!(screenOf(join(screens, agent, name))).waitingFor?.detail;
  assert.equal(detail('claude', 'permission-bash'), 'Bash command scripted step touch /tmp/perm-x');
  assert.equal(detail('claude', 'ask-user-question'), 'Which colour?');
  assert.equal(detail('codex', 'approval'), '$ touch /tmp/cx3-file');
  assert.equal(
    detail('codex', 'mcp-permission-input'),
    'Allow the amux MCP server to run tool "notes_add"? text: line one of a note',
  );
  assert.equal(detail('gemini', 'permission'), 'Shell touch /tmp/gem-file');
  assert.equal(detail('gemini', 'permission-after-resize'), 'Shell touch /tmp/work/r-2');
  assert.equal(detail('opencode', 'permission'), '← Access external directory /tmp');
});

test('prose that quotes a dialog or a spinner is neither', () => {
  const ready = screenOf(join(screens, 'claude', 'ready-fullscreen'));
  const quoted = [
    '❯ what does it ask?',
    '● It asks: Do you want to proceed?',
    '  ❯ 1. Yes',
    '  esc to interrupt',
    '✻ Baked for 3s',
  ];
  const lines = ready.lines.map((row, i) => (i >= 5 && i < 10 ? [{text: quoted[i - 5]!, style: {}}] : row));
  const reading = agentOf('claude').read!({...ready, lines});
  assert.deepEqual([reading.activity, reading.dialog], ['idle', false]);
});

test('a typed text makes the input line taken, a hint does not', () => {
  const ready = screenOf(join(screens, 'claude', 'ready-fullscreen'));
  const at = ready.lines.findLastIndex(row => row.some(({text}) => text.startsWith('❯')));
  const withText = (style: object) => ({
    ...ready,
    lines: ready.lines.map((row, i) =>
      i === at
        ? [
            {text: '❯ ', style: {}},
            {text: 'half a prompt', style},
          ]
        : row,
    ),
  });
  assert.equal(agentOf('claude').read!(withText({})).composer, false);
  assert.equal(agentOf('claude').read!(withText({dim: true})).composer, true);
});

test('a card shows the last line of the work, not the input box or the time it took', () => {
  const preview = (agent: string, name: string) => previewOf(screenOf(join(screens, agent, name)), agentOf(agent));
  assert.equal(preview('claude', 'toolong-reactive-compact'), '● after toolong');
  assert.equal(preview('codex', 'queued'), '• q');
  assert.equal(
    preview('gemini', 'working'),
    '⠏ Executing Hooks: amux, amux, amux, amux (esc to cancel, 2s) ? for shortcuts',
  );
  assert.equal(preview('opencode', 'idle'), 'q');
});
