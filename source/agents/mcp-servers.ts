import {kindOf, type McpEntry, textsOf} from '../domain/mcp.ts';
import {namesIn, replaceReferences} from '../domain/references.ts';

/** An MCP server for one session. */
export type GivenServer = {
  name: string;
  /** As it is written, unexpanded. */
  entry: McpEntry;
  /**
   * Runs it through amux, which expands it from its own environment and goes to its directory: for programs that do
   * not. Null where nothing is run.
   */
  launcher: {command: string; args: readonly string[]} | null;
};

/** It can be run as it is written: without variables, references and a directory. */
export const isPlain = (entry: McpEntry): boolean =>
  kindOf(entry) === 'stdio' &&
  entry.cwd === undefined &&
  Object.keys(entry.env ?? {}).length === 0 &&
  !textsOf(entry).some(text => text.includes('$'));

/** What its launcher needs of the environment. */
export const neededBy = ({entry}: GivenServer): string[] => namesIn(textsOf(entry));

/** With the values of an environment; what is unset has its default, or nothing. */
export const expanded = (text: string, env: Readonly<Record<string, string>>): string =>
  replaceReferences(text, ({name, fallback}) => (fallback === undefined ? (env[name] ?? '') : env[name] || fallback));

export const eachExpanded = (
  pairs: Record<string, string>,
  env: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, expanded(value, env)]));
