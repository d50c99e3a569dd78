import type {Fleet, Sent, SessionView} from '../../domain/fleet.ts';
import {MESSAGE_MAX_BYTES} from '../../domain/steering.ts';
import type {Run} from '../command.ts';
import {boolFlag} from '../flags.ts';
import {readInput} from './input-text.ts';

/** How long `send` watches for the delivery, so that it can say more than "queued", in ms. */
const WATCH_MS = 6000;
const LOOK_EVERY_MS = 40;
/** The same for one that interrupts, in ms. */
const INTERRUPT_MS = 12_000;
/** A session that has been working for less may only be printing its greeting: that is waited for, in s. */
const BURST_S = 3;

/** So much of a message stands in the table of a queue, in characters. */
const TEXT_SHOWN = 500;

const INPUT = {
  max: MESSAGE_MAX_BYTES,
  size: '1 MB',
  next: 'amux send NAME TEXT, or pipe it: … | amux send NAME -',
};

export const send: Run = async context => {
  const {args, output} = context;
  const [ref, ...words] = args;
  const text =
    words.length === 0 || (words.length === 1 && words[0] === '-') ? await readInput(context, INPUT) : words.join(' ');
  const fleet = await context.fleet('write');
  const now = boolFlag(context, 'now');
  const sent = await fleet.send(ref!, {text, asCommand: boolFlag(context, 'asCommand'), now});
  const last = await watched(fleet, {ref: ref!, sent, now});
  const {name} = await fleet.session(ref!);
  if (output.json) output.value(last);
  else output.line(`${last.state === 'delivered' ? 'delivered to' : `${last.state} for`} ${name}: ${last.reason}`);
  return last.state === 'uncertain' ? 1 : 0;
};

export const keys: Run = async context => {
  const [ref, ...names] = context.args;
  const fleet = await context.fleet('write');
  await fleet.keys(ref!, {keys: names, force: boolFlag(context, 'force')});
  if (context.output.json) context.output.value({keys: names});
  return 0;
};

export const queue: Run = async context => {
  const {args, output} = context;
  if (boolFlag(context, 'clear')) {
    const fleet = await context.fleet('write');
    const dropped = await fleet.clearQueue(args[0]!);
    if (output.json) output.value({dropped});
    else output.line(`${dropped} dropped`);
    return 0;
  }
  const messages = await (await context.fleet('read')).queue(args[0]!);
  if (output.json) output.value(messages);
  else {
    const rows = messages.map(({id, state, reason, text}) => [id, state, reason, inOneLine(text)]);
    await output.table(['ID', 'STATE', 'WHY', 'TEXT'], rows);
  }
  return 0;
};

/** A message as a row of a table shows it: of a long one the beginning, and its length. */
function inOneLine(text: string): string {
  const line = text.slice(0, TEXT_SHOWN).replace(/\s+/g, ' ');
  return text.length <= TEXT_SHOWN ? line : `${line}… (${text.length} characters; --json has them)`;
}

/** Only a session at its turn boundary takes it soon; the others are not waited for. */
async function watched(fleet: Fleet, {ref, sent, now}: {ref: string; sent: Sent; now: boolean}): Promise<Sent> {
  const end = Date.now() + (now ? INTERRUPT_MS : WATCH_MS);
  let last = sent;
  while (Date.now() < end && last.state !== 'delivered' && last.state !== 'uncertain') {
    const session = await fleet.session(ref);
    if (!session.running) return {...last, reason: untilWhen(session)};
    const [still] = (await fleet.queue(ref)).filter(message => message.id === sent.id);
    if (still === undefined) return {...last, state: 'delivered', reason: 'typed and entered'};
    last = {id: still.id, state: still.state, reason: still.reason};
    if (session.activity === 'waiting' && still.state === 'queued') {
      const {until} = session.watchdog;
      if (until !== null) return {...last, reason: `it waits: ${session.waitingFor?.detail ?? 'for a limit'}`};
      return {...last, reason: `it waits for a person (${session.waitingFor?.detail ?? 'a dialog'})`};
    }
    const since = Date.now() / 1000 - (session.activity_since ?? 0);
    if (!now && session.activity === 'working' && since > BURST_S && still.state === 'queued')
      return {...last, reason: 'it is working; delivered when its turn ends'};
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return last;
}

/** It ended while its message was on the way, or before. */
function untilWhen({name, kind}: SessionView): string {
  if (kind === 'one-shot') return `${name} has ended, and one-shot sessions do not start again`;
  return `${name} does not run: amux start ${name} delivers it`;
}
