import {type IncomingMessage, type Server, type ServerResponse, STATUS_CODES} from 'node:http';
import type {Duplex} from 'node:stream';
import type {FastifyReply} from 'fastify';
import type {z} from 'zod';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import {issueText} from './issue-text.ts';

/** Largest request body, in bytes. */
export const BODY_MAX = 2 * 1024 * 1024;
/** Objects and lists within each other, at most. */
const DEPTH_MAX = 100;
const SEE_DOCS = 'docs/api.md shows what it takes';

export function sendError(reply: FastifyReply, error: AmuxError): void {
  if (error.code === 'access.attempts') reply.header('retry-after', String(error.facts['seconds']));
  if (error.http === 401) reply.header('www-authenticate', 'Bearer realm="amux"');
  void reply.code(error.http).type('application/json').send(bodyOf(error));
}

/** Fastify's own refusals (malformed JSON, a path that cannot be decoded …) become ours. */
export function translated(error: unknown): AmuxError {
  if (error instanceof AmuxError) return error;
  const {statusCode = 500} = (typeof error === 'object' && error !== null ? error : {}) as {statusCode?: number};
  if (statusCode >= 500) return asAmuxError(error);
  if (statusCode === 413) return new AmuxError('body.large', {max: BODY_MAX});
  return invalid(error instanceof Error ? error.message : 'refused');
}

/** Answers on its socket what never reaches a route: what is no HTTP, comes too slowly, or asks for a tunnel. */
export function refuseStrays(server: Server): void {
  server.on('clientError', (error: Error & {code?: string}, socket: Answering) => {
    const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    // What failed before HTTP began, as a handshake does, has nobody who could read an answer.
    if (!late && error.code?.startsWith('HPE_') !== true) socket.destroy();
    else answerOn(socket, late ? new AmuxError('request.slow') : invalid('this is not HTTP as it should be'));
  });
  server.on('connect', ({url = ''}: IncomingMessage, socket: Answering) => {
    answerOn(socket, new AmuxError('route.unknown', {what: `CONNECT ${url.slice(0, 200)}`}));
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const refusal = invalid('this expectation cannot be met: leave "Expect" out');
    response.writeHead(refusal.http, {'content-type': 'application/json', connection: 'close'}).end(bodyOf(refusal));
  });
}

/** `_httpMessage`: the answer that is under way; Node's own handler looks there, too. */
type Answering = Duplex & {_httpMessage?: {headersSent: boolean} | null};

function answerOn(socket: Answering, refusal: AmuxError): void {
  // Another answer would be read as part of one that has begun.
  if (!socket.writable || socket._httpMessage?.headersSent === true) {
    socket.destroy();
    return;
  }
  const body = bodyOf(refusal);
  const head = [
    `HTTP/1.1 ${refusal.http} ${STATUS_CODES[refusal.http]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

export function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue === undefined || issue.path.length === 0 ? where : `${where}.${issue.path.join('.')}`;
  throw invalid(`${path.slice(0, 200)}: ${issue === undefined ? 'invalid' : issueText(issue)}`);
}

/** A body that is not there is undefined. What is nested too deeply would break whoever walks through it. */
export function checkDepth(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    if (depth > DEPTH_MAX) throw invalid(`body: more than ${DEPTH_MAX} levels deep`);
  }
}

export const invalid = (why: string): AmuxError => new AmuxError('input.invalid', {why, next: SEE_DOCS});

function bodyOf({code, message, hint, facts}: AmuxError): string {
  return JSON.stringify({error: {code, message, hint, facts}});
}
