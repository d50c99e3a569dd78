import {chmodSync, renameSync, rmSync} from 'node:fs';
import fastify, {type FastifyInstance, type FastifyReply, type FastifyRequest} from 'fastify';
import type {z} from 'zod';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import type {Route, StreamRoute} from './route.ts';
import {approvalRoutes} from './routes/approvals.ts';
import {sessionRoutes, steeringRoutes, streamRoutes, terminalRoutes} from './routes/sessions.ts';
import {systemRoutes} from './routes/system.ts';

/** Largest request body, in bytes. */
const BODY_MAX = 2 * 1024 * 1024;
const HEARTBEAT_MS = 15_000;
/** Bytes a stream's client may be behind before it is waited for. */
const STREAM_BUFFER = 1024 * 1024;

export const routes: readonly Route[] = [
  ...systemRoutes,
  ...sessionRoutes,
  ...steeringRoutes,
  ...approvalRoutes,
  ...terminalRoutes,
];

/** The fleet over HTTP. `streams` counts the clients that stay; `lastRequest` is ms of `performance.now()`. */
export class Server {
  readonly #app: FastifyInstance;
  readonly #fleet: Fleet;
  readonly #ending = new AbortController();
  streams = 0;
  lastRequest = performance.now();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.#app = fastify({bodyLimit: BODY_MAX, forceCloseConnections: true, routerOptions: {maxParamLength: 300}});
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
  async listen(socket: string): Promise<void> {
    const bound = `${socket}.${process.pid}.new`;
    rmSync(bound, {force: true});
    await this.#app.listen({path: bound});
    chmodSync(bound, 0o600);
    renameSync(bound, socket);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#app.close();
  }

  #add(route: Route): void {
    this.#app.route({
      method: route.method,
      url: route.url,
      handler: async (request, reply) => {
        const name = nameOf(request);
        const body = route.body === null ? undefined : parse(route.body, request.body ?? {}, 'body');
        const query = route.query === null ? undefined : parse(route.query, request.query, 'query');
        const result = await route.handler(this.#fleet, {name, body, query});
        if (route.status === 204) return reply.code(204).send();
        return reply.code(route.status).header('content-type', 'application/json').send(JSON.stringify(result));
      },
    });
  }

  #addStream(route: StreamRoute): void {
    this.#app.get(route.url, async (request, reply) => {
      const controller = new AbortController();
      const end = () => controller.abort();
      request.raw.socket.once('close', end);
      this.#ending.signal.addEventListener('abort', end);
      const {signal} = controller;
      const values = route.stream(this.#fleet, {name: nameOf(request), since: sinceOf(request), signal});
      const iterator = values[Symbol.asyncIterator]();
      // The first value decides whether this is an answer or an error; an empty stream starts with the headers.
      const first = iterator.next();
      const early = await Promise.race([first, new Promise<null>(resolve => setImmediate(resolve, null))]);
      reply.hijack();
      const {raw} = reply;
      raw.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-store'});
      raw.write(':\n\n');
      this.streams++;
      const heartbeat = setInterval(() => raw.write(':\n\n'), HEARTBEAT_MS);
      try {
        for (let next = early ?? (await first); next.done !== true; next = await iterator.next()) {
          const {id, data} = next.value;
          const fits = raw.write(`${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
          if (!fits && raw.writableLength > STREAM_BUFFER) await drained(raw, signal);
        }
      } catch (error) {
        raw.write(`event: error\ndata: ${JSON.stringify(asAmuxError(error))}\n\n`);
      } finally {
        clearInterval(heartbeat);
        this.streams--;
        this.#ending.signal.removeEventListener('abort', end);
        raw.end();
      }
    });
  }
}

function drained(raw: FastifyReply['raw'], signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    raw.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), {once: true});
  });
}

function nameOf(request: FastifyRequest): string {
  const {name, id} = request.params as {name?: string; id?: string};
  return name ?? id ?? '';
}

function sinceOf(request: FastifyRequest): number | undefined {
  const {since} = request.query as {since?: string};
  const given = request.headers['last-event-id'] ?? since;
  if (given === undefined) return undefined;
  const cursor = Number(given);
  if (Number.isSafeInteger(cursor) && cursor >= 0) return cursor;
  throw new AmuxError('input.invalid', {
    why: `"${String(given).slice(0, 40)}" is not a cursor`,
    next: 'use the id of an event',
  });
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
