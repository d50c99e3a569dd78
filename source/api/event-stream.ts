import type {FastifyReply, FastifyRequest} from 'fastify';
import {AmuxError, asAmuxError} from '../domain/errors.ts';

const HEARTBEAT_MS = 15_000;
/** Bytes a stream's client may be behind before it is waited for. */
const STREAM_BUFFER = 1024 * 1024;

export type StreamValue = {id: number | null; data: unknown};

/** Answers with server-sent events until the values, the client or the server end. */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  {values: open, ending}: {values: (signal: AbortSignal) => AsyncIterable<StreamValue>; ending: AbortSignal},
): Promise<void> {
  const controller = new AbortController();
  const end = () => controller.abort();
  request.raw.socket.once('close', end);
  ending.addEventListener('abort', end);
  const {signal} = controller;
  const iterator = open(signal)[Symbol.asyncIterator]();
  // The first value decides whether this is an answer or an error; an empty stream starts with the headers.
  const first = iterator.next();
  const early = await Promise.race([first, new Promise<null>(resolve => setImmediate(resolve, null))]);
  reply.hijack();
  const {raw} = reply;
  raw.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-store'});
  raw.write(':\n\n');
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
    ending.removeEventListener('abort', end);
    raw.end();
  }
}

/** Where a stream goes on: the id of the last event that the client has. */
export function sinceOf(request: FastifyRequest): number | undefined {
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

function drained(raw: FastifyReply['raw'], signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    raw.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), {once: true});
  });
}
