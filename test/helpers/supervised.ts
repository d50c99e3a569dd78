import {once} from 'node:events';
import {type IncomingMessage, request} from 'node:http';
import {join} from 'node:path';
import {type Gate, socketGate} from '../../source/api/callers.ts';
import {Server} from '../../source/api/server.ts';
import type {Backend} from '../../source/backends/backend.ts';
import type {Paths} from '../../source/config/paths.ts';
import {loadSettings} from '../../source/config/settings.ts';
import type {Caller} from '../../source/domain/access.ts';
import {AmuxError} from '../../source/domain/errors.ts';
import type {Session} from '../../source/domain/session.ts';
import {openStore, type Store} from '../../source/store/store.ts';
import {profilesFor} from '../../source/supervisor/profiles.ts';
import type {Later} from '../../source/supervisor/schedules.ts';
import {openSupervisor, type Supervisor, type SupervisorOptions} from '../../source/supervisor/supervisor.ts';
import {put} from '../store/records.ts';

/** Nobody can say whether its terminals live, so sessions that run stay as they were stored. */
const unreachable = {
  kind: 'tmux',
  open: async () => {
    throw new AmuxError('backend.failed', {backend: 'tmux', why: 'there is none in this test'});
  },
  onEvent: () => () => {},
} as unknown as Backend;

export type Answer<T = unknown> = {status: number; body: T; headers: IncomingMessage['headers']};
export type Ask = {body?: unknown; headers?: Record<string, string>; raw?: string};

/** A supervisor of a home over its real store, with sessions whose ids are `s-NAME`, without terminals, and its API on a unix socket. */
export class Supervised {
  readonly store: Store;
  readonly supervisor: Supervisor;
  readonly #server: Server;
  readonly socket: string;

  private constructor(parts: {store: Store; supervisor: Supervisor; server: Server; socket: string}) {
    this.store = parts.store;
    this.supervisor = parts.supervisor;
    this.#server = parts.server;
    this.socket = parts.socket;
  }

  /** `callers`: who calls by the `x-test-caller` header; others are the home's user on its socket. */
  static async open(
    paths: Paths,
    options: {
      now: () => number;
      sessions?: (string | Partial<Session>)[];
      callers?: Record<string, Caller>;
      later?: Later;
      patrolMs?: number;
    } & Pick<SupervisorOptions, 'env' | 'outside'>,
  ): Promise<Supervised> {
    const {now, sessions = [], callers = {}, env, outside, later, patrolMs} = options;
    const store = await openStore({paths, readOnly: false, now});
    for (const each of sessions) {
      const session = typeof each === 'string' ? {name: each} : each;
      store.append({...put(`s-${session.name}`, session), at: now()});
    }
    const supervisor = await openSupervisor({
      paths,
      store,
      backends: [unreachable],
      profiles: profilesFor(() => loadSettings(paths.config).settings),
      version: '0.0.0',
      hosted: 'serve',
      detachKey: 'ctrl+]',
      door: null,
      apiUrl: () => null,
      now,
      ...(env === undefined ? {} : {env}),
      ...(outside === undefined ? {} : {outside}),
      ...(patrolMs === undefined ? {} : {patrolMs}),
      onShutdown: () => {},
      ...(later === undefined ? {} : {later}),
    });
    const gate: Gate = async call => callers[String(call.headers['x-test-caller'])] ?? socketGate(call);
    const server = new Server({fleetOf: async ({actor}) => supervisor.as(actor), gate});
    const socket = join(paths.tmp, 'api.sock');
    await server.listenOn(socket);
    return new Supervised({store, supervisor, server, socket});
  }

  async ask<T = unknown>(method: string, path: string, {body, headers = {}, raw}: Ask = {}): Promise<Answer<T>> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const own =
      payload === undefined
        ? {}
        : {'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload))};
    const call = request({socketPath: this.socket, path, method, headers: {...own, ...headers}});
    call.end(payload);
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    return {
      status: response.statusCode!,
      body: (text === '' ? null : JSON.parse(text)) as T,
      headers: response.headers,
    };
  }

  async close(): Promise<void> {
    await this.#server.close();
    await this.supervisor[Symbol.asyncDispose]();
    await this.store.close();
  }
}
