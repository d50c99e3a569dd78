import {randomBytes} from 'node:crypto';
import {AmuxError} from '../domain/errors.ts';
import type {Fleet, MessageInput} from '../domain/fleet.ts';
import {reasonNow, whyItWaits} from '../domain/queue-reason.ts';
import {checkNotOver, type Session} from '../domain/session.ts';
import {isPending, MESSAGE_MAX_BYTES, type Message, QUEUE_CAP} from '../domain/steering.ts';
import {press} from './press.ts';
import type {QueuedBy} from './queue.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';
import {eachOf} from './selection.ts';

type Queued = MessageInput & {actor: string; by?: QueuedBy};

type Steering = {
  as: (actor: string) => Pick<Fleet, 'send' | 'sendAll' | 'keys' | 'type' | 'queue' | 'clearQueue'>;
  /** Answered with the first one when its id is known; throws what keeps it from being queued. */
  send: (runner: Runner, input: Queued) => Message;
  enqueue: (runner: Runner, input: Queued) => Message;
};

/** What puts text and keys into sessions. */
export function steering({roster, now}: {roster: Roster; now: () => number}): Steering {
  const positions = roster.all.flatMap(({queue}) => queue.messages.map(({position}) => position));
  let last = positions.reduce((highest, each) => Math.max(highest, each), 0);

  const enqueue = (runner: Runner, {text, id, asCommand = false, now: urgent = false, actor, by}: Queued): Message => {
    const {session} = runner;
    if (runner.queue.pending.length >= QUEUE_CAP) {
      throw new AmuxError('queue.full', {name: session.name, count: runner.queue.pending.length});
    }
    const at = now();
    const message: Message = {
      id: id ?? `m-${randomBytes(5).toString('hex')}`,
      session: session.id,
      text,
      asCommand,
      state: 'queued',
      reason: runner.held ?? whyItWaits(session),
      actor,
      createdAt: at,
      changedAt: at,
      position: ++last,
      ...(urgent ? {now: true} : {}),
    };
    runner.outbox.enqueue(message, by);
    return message;
  };

  const send = (runner: Runner, message: Queued): Message => {
    const {session} = runner;
    if (message.now === true && session.activity === 'working' && roster.agentOf(session).interrupt === null) {
      throw new AmuxError('agent.interrupt', {name: session.name, agent: session.agent});
    }
    // A retry with the same id is answered with what became of the first.
    const known = message.id === undefined ? undefined : runner.queue.messages.find(({id}) => id === message.id);
    if (known !== undefined && known.text === message.text) return known;
    checkNotOver(session);
    // Another text is no repeat: answered with the fate of the first, it would be lost without a word.
    const taken = roster.all.some(({queue}) => queue.messages.some(({id}) => id === message.id));
    if (taken) throw new AmuxError('message.taken', {id: message.id!});
    return enqueue(runner, message);
  };

  const as: Steering['as'] = actor => ({
    async send(ref, message) {
      const runner = roster.find(ref);
      checkText(message.text);
      const {id, state, reason} = send(runner, {...message, actor});
      return {id, state, reason};
    },

    async sendAll(of, message) {
      checkText(message.text);
      return eachOf(roster, of, async runner => {
        const id = message.id === undefined ? undefined : `${message.id}.${runner.session.id}`;
        send(runner, {...message, id, actor});
      });
    },

    async keys(ref, {keys, force = false}) {
      const runner = roster.live(ref);
      const {session} = runner;
      if (!force) checkNoDialog(session);
      const before = () => {
        // A menu that the keys before have opened takes the next one; what came up by itself does not.
        if (!force && runner.session.activity === 'waiting') checkNoDialog(runner.session);
        runner.screen.typed();
      };
      await press({backend: roster.backendOf(session), id: session.id, keys, before});
    },

    async type(ref, bytes) {
      const runner = roster.live(ref);
      runner.screen.typed();
      await roster.backendOf(runner.session).write(runner.session.id, bytes);
    },

    async queue(ref) {
      const {queue, session, held} = roster.find(ref);
      return queue.messages
        .filter(message => isPending(message) || message.state === 'uncertain')
        .map(message => {
          const {createdAt, id, text, state, actor} = message;
          const reason = reasonNow(message, session, held);
          return {id, text, state, reason, actor, created_at: Math.floor(createdAt / 1000)};
        });
    },

    async clearQueue(ref) {
      return roster.find(ref).queue.drop(actor);
    },
  });

  return {as, send, enqueue};
}

function checkNoDialog({name, signals, activity, waitingFor}: Session): void {
  const reading = signals.screen?.reading;
  if (reading?.dialog !== true && activity !== 'waiting') return;
  throw new AmuxError('session.dialog', {name, dialog: waitingFor?.detail ?? reading?.rule ?? ''});
}

function checkText(text: string): void {
  if (text.trim() === '') throw new AmuxError('message.empty');
  if (Buffer.byteLength(text) > MESSAGE_MAX_BYTES) {
    throw new AmuxError('input.invalid', {
      why: 'the text is longer than 1 MB',
      next: 'put it into a file and name the file',
    });
  }
}
