import {join} from 'node:path';
import {tokenGate} from '../../source/api/callers.ts';
import {Server} from '../../source/api/server.ts';
import type {Role} from '../../source/domain/access.ts';
import {type Front, openFront} from './front.ts';
import type {Supervised} from './live-home.ts';

export type Served = {
  front: Front;
  /** `https://127.0.0.1:PORT`. */
  url: string;
  token: (role: Role) => Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A supervisor's API over TLS with tokens. */
export async function serveOverTls({supervisor, paths}: Supervised): Promise<Served> {
  const gate = tokenGate(async token => supervisor.callerOf(token));
  const server = new Server({fleetOf: async ({actor}) => supervisor.as(actor), gate});
  const socket = join(paths.tmp, 'plain.sock');
  await server.listen(socket);
  const front = await openFront(socket);
  return {
    front,
    url: `https://127.0.0.1:${front.port}`,
    token: async role => (await supervisor.as('cli').createToken({role})).token,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await server.close();
    },
  };
}
