import {homedir} from 'node:os';
import {basename, join} from 'node:path';
import type {UsageHistory} from './agent.ts';
import {codexUsage} from './codex-usage.ts';

export const codexHistories: UsageHistory = {
  roots(env) {
    const home = env['CODEX_HOME'] || join(env['HOME'] || homedir(), '.codex');
    return [join(home, 'sessions'), join(home, 'archived_sessions')];
  },
  isHistory: path => /^rollout-.*\.jsonl$/.test(basename(path)),
  reader: codexUsage,
  beside: null,
};
