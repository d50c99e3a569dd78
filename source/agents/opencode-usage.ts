import {homedir} from 'node:os';
import {join} from 'node:path';
import {type ContextSaid, isCount, messageKey, type Usage} from '../domain/ledger.ts';
import type {UsageDatabase} from './agent.ts';
import {record, text} from './fields.ts';

/**
 * opencode keeps everything in one SQLite file. A fork copies messages under new ids and with their old times, so a
 * message is known by when and where it began. What a sub-agent used counts for the conversation that started it.
 */
export const opencodeUsage: UsageDatabase = {
  file: env =>
    join(env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local', 'share'), 'opencode', 'opencode.db'),

  sql: `
    WITH RECURSIVE top(id, root) AS (
      SELECT id, id FROM session WHERE parent_id IS NULL
      UNION ALL
      SELECT session.id, top.root FROM session JOIN top ON session.parent_id = top.id
    )
    SELECT message.id AS id, message.time_updated AS changed, message.data AS data, top.root AS root,
      message.session_id AS session
    FROM message JOIN top ON top.id = message.session_id
    WHERE (message.time_updated, message.id) > (?, ?)
    ORDER BY message.time_updated, message.id
    LIMIT ?`,

  row(row) {
    const data = record(JSON.parse(text(row['data'])));
    const tokens = data['role'] === 'assistant' ? record(data['tokens']) : {};
    const counts = countsOf(tokens);
    if (counts.input + counts.cacheRead + counts.cacheWrite + counts.output === 0) return {usage: null, context: null};
    const conversation = text(row['root']);
    const created = record(data['time'])['created'];
    const at = typeof created === 'number' && Number.isFinite(created) && created > 0 ? created : 0;
    const provider = text(data['providerID']);
    const model = `${provider === '' ? '' : `${provider}/`}${text(data['modelID'])}`;
    const usage: Usage = {
      key: messageKey(String(at), text(record(data['path'])['cwd']), model, text(data['agent'])),
      conversation,
      model,
      at,
      ...counts,
      cost: costOf(data['cost']),
    };
    const used = counts.input + counts.cacheRead + counts.cacheWrite + counts.output;
    const context: ContextSaid = {conversation, model, used, limit: null, at};
    return {usage, context: row['session'] === row['root'] ? context : null};
  },
};

/** Its output is without the reasoning. Throws when a number is none. */
function countsOf(tokens: Record<string, unknown>) {
  const cache = record(tokens['cache']);
  const reasoning = countOf(tokens['reasoning']);
  return {
    input: countOf(tokens['input']),
    cacheRead: countOf(cache['read']),
    cacheWrite: countOf(cache['write']),
    cacheWriteHour: 0,
    output: countOf(tokens['output']) + reasoning,
    reasoning,
  };
}

function countOf(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (!isCount(value)) throw new RangeError('no count');
  return value;
}

/** In micro-USD. It says 0 for models of which it knows no price, which is no report. */
function costOf(usd: unknown): number | null {
  return typeof usd === 'number' && Number.isFinite(usd) && usd > 0 ? usd * 1_000_000 : null;
}
