import type {FastifyRequest} from 'fastify';
import type {Caller} from '../domain/access.ts';
import {AmuxError} from '../domain/errors.ts';
import {type FailureLimit, Failures} from './failures.ts';

/** Says who calls. Throws `access.missing`, `access.refused` and `access.attempts`. */
export type Gate = (request: FastifyRequest) => Promise<Caller>;

const PROGRAMS = ['cockpit', 'mcp'];

/** On the home's own socket everybody is its user; a program may say how the journal names it. */
export const socketGate: Gate = async request => {
  const named = request.headers['x-amux-actor'];
  return {actor: PROGRAMS.find(each => each === named) ?? 'cli', role: 'admin', session: null};
};

/**
 * Over TCP a token is needed: `Bearer TOKEN`, or as the password of `Basic`. Who fails too often is told to wait; a
 * valid token is taken all the same, because all programs of a machine come from one address.
 */
export function tokenGate(callerOf: (token: string) => Promise<Caller | null>, limit: FailureLimit = {}): Gate {
  const failures = new Failures(limit);
  return async request => {
    const token = tokenOf(request.headers.authorization);
    const caller = token === null ? null : await callerOf(token);
    if (caller !== null) return caller;
    const seconds = failures.add(request.ip ?? '');
    if (seconds > 0) throw new AmuxError('access.attempts', {seconds});
    throw new AmuxError(token === null ? 'access.missing' : 'access.refused');
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
