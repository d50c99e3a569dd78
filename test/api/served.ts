import {mkdirSync, mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {type IncomingMessage, request} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {socketGate, tokenGate} from '../../source/api/callers.ts';
import type {FailureLimit} from '../../source/api/failures.ts';
import {hostsOf} from '../../source/api/guard.ts';
import {Server, type ServerOptions} from '../../source/api/server.ts';
import {Traffic} from '../../source/api/traffic.ts';
import {pathsOf, prepareHome} from '../../source/config/paths.ts';
import {loadSettings} from '../../source/config/settings.ts';
import {type Role, roles} from '../../source/domain/access.ts';
import {openStore, type Store} from '../../source/store/store.ts';
import {profilesFor} from '../../source/supervisor/profiles.ts';
import {openSupervisor, type Supervisor} from '../../source/supervisor/supervisor.ts';
import {StillBackend} from '../helpers/still-backend.ts';

export type Answer = {status: number; headers: IncomingMessage['headers']; text: string; body: unknown};
export type Asking = {
  method?: string;
  token?: string | null;
  body?: unknown;
  /** Instead of a body as JSON. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
};
export type ServedOptions = Partial<Omit<ServerOptions, 'fleetOf' | 'gate'>> & {
  limit?: FailureLimit;
  segmentBytes?: number;
};

/** Longest that an answer may take, in ms. */
const ANSWER_MS = 30_000;

/** A supervisor of a throw-away home behind both of its servers: TCP with tokens, and the socket. */
export class Served {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'amux-api-')));
  readonly work = join(this.dir, 'work');
  readonly paths = pathsOf(join(this.dir, 'home'));
  readonly backend = new StillBackend();
  readonly traffic = new Traffic();
  /** Added to the time of day, in ms. */
  later = 0;
  shutdowns = 0;
  supervisor!: Supervisor;
  store!: Store;
  tcp!: Server;
  socket!: Server;
  port = 0;
  readonly #tokens = new Map<string, string>();

  static async open(options: ServedOptions = {}): Promise<Served> {
    const served = new Served();
    await served.#open(options);
    return served;
  }

  async #open({limit = {failures: 1_000_000}, segmentBytes, ...server}: ServedOptions): Promise<void> {
    mkdirSync(this.work);
    prepareHome(this.paths);
    const now = () => Date.now() + this.later;
    this.store = await openStore({paths: this.paths, readOnly: false, now, segmentBytes});
    this.supervisor = await openSupervisor({
      paths: this.paths,
      store: this.store,
      backends: [this.backend],
      profiles: profilesFor(() => loadSettings(this.paths.config).settings),
      version: '0.0.0',
      hosted: 'serve',
      detachKey: 'C-b d',
      door: null,
      apiUrl: () => this.url,
      now,
      onShutdown: () => {
        this.shutdowns++;
      },
    });
    const {supervisor, traffic} = this;
    const fleetOf: ServerOptions['fleetOf'] = async ({actor}) => supervisor.as(actor);
    const gate = tokenGate(async token => supervisor.callerOf(token), limit);
    const guard = {hosts: hostsOf('127.0.0.1'), cors: []};
    this.tcp = new Server({fleetOf, gate, guard, traffic, ...server});
    await this.tcp.listen({host: '127.0.0.1', port: 0});
    this.port = this.tcp.port;
    this.socket = new Server({fleetOf, gate: socketGate, traffic});
    for (const role of roles) {
      this.#tokens.set(role, (await this.fleet.createToken({role, name: `the ${role}`})).token);
    }
    await this.socket.listenOn(this.paths.socket);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get fleet() {
    return this.supervisor.as('test');
  }

  /** A token of this role; the same one each time. */
  token(role: Role): string {
    return this.#tokens.get(role)!;
  }

  /** As the admin, unless it is said who. */
  async ask(path: string, {method, token, body, raw, headers = {}}: Asking = {}): Promise<Answer> {
    const used = token === undefined ? this.token('admin') : token;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    return answerOf({
      host: '127.0.0.1',
      port: this.port,
      path,
      method: method ?? (payload === undefined ? 'GET' : 'POST'),
      headers: {
        ...(used === null ? {} : {authorization: `Bearer ${used}`}),
        ...(payload === undefined ? {} : {'content-type': 'application/json'}),
        ...headers,
      },
      payload,
    });
  }

  /** Over the unix socket. */
  onSocket(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return answerOf({socketPath: this.paths.socket, path, method: 'GET', headers, payload: undefined});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tcp.close();
    await this.socket.close();
    await this.supervisor[Symbol.asyncDispose]();
    await this.backend[Symbol.asyncDispose]();
    await this.store.close();
    rmSync(this.dir, {recursive: true, force: true});
  }
}

type Sending = {
  host?: string;
  port?: number;
  socketPath?: string;
  path: string;
  method: string;
  headers: Record<string, string>;
  payload: string | Buffer | undefined;
};

function answerOf({payload, ...options}: Sending): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = payload === undefined ? {} : {'content-length': String(Buffer.byteLength(payload))};
    const call = request({...options, headers: {...length, ...options.headers}, agent: false}, response => {
      if (response.headers['content-type']?.startsWith('text/event-stream') === true) {
        // It would stay.
        response.on('error', () => {});
        call.destroy();
        resolve({status: response.statusCode!, headers: response.headers, text: '', body: undefined});
        return;
      }
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk as Buffer));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const json = response.headers['content-type']?.startsWith('application/json') === true && text !== '';
        const body: unknown = json ? JSON.parse(text) : undefined;
        resolve({status: response.statusCode!, headers: response.headers, text, body});
      });
    });
    call.setTimeout(ANSWER_MS, () => call.destroy(new Error('no answer in time')));
    call.on('error', reject);
    call.end(payload);
  });
}
