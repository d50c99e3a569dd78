import {agentOf} from '../agents/registry.ts';
import type {Change} from '../domain/events.ts';
import {isAtRest} from '../domain/session.ts';
import type {Message} from '../domain/steering.ts';
import {type CutSeen, takeUp} from '../domain/takeup.ts';
import {type Cut, firingText} from '../domain/watch.ts';
import {historyOf} from './comebacks.ts';
import {readTurns} from './history.ts';
import type {Life} from './life.ts';
import type {Runner} from './runner.ts';

/** What an agent is asked when its turn was cut off. */
const CONTINUE =
  'Your process ended in the middle of your last turn and was started again with the same conversation. ' +
  'Look at what is already done, then go on from there.';

/**
 * Decides from evidence what becomes of a turn that a crash cut off, once the next process stands at its turn boundary.
 * All of it is one entry of the journal: a supervisor that dies before it does it again, one that dies after it does not.
 */
export async function takeUpCut(runner: Runner, {life, now}: {life: Life; now: () => number}): Promise<void> {
  await runner.outbox.idle();
  const history = await read(runner, life);
  const {session} = runner;
  const {cut, fired} = session.watch;
  if (runner.closed || cut === null || !isAtRest(session)) return;
  const {queue} = runner;
  const resumed = session.run?.resumed !== undefined;
  const {compactCommand} = agentOf(session.agentType);
  const taken = takeUp({cut, messages: queue.messages, resumed, history, compactCommand});
  const changes: Change[] = [
    ...taken.delivered.map(message => queue.put(message, 'delivered', 'it stands in the history of the agent')),
    ...taken.queue.map(message => queue.put(message, 'queued', queuedAgain(message))),
  ];
  if (taken.goOn) changes.push(queue.putFirst(continuing({cut, session, at: now()})));
  const verdict = taken.goOn ? 'continue' : taken.queue.length > 0 ? 'deliver' : 'back';
  const reason = `${cut.why ?? 'it crashed'}, and is back; ${taken.why}`;
  const firing = {rule: 'crash' as const, at: now(), verdict, reason, dryRun: false};
  // It is asked once, whatever cut it off before.
  const pause = taken.goOn && session.watch.pause !== null ? {...session.watch.pause, cut: false} : session.watch.pause;
  runner.tookUp(
    {...session.watch, cut: null, pause, fired: {...fired, crash: firing}},
    {reason: firingText(firing), changes},
  );
}

async function read(runner: Runner, life: Life): Promise<CutSeen['history']> {
  const {session} = runner;
  const {transcript} = agentOf(session.agentType);
  const file = await historyOf(runner, life);
  if (transcript === null || file === null) return null;
  return readTurns(transcript, file, session.watch.cut?.startedAt ?? 0);
}

const queuedAgain = ({state}: Message): string =>
  state === 'uncertain' ? 'its process crashed before it arrived' : 'its process crashed in its turn';

function continuing({cut, session, at}: {cut: Cut; session: {id: string}; at: number}): Omit<Message, 'position'> {
  return {
    id: `continue-${cut.run}`,
    session: session.id,
    text: CONTINUE,
    asCommand: false,
    state: 'queued',
    reason: 'its turn was cut off by a crash',
    actor: 'watchdog',
    createdAt: at,
    changedAt: at,
  };
}
