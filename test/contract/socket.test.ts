import {socketGate} from '../../source/api/callers.ts';
import {Client} from '../../source/api/client.ts';
import {Server} from '../../source/api/server.ts';
import {client, type Way, wholeContract} from './ways.ts';

const overSocket: Way = async ({supervisor, paths}, undo) => {
  const server = new Server({fleetOf: async ({actor}) => supervisor.as(actor), gate: socketGate});
  await server.listenOn(paths.socket);
  undo.push(() => server.close());
  return async () => client(new Client({socket: paths.socket}), undo);
};

wholeContract('the client over the socket', overSocket);
