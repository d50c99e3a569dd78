import {z} from 'zod';
import {type Route, route} from '../route.ts';

/** Between two supervisors, on the home's socket only: no part of the API. */
export const handOverRoute = (handOver: (to: number) => void): Route =>
  route({
    method: 'POST',
    url: '/api/handover',
    role: 'admin',
    summary: 'Leave the home to the supervisor of this pid',
    status: 202,
    body: z.strictObject({pid: z.int().positive()}),
    handler: async (_fleet, {body}) => {
      handOver(body.pid);
      return {};
    },
  });
