import type {FastifyRequest} from 'fastify';
import type {Caller} from '../domain/access.ts';
import {AmuxError} from '../domain/errors.ts';

/** Says who calls. Throws `access.missing` and `access.refused`. */
export type Gate = (request: FastifyRequest) => Promise<Caller>;

/** On the home's own socket everybody is its user; a program may say how the journal names it. */
export const socketGate: Gate = async request => {
  const named = request.headers['x-amux-actor'];
  return {actor: named === 'cockpit' ? 'cockpit' : 'cli', role: 'admin', session: null};
};

/** Over TCP a token is needed: `Bearer TOKEN`, or as the password of `Basic`. */
export function tokenGate(callerOf: (token: string) => Promise<Caller | null>): Gate {
  return async request => {
    const token = tokenOf(request.headers.authorization);
    if (token === null) throw new AmuxError('access.missing');
    const caller = await callerOf(token);
    if (caller === null) throw new AmuxError('access.refused');
    return caller;
  };
}

function tokenOf(header: string | undefined): string | null {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(header ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'basic':
      return /^[^:]*:(.+)$/s.exec(Buffer.from(value, 'base64').toString())?.[1] ?? null;
    default:
      return null;
  }
}
