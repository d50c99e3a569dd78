import type {IncomingHttpHeaders} from 'node:http';
import {z} from 'zod';
import type {Caller, Role} from '../domain/access.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import type {Traffic} from './traffic.ts';

export type RequestParts<Body, Query> = {
  /** `:name`, `:id` or `:file` of the path, decoded; empty where the path has none. */
  name: string;
  body: Body;
  query: Query;
  caller: Caller;
  headers: IncomingHttpHeaders;
  /** What the servers of this process were asked so far. */
  traffic: Traffic;
};

/** One route: declared here, validated, documented and served from this record alone. */
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  role: Role;
  summary: string;
  /** Status of success. */
  status: 200 | 201 | 202 | 204;
  /** `json`, or the media type of a text. */
  type: 'json' | `text/${string}`;
  body: z.ZodType;
  query: z.ZodType;
  /** What is answered; null: nothing. */
  result: z.ZodType | null;
  /** Headers that it reads, with what they mean. */
  headers: Readonly<Record<string, string>>;
  /** What one may do until it is built; null: it is. */
  planned: string | null;
  handler: (fleet: Fleet, parts: RequestParts<unknown, unknown>) => Promise<unknown>;
};

/** A stream of server-sent events: each value is one `data:` line, with its cursor as `id:` where it has one. */
export type StreamRoute = {
  url: string;
  role: Role;
  summary: string;
  /** Of each `data:`. */
  value: z.ZodType;
  /** It goes on behind `Last-Event-ID` or `since`. */
  resumes: boolean;
  stream: (
    fleet: Fleet,
    parts: {name: string; since: number | undefined; signal: AbortSignal},
  ) => AsyncIterable<{id: number | null; data: unknown}>;
};

/** A route without a body or without parameters takes none. */
const nothing = z.strictObject({});

type Declared<Body extends z.ZodType, Query extends z.ZodType> = Pick<Route, 'method' | 'url' | 'role' | 'summary'> &
  Partial<Pick<Route, 'status' | 'type' | 'result' | 'headers'>> & {
    body?: Body;
    query?: Query;
    handler: (fleet: Fleet, parts: RequestParts<z.infer<Body>, z.infer<Query>>) => Promise<unknown>;
  };

/** Ties the handler's types to its schemas. */
export function route<Body extends z.ZodType = typeof nothing, Query extends z.ZodType = typeof nothing>(
  declared: Declared<Body, Query>,
): Route {
  const {status = 200, type = 'json', body = nothing, query = nothing, result = null, headers = {}, handler} = declared;
  const {method, url, role, summary} = declared;
  // The server parses with the same schemas before it calls.
  const handle = handler as Route['handler'];
  return {method, url, role, summary, status, type, body, query, result, headers, planned: null, handler: handle};
}

/** A route that is declared and not built: it looks who calls, what is asked and of which session, then says so. */
export function plannedRoute(declared: Omit<Declared<z.ZodType, z.ZodType>, 'handler'> & {planned: string}): Route {
  const {planned, ...rest} = declared;
  const ofSession = rest.url.startsWith('/api/sessions/:name');
  const handler: Route['handler'] = async (fleet, {name}) => {
    if (ofSession) await fleet.session(name);
    throw new AmuxError('not-built', {what: `${rest.method} ${rest.url}`, next: planned});
  };
  return {...route({...rest, handler}), planned};
}
