import {z} from 'zod';
import {metrics} from '../metrics.ts';
import {type Route, route} from '../route.ts';
import {externalCommand, health} from '../schemas/system.ts';

export const systemRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/health',
    role: 'viewer',
    summary: 'Who supervises this home, and where its journal stands',
    result: health,
    handler: fleet => fleet.health(),
  }),
  route({
    method: 'GET',
    url: '/api/commands',
    role: 'operator',
    summary: 'The last processes that the supervisor ran besides its sessions: git, tmux, set-up commands',
    result: z.array(externalCommand),
    handler: fleet => fleet.commands(),
  }),
  route({
    method: 'GET',
    url: '/metrics',
    role: 'viewer',
    summary: 'The fleet and its supervisor for Prometheus',
    type: 'text/plain; version=0.0.4; charset=utf-8',
    result: z.string(),
    handler: (fleet, {traffic}) => metrics(fleet, traffic),
  }),
  route({
    method: 'POST',
    url: '/api/shutdown',
    role: 'admin',
    summary: 'End the supervisor; sessions live on',
    status: 202,
    result: z.strictObject({}),
    handler: async fleet => {
      await fleet.shutdown();
      return {};
    },
  }),
];
