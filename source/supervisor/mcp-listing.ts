import type {McpFile} from '../config/mcp.ts';
import {maskMcp} from '../config/mcp-mask.ts';
import {type McpListing, textsOf} from '../domain/mcp.ts';
import {lackOf, type McpNow} from '../domain/mcp-run.ts';
import {referencesIn} from '../domain/references.ts';
import {isLive, type Session} from '../domain/session.ts';

type Parts = {file: McpFile; now: McpNow; sessions: Iterable<Session>; env: NodeJS.ProcessEnv};

/** The fleet's servers, and which of the running sessions have them. */
export function mcpListing({file, now, sessions, env}: Parts): McpListing {
  const live = [...sessions].filter(isLive);
  const servers = Object.entries(file.servers).map(([name, entry]) => {
    const given: string[] = [];
    const left_out: {session: string; why: string}[] = [];
    for (const {name: session, run} of live) {
      // Without a record its program takes none.
      if (run?.mcp == null) continue;
      const why = lackOf(run.mcp, name, now);
      if (why === null) given.push(session);
      else left_out.push({session, why});
    }
    return {name, variables: variablesIn(textsOf(entry), env), given, left_out};
  });
  return {
    file: file.file,
    etag: file.etag,
    mcpServers: maskMcp(file.servers),
    servers,
    problems: file.problems,
  };
}

function variablesIn(texts: string[], env: NodeJS.ProcessEnv): {name: string; set: boolean}[] {
  const set = new Map<string, boolean>();
  for (const {name, fallback} of referencesIn(texts)) {
    set.set(name, (set.get(name) ?? true) && (fallback !== undefined || env[name] !== undefined));
  }
  return [...set].map(([name, isSet]) => ({name, set: isSet}));
}
