import {setTimeout as delay} from 'node:timers/promises';
import {Server} from '@modelcontextprotocol/sdk/server/index.js';
import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolRequest,
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import {z} from 'zod';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';
import {listResources, readResource, templates} from './resources.ts';
import type {Speaker} from './tool.ts';
import {tools} from './tools.ts';

const INSTRUCTIONS = [
  'amux runs this fleet of coding agents. Its board holds the work, shared by all sessions and by people.',
  'With nothing to do: memory_read, then board_next, which claims a card for you. Your lease is renewed by what you do.',
  'Tell progress with board_update, end with board_done or board_release, and leave what others should know with notes_add.',
].join(' ');

type Serving = {
  fleet: Fleet;
  /** The session that it runs in; null: none. */
  session: string | null;
  version: string;
  transport: Transport;
  /** Resolves when no more will be asked. */
  ended: Promise<void>;
};

/** How long what was asked may go on when nobody asks any more, in ms. */
const LAST_MS = 5000;

/** Speaks MCP for a fleet until the other side closes. */
export async function serveMcp({fleet, session, version, transport, ended}: Serving): Promise<void> {
  const speaker: Speaker = {session, fences: new Map()};
  // Not `McpServer`: that answers what does not fit a schema by itself, without code and hint.
  const server = new Server(
    {name: 'amux', version},
    {capabilities: {tools: {}, resources: {}}, instructions: INSTRUCTIONS},
  );

  server.setRequestHandler(ListToolsRequestSchema, () => ({tools: described}));
  const running = new Set<Promise<unknown>>();
  const call = async ({params}: CallToolRequest, signal: AbortSignal): Promise<CallToolResult> => {
    try {
      const found = tools.find(({name}) => name === params.name);
      if (found === undefined) {
        const next = `there are ${tools.map(({name}) => name).join(', ')}`;
        throw new AmuxError('input.invalid', {why: `no tool "${params.name.slice(0, 80)}"`, next});
      }
      const input = found.input.safeParse(params.arguments ?? {});
      if (!input.success) throw mistaken(input.error);
      return answer(await found.handler(fleet, {input: input.data, speaker, signal}));
    } catch (error) {
      return {...answer({error: plain(asAmuxError(error))}), isError: true};
    }
  };
  server.setRequestHandler(CallToolRequestSchema, (request, {signal}) => {
    const answered = call(request, signal);
    running.add(answered);
    void answered.then(() => running.delete(answered));
    return answered;
  });

  server.setRequestHandler(ListResourcesRequestSchema, () =>
    protocol(async () => ({resources: await listResources(fleet)})),
  );
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({resourceTemplates: templates}));
  server.setRequestHandler(ReadResourceRequestSchema, ({params: {uri}}) =>
    protocol(async () => ({contents: [await readResource(fleet, uri)]})),
  );

  const closed = new Promise<void>(resolve => {
    server.onclose = resolve;
  });
  await server.connect(transport);
  await Promise.race([closed, ended.then(() => rest(running))]);
  await server.close();
}

/** What was asked last is answered all the same. */
async function rest(running: ReadonlySet<Promise<unknown>>): Promise<void> {
  await new Promise(resolve => setImmediate(resolve)); // What was read with the end is still being handed on.
  await Promise.race([Promise.allSettled(running), delay(LAST_MS, undefined, {ref: false})]);
  await new Promise(resolve => setImmediate(resolve));
}

const described = tools.map(({name, description, input}) => {
  const {$schema: _, ...schema} = z.toJSONSchema(input, {io: 'input'});
  return {name, description, inputSchema: {...schema, type: 'object' as const}};
});

function answer(value: unknown): CallToolResult {
  return {content: [{type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value, null, 1)}]};
}

const plain = ({code, message, hint}: AmuxError) => ({code, message, hint});

function mistaken({issues}: z.ZodError): AmuxError {
  const [issue] = issues;
  const where = issue?.path.join('.') ?? '';
  return new AmuxError('input.invalid', {
    why: `${where === '' ? '' : `${where}: `}${issue?.message ?? 'not understood'}`,
    next: 'the tool’s schema says what it takes',
  });
}

/** Resources have no errors of their own: those of the protocol carry code and hint as data. */
async function protocol<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const known = asAmuxError(error);
    const code = known.exit === 3 || known.code === 'input.invalid' ? ErrorCode.InvalidParams : ErrorCode.InternalError;
    throw new McpError(code, known.message, plain(known));
  }
}
