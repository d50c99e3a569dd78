import {readFileSync} from 'node:fs';
import {describe, type TestContext} from 'node:test';
import {socketGate} from '../../source/api/callers.ts';
import {Client} from '../../source/api/client.ts';
import {Server} from '../../source/api/server.ts';
import {PtyBackend} from '../../source/backends/pty.ts';
import type {Fleet} from '../../source/domain/fleet.ts';
import {openStore} from '../../source/store/store.ts';
import {Offline} from '../../source/supervisor/offline.ts';
import {hostArgv} from '../backends/pty-subject.ts';
import {certificates} from '../helpers/front.ts';
import {type Supervised, supervise} from '../helpers/live-home.ts';
import {serveOverTls} from '../helpers/served.ts';
import {changesContract} from './changes.ts';
import {fleetContract, leaveSomething, readingContract, type Subject} from './fleet.ts';
import {forkContract} from './forks.ts';
import {mcpContract, mcpReadingContract} from './mcp.ts';
import {scheduleContract} from './schedules.ts';
import {workContract} from './work.ts';
import {workspaceContract} from './workspaces.ts';

/** Makes fleets over a supervisor; what it opens ends with the test, before the supervisor does. */
type Way = (supervised: Supervised, undo: (() => Promise<unknown>)[]) => Promise<() => Promise<Fleet>>;

const inProcess: Way =
  async ({supervisor}) =>
  async () =>
    supervisor.as('cli');

const overSocket: Way = async ({supervisor, paths}, undo) => {
  const server = new Server({fleetOf: async ({actor}) => supervisor.as(actor), gate: socketGate});
  await server.listenOn(paths.socket);
  undo.push(() => server.close());
  return async () => client(new Client({socket: paths.socket}), undo);
};

const overTls: Way = async (supervised, undo) => {
  const served = await serveOverTls(supervised);
  undo.push(() => served[Symbol.asyncDispose]());
  const token = await served.token('admin');
  const trust = {kind: 'certificates' as const, pem: readFileSync(certificates.home, 'utf8'), advice: ''};
  return async () => client(new Client({url: served.url, token, trust}), undo);
};

function client(made: Client, undo: (() => Promise<unknown>)[]): Client {
  undo.push(() => made[Symbol.asyncDispose]());
  return made;
}

async function opened(context: TestContext, way: Way): Promise<Subject & {supervised: Supervised}> {
  const supervised = await supervise();
  const undo: (() => Promise<unknown>)[] = [];
  context.after(async () => {
    for (const step of undo.reverse()) await step();
    await supervised[Symbol.asyncDispose]();
  });
  const another = await way(supervised, undo);
  const {work, agent, shutdowns} = supervised;
  return {fleet: await another(), another, work, agent, shutdowns, supervised};
}

for (const [name, way] of [
  ['the supervisor', inProcess],
  ['the client over the socket', overSocket],
  ['the client over TLS with a token', overTls],
] as const) {
  describe(name, {concurrency: 2}, () => {
    fleetContract(context => opened(context, way));
    workContract(context => opened(context, way));
    workspaceContract(context => opened(context, way));
    scheduleContract(context => opened(context, way));
    mcpContract(context => opened(context, way));
    forkContract(context => opened(context, way));
    changesContract(context => opened(context, way));
    const read = async (context: TestContext) => {
      const subject = await opened(context, way);
      return {fleet: subject.fleet, left: await leaveSomething(subject)};
    };
    readingContract(read);
    mcpReadingContract(read);
  });
}

describe('the store without a supervisor', {concurrency: 2}, () => {
  const read = async (context: TestContext) => {
    const {fleet: supervising, supervised} = await opened(context, inProcess);
    const {paths, work, agent, leave} = supervised;
    const left = await leaveSomething({fleet: supervising, work, agent});
    await leave();
    const store = await openStore({paths, readOnly: true, now: Date.now});
    const backends = [new PtyBackend({socket: paths.ptySocket, hostArgv: hostArgv(paths.ptySocket)})];
    const {screens: screensDir, memory: memoryDir, home} = paths;
    const ledger = {file: paths.ledger, env: null};
    const options = {store, backends, screensDir, memoryDir, home, ledger, version: '0.0.0', now: Date.now};
    const fleet = await Offline.open(options);
    context.after(() => fleet[Symbol.asyncDispose]());
    return {fleet, left};
  };
  readingContract(read);
  mcpReadingContract(read);
});
