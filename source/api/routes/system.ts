import {type Route, route} from '../route.ts';

export const systemRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/health',
    role: 'viewer',
    summary: 'Who supervises this home',
    handler: fleet => fleet.health(),
  }),
  route({
    method: 'POST',
    url: '/api/shutdown',
    role: 'admin',
    summary: 'End the supervisor; sessions live on',
    status: 202,
    handler: async fleet => {
      await fleet.shutdown();
      return {};
    },
  }),
];
