import {readFileSync} from 'node:fs';
import {connect, type Socket} from 'node:net';
import {createServer} from 'node:tls';

const fixture = (name: string) => new URL(`../fixtures/tls/${name}`, import.meta.url).pathname;

/** Certificates of tests: of a home, and of somebody else. Both bear a name that no test connects to. */
export const certificates = {
  home: fixture('home.cert.pem'),
  homeKey: fixture('home.key.pem'),
  other: fixture('other.cert.pem'),
};

export type Front = {
  port: number;
  /** How many connections were taken. */
  taken: number;
  /** Ends all connections as a network would that broke. */
  cut: () => void;
  [Symbol.asyncDispose](): Promise<void>;
};

/** TLS with the home's certificate in front of a unix socket. */
export async function openFront(socket: string): Promise<Front> {
  const open = new Set<Socket>();
  const options = {cert: readFileSync(certificates.home), key: readFileSync(certificates.homeKey)};
  const server = createServer(options, near => {
    front.taken++;
    const far = connect(socket);
    for (const [one, two] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(two);
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        two.destroy();
      });
    }
  });
  server.on('tlsClientError', () => {}); // Who does not trust it leaves.
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const front: Front = {
    port: (server.address() as {port: number}).port,
    taken: 0,
    cut: () => {
      for (const each of open) each.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const each of open) each.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return front;
}
