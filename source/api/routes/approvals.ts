import {z} from 'zod';
import {type Route, route} from '../route.ts';

const text = z.string().max(100_000);

export const approvalRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/approvals',
    role: 'viewer',
    summary: 'What waits for a person, oldest first',
    handler: fleet => fleet.approvals(),
  }),
  route({
    method: 'POST',
    url: '/api/approvals/:id',
    role: 'operator',
    summary: 'Answer a request; the first answer wins, a later one is a 409',
    body: z.strictObject({
      decision: z.enum(['allow', 'always', 'deny']),
      /** Told to the agent with a denial. */
      message: text.optional(),
      /** Allow it from now on, too. */
      always: z.boolean().optional(),
      /** One of its choices by number, or a text. */
      answer: text.min(1).optional(),
      /** Replaces the tool's whole input. */
      input: z.unknown().optional(),
    }),
    handler: (fleet, {name, body}) => {
      const {decision, always, ...more} = body;
      return fleet.decide(name, {behaviour: decision === 'allow' && always ? 'always' : decision, ...more});
    },
  }),
];
