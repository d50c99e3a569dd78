import {homedir} from 'node:os';
import {join} from 'node:path';
import type {UsageHistory} from './agent.ts';
import {claudeUsage} from './claude-usage.ts';

/** Sub-agents write beside the conversation that started them. */
export const claudeHistories: UsageHistory = {
  roots(env) {
    const home = env['HOME'] || homedir();
    const given = (env['CLAUDE_CONFIG_DIR'] ?? '').split(',').flatMap(directory => directory.trim() || []);
    const usual = [join(home, '.claude'), join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'claude')];
    return (given.length > 0 ? given : usual).map(directory => join(directory, 'projects'));
  },
  isHistory: path => path.endsWith('.jsonl'),
  reader: claudeUsage,
  beside: ({file}) => join(file.replace(/\.jsonl$/, ''), 'subagents'),
};
