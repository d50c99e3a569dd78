import {z} from 'zod';
import type {NoticeTrial} from '../../domain/notices.ts';
import {type Route, route} from '../route.ts';
import {line, shapeOf} from '../schemas/shape.ts';

/** More than are ever on one screen. */
const SESSIONS_MAX = 100;

const trial = shapeOf<NoticeTrial>()(
  z.strictObject({channel: z.string(), ok: z.boolean(), says: z.string()}).meta({id: 'NoticeTrial'}),
);

/** Telling people what they do not look at. */
export const noticeRoutes: Route[] = [
  route({
    method: 'POST',
    url: '/api/looks',
    role: 'operator',
    summary: 'A person looks at these sessions for the next two minutes: no notice goes out for them',
    status: 204,
    body: z.strictObject({
      viewer: line.max(64).describe('Who looks, by an id of his own choice; what it says takes the place of before'),
      sessions: z.array(line).max(SESSIONS_MAX).describe('By names or ids; none: at nothing any more'),
    }),
    handler: (fleet, {body}) => fleet.lookAt(body),
  }),
  route({
    method: 'POST',
    url: '/api/notices/test',
    role: 'operator',
    summary: 'Send a trial to every webhook, once, and to the desktop of the supervisor; says what became of each',
    result: z.array(trial),
    handler: fleet => fleet.testNotices(),
  }),
];
