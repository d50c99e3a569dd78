import assert from 'node:assert/strict';
import {test} from 'node:test';
import {agentOf} from '../../source/agents/registry.ts';

const cases: [string, string, string][] = [
  ['claude', '/help me', 'Message: /help me'],
  ['claude', '  /compact', 'Message:   /compact'],
  ['claude', '/etc/hosts is wrong', '/etc/hosts is wrong'],
  ['claude', '!rm -rf dist', ' !rm -rf dist'],
  ['claude', 'plain', 'plain'],
  ['claude', 'exit', 'Message: exit'],
  ['claude', ' :wq!\n', 'Message:  :wq!\n'],
  ['claude', 'exit code 1', 'exit code 1'],
  ['claude', 'C:\\dir\\', 'C:\\dir\\ '],
  ['gemini', 'C:\\dir\\', 'C:\\dir\\ '],
  ['codex', 'C:\\dir\\', 'C:\\dir\\'],
  ['codex', 'exit', 'exit'],
  ['codex', 'read @README', 'read @README '],
  ['codex', '@README', ' @README '],
  ['codex', 'use $deploy', 'use $deploy '],
  ['codex', 'me@example.org', 'me@example.org'],
  ['claude', 'read @README', 'read @README '],
  ['gemini', 'read @README', 'read @README '],
  ['opencode', 'read @README', 'read @README '],
  ['opencode', 'read @README first', 'read @README first'],
  ['opencode', 'quit', 'Message: quit'],
  ['opencode', ':q', 'Message: :q'],
  ['gemini', '/quit', 'Message: /quit'],
  ['gemini', '!ls', ' !ls'],
  ['codex', '/quit', ' /quit'],
  ['codex', '!ls', ' !ls'],
  ['opencode', '/exit', ' /exit'],
  ['generic', '/exit', '/exit'],
  ['generic', '!ls', '!ls'],
];
for (const [agent, text, typed] of cases) {
  test(`${agent} is sent ${JSON.stringify(text)} as ${JSON.stringify(typed)}`, () => {
    assert.equal(agentOf(agent).literal(text), typed);
  });
}
