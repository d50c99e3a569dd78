import {resolve} from 'node:path';
import {kindOf, type McpEntry} from '../domain/mcp.ts';
import {expandEnvironment} from './variables.ts';

/** What is run, or where it answers. */
export type ExpandedMcp =
  | {kind: 'stdio'; argv: string[]; env: Record<string, string>; cwd: string}
  | {kind: 'http' | 'sse'; url: string; headers: Record<string, string>};

type Where = {name: string; env: NodeJS.ProcessEnv; cwd: string};

/** A server with the values of an environment. Throws `session.env` with the name of a variable that is unset. */
export function expandMcp(entry: McpEntry, {name, env, cwd}: Where): ExpandedMcp {
  const each = (values: Record<string, string>) => expandEnvironment(values, [env], name);
  const one = (value: string) => each({value})['value']!;
  const {command = '', args = [], url = '', headers = {}} = entry;
  const kind = kindOf(entry);
  if (kind !== 'stdio') return {kind, url: one(url), headers: each(headers)};
  const around = Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const argv = [command, ...args].map(one);
  return {kind, argv, env: {...around, ...each(entry.env ?? {})}, cwd: resolve(cwd, one(entry.cwd ?? '.'))};
}
