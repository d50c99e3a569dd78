import {chmodSync, renameSync, rmSync} from 'node:fs';
import type {ListenOptions} from 'node:net';
import fastify, {type FastifyInstance, type FastifyReply, type FastifyRequest} from 'fastify';
import type {z} from 'zod';
import {type Caller, mayAct, type Role} from '../domain/access.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import type {Gate} from './callers.ts';
import {Drain} from './drain.ts';
import {sendEvents, sinceOf} from './event-stream.ts';
import type {Route, StreamRoute} from './route.ts';
import {routes, streamRoutes} from './routes.ts';

/** Largest request body, in bytes. */
const BODY_MAX = 2 * 1024 * 1024;

export type ServerOptions = {
  /** The fleet as this caller has it. Requests wait for it: a server may listen before its supervisor is there. */
  fleetOf: (caller: Caller) => Promise<Fleet>;
  gate: Gate;
  /** PEM; null: plain HTTP. */
  tls?: {cert: string; key: string} | null;
};

/** The fleet over HTTP. `streams` counts the clients that stay; `lastRequest` is ms of `performance.now()`. */
export class Server {
  readonly #app: FastifyInstance;
  readonly #options: ServerOptions;
  readonly #drain: Drain;
  readonly #ending = new AbortController();
  streams = 0;
  lastRequest = performance.now();

  constructor(options: ServerOptions) {
    this.#options = options;
    const {tls = null} = options;
    this.#app = fastify({
      bodyLimit: BODY_MAX,
      forceCloseConnections: true,
      routerOptions: {maxParamLength: 300},
      ...(tls === null ? {} : {https: {...tls, minVersion: 'TLSv1.2'}}),
    }) as unknown as FastifyInstance; // One type for both: nothing here depends on which it is.
    this.#drain = new Drain(this.#app.server);
    this.#app.setErrorHandler((error, _request, reply) => sendError(reply, translate(error)));
    this.#app.setNotFoundHandler((request, reply) => {
      void reply.code(404).send({
        error: {
          code: 'route.unknown',
          message: `no ${request.method} ${request.url.split('?')[0]}`,
          hint: 'docs/api.md lists the routes',
        },
      });
    });
    this.#app.addHook('onRequest', async () => {
      this.lastRequest = performance.now();
    });
    for (const route of routes) this.#add(route);
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
    const {promise, resolve, reject} = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(options, resolve);
    await promise.finally(() => server.off('error', reject));
  }

  /** Accepts nobody any more; calls go on, streams end. */
  stop(): void {
    this.#drain.stop();
    this.#ending.abort();
  }

  /** Ends when its calls are answered. `idleMs`: how long quiet connections are kept open for one more. */
  async close({idleMs = 0}: {idleMs?: number} = {}): Promise<void> {
    this.stop();
    await this.#drain.finish({idleMs});
    await this.#app.close();
  }

  #add(route: Route): void {
    this.#app.route({
      method: route.method,
      url: route.url,
      handler: async (request, reply) => {
        const {caller, fleet} = await this.#admit(request, route);
        const name = nameOf(request);
        const body = route.body === null ? undefined : parse(route.body, request.body ?? {}, 'body');
        const query = route.query === null ? undefined : parse(route.query, request.query, 'query');
        const result = await route.handler(fleet, {name, body, query, caller, headers: request.headers});
        const etag = (result as {etag?: unknown} | null | undefined)?.etag;
        if (typeof etag === 'string') void reply.header('etag', `"${etag}"`);
        if (route.status === 204) return reply.code(204).send();
        return reply.code(route.status).header('content-type', 'application/json').send(JSON.stringify(result));
      },
    });
  }

  #addStream(route: StreamRoute): void {
    this.#app.get(route.url, async (request, reply) => {
      const {fleet} = await this.#admit(request, route);
      const since = sinceOf(request);
      this.#drain.leave(reply.raw);
      this.streams++;
      try {
        await sendEvents(request, reply, {
          values: signal => route.stream(fleet, {name: nameOf(request), since, signal}),
          ending: this.#ending.signal,
        });
      } finally {
        this.streams--;
      }
    });
  }

  async #admit(
    request: FastifyRequest,
    {role, method = 'GET', url}: Admitted,
  ): Promise<{caller: Caller; fleet: Fleet}> {
    const caller = await this.#options.gate(request);
    if (!mayAct(caller.role, role)) {
      throw new AmuxError('access.role', {what: `${method} ${url}`, needed: role, role: caller.role});
    }
    return {caller, fleet: await this.#options.fleetOf(caller)};
  }
}

type Admitted = {role: Role; url: string; method?: string};

function nameOf(request: FastifyRequest): string {
  const {name, id, file} = request.params as {name?: string; id?: string; file?: string};
  return name ?? id ?? file ?? '';
}

function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue === undefined || issue.path.length === 0 ? where : `${where}.${issue.path.join('.')}`;
  throw new AmuxError('input.invalid', {
    why: `${path}: ${issue?.message ?? 'invalid'}`,
    next: 'docs/api.md shows what it takes',
  });
}

/** Fastify's own refusals (malformed JSON, body too large …) carry a status; they become ours. */
function translate(error: unknown): {status: number; error: AmuxError} {
  if (error instanceof AmuxError) return {status: error.http, error};
  const status = (error as {statusCode?: number}).statusCode ?? 500;
  if (status < 500) {
    const why = error instanceof Error ? error.message : 'refused';
    return {status, error: new AmuxError('input.invalid', {why, next: 'docs/api.md shows what it takes'})};
  }
  return {status: 500, error: asAmuxError(error)};
}

function sendError(reply: FastifyReply, {status, error}: {status: number; error: AmuxError}): void {
  const {code, message, hint, facts} = error;
  void reply.code(status).send({error: {code, message, hint, facts}});
}
