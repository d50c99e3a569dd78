import {z} from 'zod';
import {roles} from '../../domain/access.ts';
import {type Route, route} from '../route.ts';
import {line} from '../schemas/shape.ts';
import {newToken, tokenView} from '../schemas/system.ts';

export const accessRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/access',
    role: 'admin',
    summary: 'Tokens that people made, oldest first',
    result: z.array(tokenView),
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
      name: line.max(64).describe('For people; default its id').optional(),
      expires_at: z.number().int().positive().max(100_000_000_000).describe('Unix seconds; default never').optional(),
    }),
    result: newToken,
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
