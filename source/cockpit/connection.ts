/** How the fleet is heard. `trouble`: why nothing new is taken there just now. */
export type Connection = {kind: 'connecting'} | {kind: 'live'; trouble?: string | null} | {kind: 'lost'; since: number};

/** Since when it is lost is no news. */
export function isSameConnection(a: Connection, b: Connection): boolean {
  return a.kind === b.kind && troubleOf(a) === troubleOf(b);
}

/** Null: all is well there, or nobody knows. */
export const troubleOf = (connection: Connection): string | null =>
  connection.kind === 'live' ? (connection.trouble ?? null) : null;
