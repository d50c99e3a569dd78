import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {addMonitorRules, MONITOR, writeMonitor} from '../../source/config/monitor.ts';
import {loadConfig} from '../../source/config/profiles.ts';
import type {Request} from '../../source/domain/approvals.ts';
import {ruleOn} from '../../source/domain/policy.ts';

const dir = mkdtempSync(join(tmpdir(), 'amux-monitor-'));
after(() => rmSync(dir, {recursive: true}));
const file = join(dir, 'config.yaml');

const decided = (command: string, agent = MONITOR): string => {
  const request: Request = {
    ref: 'r',
    kind: 'permission',
    tool: 'Bash',
    input: {command},
    title: `Bash(${command})`,
    suggestions: [],
    choices: [],
    id: 'a-1',
    via: 'hook',
    at: 0,
    shown: null,
    missedAt: null,
  };
  const rules = loadConfig(file).config.approvals;
  return ruleOn(rules, {agent, session: 'monitor', dir, paths: [], request})?.decide ?? 'ask';
};

test('the rules of the monitor allow the amux commands of its instructions, to it alone, and nothing behind them', () => {
  writeFileSync(file, 'defaultAgent: mine\n');
  assert.equal(addMonitorRules(file), true);
  const text = readFileSync(writeMonitor(join(dir, 'monitor')), 'utf8');
  const commands = [...text.matchAll(/^ +(amux .*)$/gm)].map(([, command = '']) => command);
  assert.equal(commands.length, 5);
  for (const command of commands) {
    assert.equal(decided(command), 'allow', command);
    assert.equal(decided(command, 'other'), 'ask', command);
    assert.equal(decided(`${command}; rm -rf /`), 'ask', command);
  }
  assert.equal(decided('amux stop --all'), 'ask');
});

test('a configuration with rules of its own keeps them as they are', () => {
  const text = 'approvals:\n  - {tool: Bash, decide: ask}\n';
  writeFileSync(file, text);
  assert.equal(addMonitorRules(file), false);
  assert.equal(readFileSync(file, 'utf8'), text);
});
