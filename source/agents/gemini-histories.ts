import {homedir} from 'node:os';
import {dirname, join} from 'node:path';
import type {UsageHistory} from './agent.ts';
import {geminiUsage} from './gemini-usage.ts';

export const geminiHistories: UsageHistory = {
  roots: env => [join(env['GEMINI_CLI_HOME'] || env['HOME'] || homedir(), '.gemini', 'tmp')],
  // A sub-agent has its own in a directory that is called by the conversation that started it.
  isHistory: path => /^[^/]+\/chats\/(session-[^/]*|[^/]+\/[^/]+)\.jsonl$/.test(path),
  reader: geminiUsage,
  beside: ({file, id}) => join(dirname(file), id),
};
