import {readFileSync} from 'node:fs';
import {tokenGate} from '../../source/api/callers.ts';
import {Server} from '../../source/api/server.ts';
import type {Role} from '../../source/domain/access.ts';
import {certificates} from './front.ts';
import type {Supervised} from './live-home.ts';

export type Served = {
  /** `https://127.0.0.1:PORT`. */
  url: string;
  token: (role: Role) => Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A supervisor's API over TLS with tokens. */
export async function serveOverTls({supervisor}: Supervised): Promise<Served> {
  const server = new Server({
    fleetOf: async ({actor}) => supervisor.as(actor),
    gate: tokenGate(async token => supervisor.callerOf(token)),
    tls: {cert: readFileSync(certificates.home, 'utf8'), key: readFileSync(certificates.homeKey, 'utf8')},
  });
  await server.listen({host: '127.0.0.1', port: 0});
  return {
    url: `https://127.0.0.1:${server.port}`,
    token: async role => (await supervisor.as('cli').createToken({role})).token,
    [Symbol.asyncDispose]: () => server.close(),
  };
}
