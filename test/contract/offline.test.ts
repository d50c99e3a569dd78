import {describe, type TestContext} from 'node:test';
import {PtyBackend} from '../../source/backends/pty.ts';
import {openStore} from '../../source/store/store.ts';
import {Offline} from '../../source/supervisor/offline.ts';
import {hostArgv} from '../backends/pty-subject.ts';
import {leaveSomething, readingContract} from './fleet.ts';
import {mcpReadingContract} from './mcp.ts';
import {inProcess, opened} from './ways.ts';

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
