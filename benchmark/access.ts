import {readFileSync} from 'node:fs';
import {Agent, request} from 'node:https';
import type {BenchFleet} from './fleet.ts';

/** How scripts reach a supervisor: over HTTPS, with a token. */
export type Access = {url: string; token: string; ca: string; agent: Agent};

export async function accessTo(fleet: BenchFleet, sockets: number): Promise<Access> {
  const {token} = JSON.parse(await fleet.amux('token', 'create', '--role', 'admin', '--json')) as {token: string};
  const {url} = JSON.parse(readFileSync(fleet.paths.supervisor, 'utf8')) as {url: string};
  const ca = readFileSync(fleet.paths.certificate, 'utf8');
  return {url, token, ca, agent: new Agent({keepAlive: true, maxSockets: sockets, ca})};
}

/** Rejects unless it is answered with a 2xx. */
export function call(
  {url, token, agent}: Access,
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<{status: number; text: string}> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : {'content-type': 'application/json'}),
    };
    const sent = request(`${url}${path}`, {agent, method, headers}, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const text = Buffer.concat(chunks).toString();
        if (status < 300) resolve({status, text});
        else reject(new Error(`${path} was answered with ${status}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
