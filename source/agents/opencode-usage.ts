import {homedir} from 'node:os';
import {join} from 'node:path';
import {type ContextSaid, isCount, messageKey, momentOf, type Usage} from '../domain/ledger.ts';
import type {UsageDatabase} from './agent.ts';
import {record, text} from './fields.ts';

/** No message costs more. */
const USD_MAX = 100_000;

/**
 * opencode keeps everything in one SQLite file. A fork copies messages under new ids and with their old times, so a
 * message is known by when and where it began; what is older than its conversation is a copy. What a sub-agent used
 * counts for the conversation that started it, and is never copied: several of them may begin at once.
 */
export const opencodeUsage: UsageDatabase = {
  file: env =>
    join(env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local', 'share'), 'opencode', 'opencode.db'),

  sql: `
    WITH RECURSIVE top(id, root) AS (
      SELECT id, id FROM session WHERE parent_id IS NULL OR parent_id NOT IN (SELECT id FROM session)
      UNION ALL
      SELECT session.id, top.root FROM session JOIN top ON session.parent_id = top.id
    ),
    -- Where conversations do not say when they began, the name means that of the outer query.
    begun(id, at) AS (
      SELECT known.id, (SELECT time_created FROM session WHERE session.id = known.id)
      FROM (SELECT id, 0 AS time_created FROM session) AS known
    )
    SELECT message.id AS id, message.time_updated AS changed, message.data AS data, top.root AS root,
      message.session_id AS session, begun.at AS begun
    FROM message JOIN top ON top.id = message.session_id JOIN begun ON begun.id = message.session_id
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
    const at = typeof created === 'number' ? created : 0;
    const provider = text(data['providerID']);
    const model = `${provider === '' ? '' : `${provider}/`}${text(data['modelID'])}`;
    const isRoot = row['session'] === row['root'];
    const names = [String(at), text(record(data['path'])['cwd']), model, text(data['agent'])];
    const usage: Usage = {
      key: messageKey(...names, ...(isRoot ? [] : [text(row['session'])])),
      conversation,
      model,
      at: momentOf(at),
      ...counts,
      cost: costOf(data['cost']),
      ...(isRoot && at > 0 && at < Number(row['begun']) && {isCopy: true}),
    };
    const used = counts.input + counts.cacheRead + counts.cacheWrite + counts.output;
    const context: ContextSaid = {conversation, model, used, limit: null, at: usage.at};
    return {usage, context: isRoot ? context : null};
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

/** In micro-USD. It says 0 for models of which it knows no price, which is no report. Throws when it is none of a message. */
function costOf(usd: unknown): number | null {
  if (usd === undefined || usd === null || usd === 0) return null;
  if (typeof usd !== 'number' || !(usd > 0 && usd <= USD_MAX)) throw new RangeError('no cost');
  return usd * 1_000_000;
}
