import {isIP} from 'node:net';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {AmuxError} from '../domain/errors.ts';

export type Guard = {
  /**
   * Names that the server answers to, in lower case, without a port; `*` is every address, but no name. Null: any (a
   * unix socket has no name).
   */
  hosts: readonly string[] | null;
  /** Origins (`https://host:port`) whose pages may call; no others get CORS headers. */
  cors: readonly string[];
};

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const EVERYWHERE = ['0.0.0.0', '::', ''];
/** For how long a browser may keep the answer to a preflight, in seconds. */
const PREFLIGHT_KEPT_S = 600;
const ALLOWED_HEADERS = 'Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID';

/**
 * The names of a server that is bound to `host`. A page that points its own name to this machine does not get in: only
 * names are bound anew, so an address is safe where every one is listened on.
 */
export function hostsOf(host: string, configured: readonly string[] = []): string[] {
  const bound = EVERYWHERE.includes(host) ? '*' : host;
  return [...LOOPBACK, bound, ...configured].map(withoutBrackets);
}

/** Refuses what came by a foreign name or from a foreign page. Throws `host.refused` and `origin.refused`. */
export function checkCaller(request: FastifyRequest, {hosts, cors}: Guard): void {
  const given = request.headers.host ?? '';
  const name = hostName(given);
  const known = hosts === null || hosts.includes(name) || (hosts.includes('*') && isIP(name) !== 0);
  if (!known) throw new AmuxError('host.refused', {host: given.slice(0, 100)});
  const {origin} = request.headers;
  if (origin === undefined || cors.includes(origin) || changesNothing(request.method)) return;
  if (originHost(origin) === given.toLowerCase() && given !== '') return;
  throw new AmuxError('origin.refused', {origin: origin.slice(0, 100)});
}

/** Tells browsers that the pages of a configured origin may read the answer. True: it was a preflight, now answered. */
export function sayCors(request: FastifyRequest, reply: FastifyReply, {cors}: Guard): boolean {
  if (cors.length === 0) return false;
  reply.header('vary', 'Origin');
  const {origin} = request.headers;
  if (origin === undefined || !cors.includes(origin)) return false;
  reply.header('access-control-allow-origin', origin);
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
  void reply
    .code(204)
    .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
    .header('access-control-allow-headers', ALLOWED_HEADERS)
    .header('access-control-max-age', String(PREFLIGHT_KEPT_S))
    .send();
  return true;
}

const changesNothing = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/** Without its port, brackets, and the dot of the root. */
function hostName(header: string): string {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(header) ?? [];
  return withoutBrackets(name.replace(/\.$/, ''));
}

const withoutBrackets = (name: string): string => name.replace(/^\[(.*)\]$/, '$1').toLowerCase();

function originHost(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
