import {z} from 'zod';
import {AmuxError} from '../../domain/errors.ts';
import type {SessionView} from '../../domain/fleet.ts';
import {goals, reach} from '../../domain/reach.ts';
import {type Tool, tool} from '../tool.ts';

const PEEK_LINES = 50;
const PEEK_MAX = 1000;
/** Clients give a call up after a while; most wait for a minute. */
const WAIT_S = 50;
const WAIT_MAX_S = 600;

const session = z.string().min(1).max(200).describe('Name or id of a session');

export const sessionTools: Tool[] = [
  tool({
    name: 'list_sessions',
    description: 'The sessions of this fleet: who they are, what they do, what they wait for.',
    input: z.strictObject({}),
    handler: async fleet => (await fleet.sessions()).map(shown),
  }),
  tool({
    name: 'peek',
    description: 'The screen of a session, as text.',
    input: z.strictObject({
      session,
      lines: z.number().int().min(1).max(PEEK_MAX).optional().describe(`At most this many; default ${PEEK_LINES}`),
    }),
    handler: async (fleet, {input}) => (await fleet.peek(input.session, {lines: input.lines ?? PEEK_LINES})).output,
  }),
  tool({
    name: 'send',
    description: 'A message to another session. It is delivered when its turn ends, exactly once.',
    input: z.strictObject({session, text: z.string().min(1).max(1_000_000)}),
    handler: (fleet, {input}) => fleet.send(input.session, {text: input.text}),
  }),
  tool({
    name: 'wait',
    description: 'Wait until a session is idle, waits for a person, finished its turn, or exited.',
    input: z.strictObject({
      session,
      until: z.enum(goals),
      timeout: z.number().min(0.1).max(WAIT_MAX_S).optional().describe(`Seconds; default ${WAIT_S}`),
    }),
    async handler(fleet, {input: {session: ref, until, timeout = WAIT_S}, signal}) {
      const first = await fleet.session(ref);
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), timeout * 1000);
      try {
        const reached = await reach({fleet, first, until, signal: AbortSignal.any([signal, limit.signal])});
        if (reached !== null) return shown(reached);
        const {activity, status, name} = await fleet.session(first.id);
        throw new AmuxError('wait.timeout', {name, until, timeout: `${timeout}s`, activity: activity ?? status});
      } finally {
        clearTimeout(timer);
        limit.abort(); // The stream of events ends with it.
      }
    },
  }),
];

const shown = ({
  name,
  id,
  agent,
  dir,
  branch,
  tags,
  status,
  activity,
  reason,
  waitingFor,
  queue,
  preview,
}: SessionView) => {
  return {name, id, agent, dir, branch, tags, status, activity, reason, waitingFor, queue, preview};
};
