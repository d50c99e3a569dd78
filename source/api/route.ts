import type {IncomingHttpHeaders} from 'node:http';
import type {z} from 'zod';
import type {Caller, Role} from '../domain/access.ts';
import type {Fleet} from '../domain/fleet.ts';

export type RequestParts<Body, Query> = {
  /** `:name`, `:id` or `:file` of the path, decoded; empty where the path has none. */
  name: string;
  body: Body;
  query: Query;
  caller: Caller;
  headers: IncomingHttpHeaders;
};

/** One route: declared here, validated, documented and served from this record alone. */
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  role: Role;
  summary: string;
  /** Status of success. */
  status: 200 | 201 | 202 | 204;
  body: z.ZodType | null;
  query: z.ZodType | null;
  /** What is answered; null: nothing, or not described yet. */
  result: z.ZodType | null;
  handler: (fleet: Fleet, parts: RequestParts<unknown, unknown>) => Promise<unknown>;
};

/** A stream of server-sent events: each value is one `data:` line, with its cursor as `id:` where it has one. */
export type StreamRoute = {
  url: string;
  role: Role;
  summary: string;
  stream: (
    fleet: Fleet,
    parts: {name: string; since: number | undefined; signal: AbortSignal},
  ) => AsyncIterable<{id: number | null; data: unknown}>;
};

type Declared<Body extends z.ZodType, Query extends z.ZodType> = Pick<Route, 'method' | 'url' | 'role' | 'summary'> & {
  status?: Route['status'];
  body?: Body;
  query?: Query;
  result?: z.ZodType;
  handler: (fleet: Fleet, parts: RequestParts<z.infer<Body>, z.infer<Query>>) => Promise<unknown>;
};

/** Ties the handler's types to its schemas. */
export function route<Body extends z.ZodType = z.ZodUndefined, Query extends z.ZodType = z.ZodUndefined>(
  declared: Declared<Body, Query>,
): Route {
  const {status = 200, body = null, query = null, result = null, handler, ...rest} = declared;
  // The server parses with the same schemas before it calls.
  return {...rest, status, body, query, result, handler: handler as Route['handler']};
}
