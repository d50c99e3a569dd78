import type {McpGiven} from './mcp-run.ts';

/** How a process ended: `code` or `signal`; both null when nobody could see it. `at` is ms since the epoch. */
export type Exit = {code: number | null; signal: string | null; at: number};

/** One process life. Times are ms since the epoch. */
export type RunRecord = {
  id: string;
  pid: number | null;
  argv: string[];
  backend: 'tmux' | 'pty';
  startedAt: number;
  /** When its process was there; missing: not yet, or in older records. */
  upAt?: number;
  endedAt: number | null;
  exit: Exit | null;
  /** SHA-256 (hex) of the token that its hooks bring; null: it has none. */
  hookToken?: string | null;
  /** SHA-256 (hex) of the token in its `AMUX_URL`; null: it has none. */
  apiToken?: string | null;
  /** Of the API as the process was told, without the token. */
  url?: string | null;
  /** Of its agent, as the program itself says; null: not known (yet). */
  version?: string | null;
  /** Of the fleet's MCP servers; null: its program takes none. */
  mcp?: McpGiven | null;
  /** The model that it was launched with; null: its agent's own default. Missing in older records: not known. */
  model?: string | null;
  /** The same as far as the session itself asked for it, not its profile. */
  ownModel?: string | null;
  /** The model that its agent says it runs; null: it has not said so yet. */
  saidModel?: string | null;
  /** The conversation that it was launched with; missing: it began without one. */
  resumed?: string;
  /** Names of variables that a one-shot session was given. Their values are in its terminal alone. */
  variables?: string[];
};

/**
 * The agent's own id for its history, as it changes (`/clear`, resume, fork); `file` holds it, where there is one. `at`:
 * when it was told last.
 */
export type Conversation = {id: string; file: string | null; at: number};
