/** Which servers of the fleet a profile takes: all, none, or those with these names. */
export type McpWish = boolean | readonly string[];

/**
 * Why a session is not given a server: its own configuration has one of that name, a variable is unset, its agent
 * cannot take it.
 */
export type McpLack = {kind: 'own' | 'unset' | 'agent'; says: string};

/** What a launch was given of the fleet's MCP servers, as it is stored with the run. No values. */
export type McpGiven = {
  wish: McpWish;
  /** Why none could be read; null: they could. */
  broken: string | null;
  /** Each that its profile takes: what it was like (a hash), and why it was left out; null: it was given. */
  servers: Record<string, {hash: string; lack: McpLack | null}>;
};

/** The servers as they are now: their hashes by name; null: nobody can read them. */
export type McpNow = ReadonlyMap<string, string> | null;

/** What a person should know of a session that runs with these; null: nothing. */
export function mcpNotice(given: McpGiven | null | undefined, now: McpNow): string | null {
  if (given == null || given.wish === false) return null;
  const changes = now === null ? [] : changesOf(given, now);
  const says = [
    given.broken === null ? null : `it started without the fleet’s MCP servers: ${given.broken}`,
    lacking(given),
    missing(given, now),
    changes.length === 0 ? null : `restart it for changed MCP servers (${listed(changes)})`,
  ];
  return says.filter(each => each !== null).join('; ') || null;
}

/** Why a session that runs is without this server, or with another than the present one; null: it has it. */
export function lackOf(given: McpGiven, name: string, now: McpNow): string | null {
  if (!takes(given.wish, name)) return 'its profile does not take it';
  const known = Object.hasOwn(given.servers, name) ? given.servers[name]! : null;
  if (known === null) return 'new since it started';
  if (now?.get(name) !== known.hash) return 'changed since it started';
  return known.lack?.says ?? null;
}

export const takes = (wish: McpWish, name: string): boolean => (typeof wish === 'boolean' ? wish : wish.includes(name));

/** What does not make a difference to it is no change: what it could not be given, and is gone. */
function changesOf({wish, servers}: McpGiven, now: ReadonlyMap<string, string>): string[] {
  const changed = Object.entries(servers).flatMap(([name, {hash, lack}]) => {
    const fresh = now.get(name);
    if (fresh === undefined) return lack === null ? [`${name} removed`] : [];
    return fresh === hash || lack?.kind === 'own' ? [] : [`${name} changed`];
  });
  const added = [...now.keys()].filter(name => takes(wish, name) && !Object.hasOwn(servers, name));
  return [...changed, ...added.map(name => `${name} added`)];
}

function lacking({servers}: McpGiven): string | null {
  const unset = Object.entries(servers).filter(([, {lack}]) => lack?.kind === 'unset');
  if (unset.length === 0) return null;
  const why = listed([...new Set(unset.map(([, {lack}]) => lack!.says))]);
  return `it has no MCP server ${listed(unset.map(([name]) => name))}: ${why}`;
}

/** What its profile names, and the fleet does not have. */
function missing({wish, servers}: McpGiven, now: McpNow): string | null {
  if (typeof wish === 'boolean') return null;
  const names = wish.filter(name => !Object.hasOwn(servers, name) && now?.has(name) !== true);
  return names.length === 0 ? null : `its profile names MCP servers that are not there: ${listed(names)}`;
}

const SHOWN = 5;

const listed = (names: string[]): string =>
  names.length <= SHOWN ? names.join(', ') : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
