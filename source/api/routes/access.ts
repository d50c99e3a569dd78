import {z} from 'zod';
import {roles} from '../../domain/access.ts';
import {type Route, route} from '../route.ts';

export const accessRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/access',
    role: 'admin',
    summary: 'Tokens that people made, oldest first',
    handler: fleet => fleet.listTokens(),
  }),
  route({
    method: 'POST',
    url: '/api/access',
    role: 'admin',
    summary: 'Make a token; the answer is the only place that shows it',
    status: 201,
    body: z.strictObject({
      role: z.enum(roles),
      name: z.string().min(1).max(64).optional(),
      /** Unix seconds. */
      expires_at: z.number().int().positive().max(100_000_000_000).optional(),
    }),
    handler: (fleet, {body}) => fleet.createToken(body),
  }),
  route({
    method: 'DELETE',
    url: '/api/access/:id',
    role: 'admin',
    summary: 'Revoke a token by its id or name, at once',
    status: 204,
    handler: (fleet, {name}) => fleet.revokeToken(name),
  }),
];
