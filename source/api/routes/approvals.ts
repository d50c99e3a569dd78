import {z} from 'zod';
import {type Route, route} from '../route.ts';
import {approvalView, decided} from '../schemas/session.ts';

const text = z.string().max(100_000);

export const approvalRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/approvals',
    role: 'viewer',
    summary: 'What waits for a person, oldest first',
    result: z.array(approvalView),
    handler: fleet => fleet.approvals(),
  }),
  route({
    method: 'POST',
    url: '/api/approvals/:id',
    role: 'operator',
    summary: 'Answer a request; the first answer wins, a later one is a 409',
    body: z.strictObject({
      decision: z.enum(['allow', 'always', 'deny']),
      message: text.describe('Told to the agent with a denial').optional(),
      always: z.boolean().describe('Allow it from now on, too').optional(),
      answer: text.min(1).describe('One of its choices by number, or a text').optional(),
      input: z.unknown().describe('Replaces the whole input of the tool').optional(),
    }),
    result: decided,
    handler: (fleet, {name, body}) => {
      const {decision, always, ...more} = body;
      return fleet.decide(name, {behaviour: decision === 'allow' && always ? 'always' : decision, ...more});
    },
  }),
];
