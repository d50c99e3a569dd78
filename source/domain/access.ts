/** From the least to the most: each may do what those before it may. */
export const roles = ['viewer', 'agent', 'operator', 'admin'] as const;
/**
 * `viewer` reads; `agent` also messages and uses board, notes and memory; `operator` also runs sessions, answers
 * requests and has the whole board; `admin` also tokens, configuration, MCP servers and the supervisor's end.
 */
export type Role = (typeof roles)[number];

export const mayAct = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** Who calls: by its token, or (with all rights) a program of the home's own user on the socket. */
export type Caller = {
  /** As the journal names it: `cli`, `cockpit`, `api:NAME`, `agent:SESSION`. */
  actor: string;
  role: Role;
  /** Id of the session whose own token this is; null: it is nobody's. */
  session: string | null;
};

/** A token as it is stored: the token itself is shown once and kept nowhere. Times are ms since the epoch. */
export type TokenRecord = {
  id: string;
  name: string;
  role: Role;
  /** SHA-256 of the token, hex. */
  hash: string;
  createdAt: number;
  /** Null: never. */
  expiresAt: number | null;
};

/** A token as it is listed. Times are unix seconds. */
export type TokenView = {id: string; name: string; role: Role; created_at: number; expires_at: number | null};

export type TokenInput = {
  role: Role;
  /** For people; default its id. */
  name?: string;
  /** Unix seconds; default never. */
  expires_at?: number;
};

/** Who may use the API. */
export interface Access {
  /** Not the sessions' own ones; oldest first. */
  listTokens(): Promise<TokenView[]>;
  /** The only time that the token is told. It is URL-safe. */
  createToken(input: TokenInput): Promise<TokenView & {token: string}>;
  /** By id or name; its next use is refused. Throws `token.unknown`. */
  revokeToken(ref: string): Promise<void>;
}

export const tokenView = ({id, name, role, createdAt, expiresAt}: TokenRecord): TokenView => ({
  id,
  name,
  role,
  created_at: Math.floor(createdAt / 1000),
  expires_at: expiresAt === null ? null : Math.floor(expiresAt / 1000),
});
