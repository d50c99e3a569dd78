import {Client} from '@modelcontextprotocol/sdk/client/index.js';
import {SSEClientTransport} from '@modelcontextprotocol/sdk/client/sse.js';
import {StreamableHTTPClientTransport} from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js';
import {ProcessTransport} from './process-transport.ts';

/** Pages of tools that are asked for, at most. */
const PAGES_MAX = 100;

export type Probed = {server: {name: string; version: string} | null; tools: {name: string; description: string}[]};
/** `stderr`: what it said; `garbage`: what it printed where only messages may stand. */
export type Probe = ({ok: true} & Probed) | {ok: false; why: string};
export type ProbeResult = Probe & {stderr: string; garbage: string};

export type ProbeTarget =
  | {kind: 'stdio'; argv: string[]; env: Record<string, string>; cwd: string}
  | {kind: 'http' | 'sse'; url: string; headers: Record<string, string>};

type Remote = Exclude<ProbeTarget, {kind: 'stdio'}>;

type Probing = {
  target: ProbeTarget;
  version: string;
  /** In all, in ms. */
  boundMs: number;
  signal: AbortSignal;
  /** Ends a process and its whole tree. */
  end: (pid: number) => Promise<unknown>;
};

/** Starts a server, asks it who it is and for its tools, and ends it. Resolves when nothing of it is left. */
export async function probe({target, version, boundMs, signal, end}: Probing): Promise<ProbeResult> {
  const own = target.kind === 'stdio' ? new ProcessTransport(target, end) : null;
  const transport = own ?? overHttp(target as Remote);
  if (transport === null) return {ok: false, why: 'its url is no address', stderr: '', garbage: ''};
  const client = new Client({name: 'amux', version});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Probe>(resolve => {
    const tell = (why: string) => resolve({ok: false, why});
    timer = setTimeout(() => tell(`nothing within ${boundMs / 1000} s`), boundMs);
    signal.addEventListener('abort', () => tell('it was interrupted'), {once: true});
  });
  const refused = (error: unknown): Probe => ({ok: false, why: own === null ? answered(error) : ended(error, own)});
  const asked = ask(client, {transport, boundMs}).catch(refused);
  try {
    const result = await Promise.race([asked, late]);
    return {...result, stderr: own?.stderr ?? '', garbage: own?.garbage ?? ''};
  } finally {
    clearTimeout(timer);
    await transport.close().catch(() => {}); // A connection that is gone is closed.
  }
}

async function ask(client: Client, {transport, boundMs}: {transport: Transport; boundMs: number}): Promise<Probe> {
  const options = {timeout: boundMs};
  await client.connect(transport, options);
  const {name, version} = client.getServerVersion() ?? {name: '', version: ''};
  const tools: Probed['tools'] = [];
  if (client.getServerCapabilities()?.tools !== undefined) {
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const listed = await client.listTools(cursor === undefined ? {} : {cursor}, options);
      tools.push(...listed.tools.map(tool => ({name: tool.name, description: tool.description ?? ''})));
      cursor = listed.nextCursor;
      if (cursor === undefined) break;
    }
  }
  return {ok: true, server: name === '' ? null : {name, version}, tools};
}

function overHttp({kind, url, headers}: Remote): Transport | null {
  const address = URL.parse(url);
  if (address === null) return null;
  const options = {requestInit: {headers}};
  const transport =
    kind === 'sse' ? new SSEClientTransport(address, options) : new StreamableHTTPClientTransport(address, options);
  // Their optional members are typed for another strictness of the compiler.
  return transport as Transport;
}

function answered(error: unknown): string {
  const {code, message, cause} = error as {code?: unknown; message: string; cause?: {message?: string; code?: string}};
  // The text itself has the value in it.
  if (/header value/.test(message)) return 'one of its headers cannot be sent: what is in its value?';
  return typeof code === 'number' ? `HTTP ${code}` : (cause?.code ?? cause?.message ?? message);
}

function ended(error: unknown, {exit}: ProcessTransport): string {
  const {code, message} = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such program, or no such directory';
  if (exit === null) return message;
  return `it ended at once, ${exit.signal === null ? `exit code ${exit.code}` : `killed by ${exit.signal}`}`;
}
