import {chmodSync, renameSync, rmSync} from 'node:fs';
import {type ListenOptions, Server as NetServer} from 'node:net';
import fastify, {type FastifyInstance, type FastifyReply, type FastifyRequest} from 'fastify';
import {type Caller, mayAct, type Role} from '../domain/access.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import {type Log, noLog} from '../domain/log.ts';
import type {Gate} from './callers.ts';
import {Drain} from './drain.ts';
import {checkStreamQuery, HEARTBEAT_MS, SLOW_MS, sendEvents, sinceOf} from './event-stream.ts';
import {checkCaller, type Guard, sayCors} from './guard.ts';
import {BODY_MAX, checkDepth, invalid, parse, refuseStrays, sendError, translated} from './refusals.ts';
import type {Route, StreamRoute} from './route.ts';
import {routes, streamRoutes} from './routes.ts';
import {processTraffic, type Traffic} from './traffic.ts';

/** How long a request may take to arrive, headers first, in ms. */
const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
/** How long calls that are being answered may take when it ends, in ms. */
const END_MS = 5000;
/** So long streams have to tell their clients that they end, in ms. */
const END_IDLE_MS = 100;
/** And a connection that has not asked anything yet to ask, in ms. */
const END_FRESH_MS = 300;
/** Connections, and streams among them, at once. */
const CONNECTIONS_MAX = 2000;
const STREAMS_MAX = 1000;
/** Longest part of a path, in characters: more than any name has. */
const PARAM_MAX = 300;

export type ServerOptions = {
  /** The fleet as this caller has it. Requests wait for it: a server may listen before its supervisor is there. */
  fleetOf: (caller: Caller) => Promise<Fleet>;
  gate: Gate;
  /** Which names and pages are answered; default: every name (for a unix socket), no page. */
  guard?: Guard;
  /** PEM; null: plain HTTP. */
  tls?: {cert: string; key: string} | null;
  /** Default: that of the process. */
  traffic?: Traffic;
  /** How long a request may take to arrive, and a client that is far behind to read, in ms. */
  requestMs?: number;
  slowMs?: number;
  /** How often a quiet stream says that it is there, and looks whether its client still may listen, in ms. */
  heartbeatMs?: number;
  streamsMax?: number;
  log?: Log;
  /** Served as well, to those who may listen in on the home itself. */
  internal?: readonly Route[];
};

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** The fleet over HTTP. `streams` counts the clients that stay; `lastRequest` is ms of `performance.now()`. */
export class Server {
  readonly #app: FastifyInstance;
  readonly #options: ServerOptions;
  readonly #guard: Guard;
  readonly #traffic: Traffic;
  readonly #drain: Drain;
  readonly #ending = new AbortController();
  streams = 0;
  lastRequest = performance.now();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#guard = options.guard ?? {hosts: null, cors: []};
    this.#traffic = options.traffic ?? processTraffic;
    const requestTimeout = options.requestMs ?? REQUEST_MS;
    const {tls = null} = options;
    const headersTimeout = Math.min(HEADERS_MS, requestTimeout);
    const timing = {headersTimeout, connectionsCheckingInterval: Math.min(5000, requestTimeout)};
    this.#app = fastify({
      bodyLimit: BODY_MAX,
      forceCloseConnections: true,
      requestTimeout,
      routerOptions: {maxParamLength: PARAM_MAX},
      clientErrorHandler: () => {}, // See `refuseStrays`.
      frameworkErrors: (error, _request, reply) => sendError(reply, translated(error)),
      ...(tls === null
        ? {http: timing}
        : {https: {...tls, ...timing, handshakeTimeout: headersTimeout, minVersion: 'TLSv1.2'}}),
    }) as unknown as FastifyInstance; // One type for both: nothing here depends on which it is.
    this.#app.server.maxConnections = CONNECTIONS_MAX;
    refuseStrays(this.#app.server);
    this.#drain = new Drain(this.#app.server);
    this.#app.decorateRequest('caller', null);
    this.#app.setErrorHandler((error, request, reply) => {
      const refusal = translated(error);
      if (refusal.http === 500) this.#fault(request, error);
      return sendError(reply, refusal);
    });
    this.#app.setNotFoundHandler((request, reply) => sendError(reply, unrouted(request, reply)));
    this.#app.addHook('onRequest', async (request, reply) => {
      this.lastRequest = performance.now();
      checkCaller(request, this.#guard);
      if (sayCors(request, reply, this.#guard)) return reply;
    });
    this.#app.addHook('onResponse', async (request, reply) => {
      this.#traffic.answered(request.method, request.routeOptions.url ?? 'none', reply.statusCode);
      this.#tell(request, reply);
    });
    this.#readJson();
    for (const route of [...routes, ...(options.internal ?? [])]) this.#add(route);
    for (const route of streamRoutes) this.#addStream(route);
  }

  /** Binds under another name and renames, so that a caller never meets a socket that does not answer yet. */
  async listenOn(socket: string): Promise<void> {
    const bound = `${socket}.${process.pid}.new`;
    rmSync(bound, {force: true});
    await this.listen({path: bound});
    chmodSync(bound, 0o600);
    renameSync(bound, socket);
  }

  /** Rejects with the system's error. Of this server's own accord, because fastify listens once only. */
  async listen(options: ListenOptions): Promise<void> {
    await this.#app.ready();
    const {server} = this.#app;
    if (server.listening) NetServer.prototype.close.call(server); // It goes on elsewhere.
    const {promise, resolve, reject} = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(options, resolve);
    await promise.finally(() => server.off('error', reject));
  }

  /** Where it listens over TCP; 0: nowhere. */
  get port(): number {
    const address = this.#app.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Accepts nobody any more; calls go on, streams end. */
  stop(): void {
    this.#drain.stop();
    this.#ending.abort();
  }

  /** Ends when its calls are answered. `patient`: quiet connections get the time to leave by themselves. */
  async close({patient = false}: {patient?: boolean} = {}): Promise<void> {
    await this.#drain.stopWhenQuiet();
    this.stop();
    await this.#drain.finish(patient ? {} : {idleMs: END_IDLE_MS, freshMs: END_FRESH_MS, inFlightMs: END_MS});
    await this.#app.close();
  }

  #fault({method, routeOptions}: FastifyRequest, error: unknown): void {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    (this.#options.log ?? noLog)('error', 'fault', {method, route: routeOptions.url ?? null, why});
  }

  /** The route's pattern, not what was asked: paths and queries may hold anything. */
  #tell({method, routeOptions, caller}: FastifyRequest, {statusCode: status, elapsedTime}: FastifyReply): void {
    const level = status >= 500 ? 'error' : status >= 400 ? 'info' : 'debug';
    const [route, actor, ms] = [routeOptions.url ?? null, caller?.actor ?? null, Math.round(elapsedTime)];
    (this.#options.log ?? noLog)(level, 'request', {method, route, status, ms, actor});
  }

  #readJson(): void {
    const read = this.#app.getDefaultJsonParser('error', 'error');
    this.#app.removeAllContentTypeParsers();
    // `curl -d` without a header says that it sends a form.
    const types = ['application/json', 'application/x-www-form-urlencoded'];
    this.#app.addContentTypeParser<string>(types, {parseAs: 'string'}, (request, body, done) => {
      if (body === '') return done(null, undefined);
      try {
        checkDepth(body);
      } catch (error) {
        return done(error as Error);
      }
      // Of its two forms this is the one that calls back.
      void read(request, body, done);
    });
    this.#app.addContentTypeParser<string>('*', {parseAs: 'string'}, (_request, body, done) => {
      if (body === '') done(null, undefined);
      else done(invalid('a body has to be JSON, with Content-Type: application/json'));
    });
  }

  #add(route: Route): void {
    const type = route.type === 'json' ? 'application/json' : route.type;
    this.#app.route({
      method: route.method,
      url: route.url,
      onRequest: request => this.#admit(request, route),
      handler: async (request, reply) => {
        const caller = request.caller!;
        const query = parse(route.query, request.query, 'query');
        const body = parse(route.body, request.body ?? {}, 'body');
        const fleet = await this.#options.fleetOf(caller);
        const {headers} = request;
        const result = await route.handler(fleet, {
          name: nameOf(request),
          body,
          query,
          caller,
          headers,
          traffic: this.#traffic,
        });
        const etag = (result as {etag?: unknown} | null | undefined)?.etag;
        if (typeof etag === 'string') void reply.header('etag', `"${etag}"`);
        if (route.status === 204) return reply.code(204).send();
        const text = route.type === 'json' ? JSON.stringify(result) : (result as string);
        return reply.code(route.status).header('content-type', type).send(text);
      },
    });
  }

  #addStream(route: StreamRoute): void {
    this.#app.get(route.url, {
      exposeHeadRoute: false,
      onRequest: request => this.#admit(request, route),
      handler: async (request, reply) => {
        checkStreamQuery(request, route.resumes);
        const since = route.resumes ? sinceOf(request) : undefined;
        if (this.streams >= (this.#options.streamsMax ?? STREAMS_MAX)) {
          throw new AmuxError('stream.many', {count: this.streams});
        }
        this.#drain.leave(reply.raw);
        this.streams++;
        this.#traffic.streams++;
        try {
          const fleet = await this.#options.fleetOf(request.caller!);
          await sendEvents(request, reply, {
            values: signal => route.stream(fleet, {name: nameOf(request), since, signal}),
            admit: () => this.#options.gate(request),
            ending: this.#ending.signal,
            slowMs: this.#options.slowMs ?? SLOW_MS,
            heartbeatMs: this.#options.heartbeatMs ?? HEARTBEAT_MS,
          });
        } catch (error) {
          if (error instanceof AmuxError && error.code === 'stream.slow') this.#traffic.slow++;
          if (!reply.sent) throw error;
        } finally {
          this.streams--;
          this.#traffic.streams--;
        }
      },
    });
  }

  /** Before a body is read. */
  async #admit(request: FastifyRequest, {role, method = 'GET', url}: Admitted): Promise<void> {
    const caller = await this.#options.gate(request);
    if (!mayAct(caller.role, role)) {
      throw new AmuxError('access.role', {what: `${method} ${url}`, needed: role, role: caller.role});
    }
    request.caller = caller;
  }
}

type Admitted = {role: Role; url: string; method?: string};

function nameOf(request: FastifyRequest): string {
  const {name, id, file} = request.params as {name?: string; id?: string; file?: string};
  return name ?? id ?? file ?? '';
}

const patterns = [...routes, ...streamRoutes.map(route => ({...route, method: 'GET'}))].map(({url, method}) => ({
  method,
  pattern: new RegExp(`^${url.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`),
}));

/** A path that is known takes other methods. */
function unrouted({method, url}: FastifyRequest, reply: FastifyReply): AmuxError {
  const [path = ''] = url.split('?');
  const shown = path.slice(0, 200);
  const allowed = new Set(patterns.filter(({pattern}) => pattern.test(path)).map(each => each.method));
  if (allowed.size === 0) return new AmuxError('route.unknown', {what: `${method} ${shown}`});
  reply.header('allow', [...allowed].join(', '));
  return new AmuxError('route.method', {url: shown, method, allowed: [...allowed].join(', ')});
}
