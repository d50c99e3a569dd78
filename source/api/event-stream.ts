import type {OutgoingHttpHeaders} from 'node:http';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import {invalid} from './refusals.ts';

/** How often a quiet stream says that it is there, in ms. */
export const HEARTBEAT_MS = 15_000;
/** Bytes that a stream's client may be behind before nothing more is written for it. */
const STREAM_BUFFER = 1024 * 1024;
/** How long a client that is behind so far may read nothing, in ms. */
export const SLOW_MS = 30_000;
/** How long one that is dropped may take to read why, in ms. */
const LINGER_MS = 5000;

export type StreamValue = {id: number | null; data: unknown};

export type Streaming = {
  values: (signal: AbortSignal) => AsyncIterable<StreamValue>;
  /** Rejects once the client may not hear more: its token was revoked or has expired, its session has ended. */
  admit: () => Promise<unknown>;
  /** Aborts with the server. */
  ending: AbortSignal;
  slowMs: number;
  heartbeatMs: number;
};

/**
 * Answers with server-sent events until the values, the client or the server end. Throws `stream.slow`, and what `admit`
 * says, once answered.
 */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  {values: open, admit, ending, slowMs, heartbeatMs}: Streaming,
): Promise<void> {
  const controller = new AbortController();
  const end = () => controller.abort();
  const {socket} = request.raw;
  socket.once('close', end);
  ending.addEventListener('abort', end);
  const {signal} = controller;
  const iterator = open(signal)[Symbol.asyncIterator]();
  let heartbeat: NodeJS.Timeout | undefined;
  let refusal: unknown = null;
  const {raw} = reply;
  try {
    // The first value decides whether this is an answer or an error; an empty stream starts with the headers.
    const first = iterator.next();
    first.catch(() => {}); // It is looked at again below.
    const early = await Promise.race([first, new Promise<null>(resolve => setImmediate(resolve, null))]);
    const headers = reply.getHeaders();
    reply.hijack();
    raw.writeHead(200, {
      ...(headers as OutgoingHttpHeaders),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    raw.write(':\n\n');
    heartbeat = setInterval(() => {
      if (raw.writableLength <= STREAM_BUFFER) raw.write(':\n\n');
      // While nothing happens there is nothing else that would find it out.
      admit().catch(error => {
        refusal = error;
        end();
      });
    }, heartbeatMs);
    for (let next = early ?? (await first); next.done !== true; next = await iterator.next()) {
      // A stream lasts for days, and who may hear it changes meanwhile.
      await admit();
      const fits = raw.write(block(next.value));
      if (!fits && raw.writableLength > STREAM_BUFFER) await drained(raw, signal, slowMs);
      if (signal.aborted) break;
    }
    if (refusal !== null) throw refusal;
  } catch (error) {
    if (!raw.headersSent) throw error;
    raw.write(`event: error\ndata: ${JSON.stringify(asAmuxError(error))}\n\n`);
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
    throw error;
  } finally {
    clearInterval(heartbeat);
    socket.off('close', end);
    ending.removeEventListener('abort', end);
    controller.abort();
    void iterator.return?.();
    if (raw.headersSent) raw.end();
  }
}

/** Where a stream goes on: the id of the last event that the client has. */
export function sinceOf(request: FastifyRequest): number | undefined {
  const {since} = request.query as {since?: string};
  const given = request.headers['last-event-id'] ?? since;
  if (given === undefined) return undefined;
  const cursor = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isSafeInteger(cursor)) return cursor;
  throw new AmuxError('input.invalid', {
    why: `"${String(given).slice(0, 40)}" is not a cursor`,
    next: 'use the id of an event',
  });
}

/** Everybody gets the same objects: each is written as JSON once. */
const written = new WeakMap<object, string>();

function block({id, data}: StreamValue): string {
  const known = typeof data === 'object' && data !== null ? written.get(data) : undefined;
  const json = known ?? JSON.stringify(data);
  if (known === undefined && typeof data === 'object' && data !== null) written.set(data, json);
  return `${id === null ? '' : `id: ${id}\n`}data: ${json}\n\n`;
}

/** Throws `stream.slow` when nothing is read for so long. */
function drained(raw: FastifyReply['raw'], signal: AbortSignal, slowMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      clearTimeout(timer);
      raw.off('drain', done);
      signal.removeEventListener('abort', done);
      act();
    };
    const done = settle(resolve);
    const slow = settle(() => reject(new AmuxError('stream.slow', {seconds: Math.ceil(slowMs / 1000)})));
    const timer = setTimeout(slow, slowMs);
    raw.once('drain', done);
    signal.addEventListener('abort', done, {once: true});
    if (signal.aborted) done();
  });
}

/** A stream takes these parameters and no others. */
export function checkStreamQuery(request: FastifyRequest, resumes: boolean): void {
  const other = Object.keys(request.query as object).find(key => !(resumes && key === 'since'));
  if (other !== undefined) throw invalid(`query: "${other.slice(0, 100)}" is not known`);
}
