import assert from 'node:assert/strict';
import {readdirSync, readlinkSync} from 'node:fs';
import type {Fleet} from '../source/domain/fleet.ts';
import {lastOf, readableJournal} from '../test/chaos/audit.ts';
import {Stage} from '../test/chaos/stage.ts';
import type {Agent} from '../test/helpers/home.ts';
import {kill} from '../test/helpers/processes.ts';
import {chance} from '../test/real/chance.ts';
import {pause, until} from '../test/real/until.ts';
import type {Figure} from './figures.ts';
import {residentBytes} from './processes.ts';
import {slope} from './slope.ts';

/** Workers that keep their conversation, and those that do not. */
const KEPT = 9;
const PLAIN = 3;
/** What is loaded and compiled first is no growth, in minutes; half of a run that is shorter. */
const WARM = 5;
const LOOK_MS = 15_000;
/** Cards of each, done over and over: what a board keeps of done cards would be growth. */
const CARDS_EACH = 2;
/** A card may take so long, whatever happens to it, in ms: waits of a minute are part of it. */
const CARD_MS = 240_000;
/** Crashes of one session within ten minutes: the fifth is its last. */
const CRASHES = 4;
const CRASHES_WITHIN_MS = 600_000;
const COLLECTED_MS = 1500;
/** V8 gives nothing back while it need not: what is alive shows only after it was asked to collect. */
const COLLECTING = [
  '--expose-gc',
  '--import',
  'data:text/javascript,process.on("SIGUSR2",()=>gc({type:"major",flavor:"last-resort"}))',
];

type Worker = {name: string; agent: Agent; kept: boolean; fleet: Fleet; crashes: number[]; cards: string[]};
type Event = {
  name: string;
  /** How often, of a hundred cards. */
  share: number;
  kept: boolean;
  /** What its card says; what is done while it is worked on. */
  text: string;
  during?: (worker: Worker) => Promise<void>;
};

const mayCrash = ({crashes}: Worker): boolean =>
  crashes.filter(at => at > Date.now() - CRASHES_WITHIN_MS).length < CRASHES;

async function crash(worker: Worker): Promise<void> {
  if (!mayCrash(worker)) return;
  worker.crashes.push(Date.now());
  await kill(worker.agent.pid);
}

/** What happens to a card in a day. */
const events: readonly Event[] = [
  {name: 'done', share: 60, kept: false, text: 'work'},
  {name: 'asks', share: 12, kept: true, text: 'ASK', during: answer},
  {name: 'crashes', share: 10, kept: false, text: 'work', during: crash},
  {name: 'meets a limit', share: 6, kept: true, text: 'FAIL:429'},
  {name: 'meets an error', share: 6, kept: true, text: 'FAIL:529'},
  {name: 'overflows', share: 6, kept: true, text: 'FAIL:full'},
];

async function answer({name, fleet}: Worker): Promise<void> {
  await until(`${name} to ask`, async () => (await fleet.session(name)).activity === 'waiting', CARD_MS);
  await pause(ANSWER_MS);
  await fleet.keys(name, {keys: ['Enter'], force: true});
}
/** A dialog that has just come up takes no answer yet, in ms. */
const ANSWER_MS = 300;

/** A day of a fleet at high rate: each card ends as it should, and the supervisor does not grow. */
export async function day(minutes: number, say: (line: string) => void): Promise<Figure[]> {
  await using stage = new Stage({
    backend: 'tmux',
    config:
      'board:\n  claimsPerSession: 2\nwatchdog:\n  error:\n    first: 2s\n    tries: 5\n  limit:\n    first: 2s\n',
  });
  stage.node = COLLECTING;
  await stage.start();
  const workers: Worker[] = [];
  for (let i = 0; i < KEPT + PLAIN; i++) {
    const kept = i < KEPT;
    const name = `${kept ? 'kept' : 'plain'}-${i}`;
    const agent = kept
      ? await stage.historian(name, '--work', '250', '--compact', '400')
      : await stage.plain(name, '--work', '250');
    const fleet = stage.client();
    const cards: string[] = [];
    for (let n = 0; n < CARDS_EACH; n++) cards.push((await fleet.addCard({title: `${name} ${n}`})).id);
    workers.push({name, agent, kept, fleet, crashes: [], cards});
  }
  const random = chance(Number(process.env['AMUX_CHAOS_SEED'] ?? 1));
  const counts = new Map<string, number>();
  const begun = performance.now();
  const isOver = (): boolean => performance.now() - begun > minutes * 60_000;
  let cards = 0;
  const work = async (worker: Worker): Promise<void> => {
    while (!isOver()) {
      const event = pick(random.below(100), worker);
      try {
        await doCard(worker, {event, n: cards++});
      } catch (error) {
        say(lastOf(stage.paths, worker));
        throw error;
      }
      counts.set(event.name, (counts.get(event.name) ?? 0) + 1);
    }
  };
  const samples: Sample[] = [];
  const looking = (async () => {
    while (!isOver()) {
      await pause(LOOK_MS);
      const sample = await sampleOf(stage.pid!, (performance.now() - begun) / 60_000);
      samples.push(sample);
      say(
        `${sample.minute.toFixed(1)} min  ${cards} cards  ${(sample.kilobytes / 1024).toFixed(1)} MB  ${sample.files} open files`,
      );
    }
  })();
  await Promise.all([...workers.map(work), looking]);
  await using fleet = stage.client();
  const board = await fleet.cards();
  const undone = board.filter(({status}) => status !== 'done').map(({title, status}) => `${title}: ${status}`);
  assert.deepEqual(undone, [], 'cards that did not end as they should');
  for (const {fleet: own} of workers) await own[Symbol.asyncDispose]();
  await stage.stop();
  const entries = readableJournal(stage.paths);
  const fired = entries.filter(({type}) => type === 'watchdog.fired').length;
  const warm = samples.filter(({minute}) => minute >= Math.min(WARM, minutes / 2));
  const told = [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
  const line = (of: (sample: Sample) => number) => slope(warm.map(each => ({x: each.minute, y: of(each)})));
  return [
    {name: 'times that a card was done', value: cards, unit: '', note: told},
    {name: 'times that a rule of the watchdog fired', value: fired, unit: ''},
    {name: 'memory of the supervisor at the end, collected', value: samples.at(-1)!.kilobytes / 1024, unit: 'MB'},
    {name: 'its slope once warm', value: line(({kilobytes}) => kilobytes), unit: 'KB/min', aim: 256},
    {name: 'open files at the end', value: samples.at(-1)!.files, unit: ''},
    {name: 'their slope once warm', value: line(({files}) => files), unit: '/min', aim: 0.5},
  ];
}

function pick(roll: number, worker: Worker): Event {
  const all = events.flatMap(event => Array<Event>(event.share).fill(event));
  const found = all[roll]!;
  return found.kept && !worker.kept ? events[0]! : found;
}

/** Its holder claims it, gets its text, and does it; whatever happens on the way, it is done in the end, once. */
async function doCard(worker: Worker, {event, n}: {event: Event; n: number}): Promise<void> {
  const {name, agent, fleet, kept, cards} = worker;
  const text = `card ${n} ${event.text}`;
  const id = cards[n % CARDS_EACH]!;
  await fleet.updateCard(id, {status: 'todo'});
  await fleet.claimCard(id, {session: name});
  await fleet.send(name, {text, id: `m-card-${n}`});
  const has = () => agent.prompts.filter(each => each === text).length;
  await until(
    () => `${name} to have "${text}"`,
    () => has() > 0,
    CARD_MS,
  );
  await event.during?.(worker);
  await until(
    () => `${name} to be through with "${text}"`,
    async () => {
      const {queue, activity, status} = await fleet.session(name);
      return status === 'running' && queue === 0 && (activity === 'idle' || activity === 'finished');
    },
    CARD_MS,
  );
  if (kept) assert.equal(has(), 1, `${name} got "${text}" so often`);
  else assert.ok(has() <= 2, `${name} got "${text}" ${has()} times`);
  const {claim} = await fleet.card(id);
  assert.equal(claim?.holder, name, `${id} is still its own`);
  await fleet.updateCard(id, {status: 'done'});
}

type Sample = {minute: number; kilobytes: number; files: number};

async function sampleOf(pid: number, minute: number): Promise<Sample> {
  process.kill(pid, 'SIGUSR2');
  await pause(COLLECTED_MS);
  return {minute, kilobytes: residentBytes(pid) / 1024, files: openFiles(pid)};
}

/** What it holds open, without what comes and goes with each look at /proc. */
function openFiles(pid: number): number {
  const dir = `/proc/${pid}/fd`;
  const targets = readdirSync(dir).map(fd => {
    try {
      return readlinkSync(`${dir}/${fd}`);
    } catch {
      return '/proc/'; // Closed meanwhile.
    }
  });
  return targets.filter(target => !target.startsWith('/proc/')).length;
}
