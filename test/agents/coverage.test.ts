import assert from 'node:assert/strict';
import {test} from 'node:test';
import {covers, versionIn} from '../../source/agents/coverage.ts';
import {agentOf} from '../../source/agents/registry.ts';

test('a version is found in what the real programs print', () => {
  assert.equal(versionIn('2.1.328 (Claude Code)'), '2.1.328');
  assert.equal(versionIn('codex-cli 0.169.0'), '0.169.0');
  assert.equal(versionIn('0.61.0'), '0.61.0');
  assert.equal(versionIn('no version here'), null);
});

test('rules cover every patch of a known version, and no other', () => {
  const claude = agentOf('claude');
  assert.equal(covers(claude, '2.1.328'), true);
  assert.equal(covers(claude, '2.1'), true);
  assert.equal(covers(claude, '2.10.1'), false);
  assert.equal(covers(claude, '3.0.0'), false);
  assert.equal(covers(agentOf('generic'), '1.0.0'), false);
});
