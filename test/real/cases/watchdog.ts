import {QUIET} from '../home.ts';
import {expect} from '../judge.ts';
import type {Stage} from '../stage.ts';
import type {ModelRequest} from '../stand-in.ts';
import {pause, until} from '../until.ts';
import type {Case} from './case.ts';

/** The configuration is looked at once a second, in ms. */
const CONFIGURED_MS = 1500;
const TOLD_MS = 60_000;
/** The stand-ins find such words in what the person said. */
const CUT = 'msg-7201';
const GO_ON = 'cut off your last turn';

/** What the watchdog does about limits, errors and full contexts. */
export const watchdog: readonly Case[] = [
  {
    name: 'limit, slept out',
    begins: 'ready',
    spoils: true,
    without: ({says}) => (says.limitOnce === undefined ? 'it tries again by itself for minutes' : null),
    play: stage => {
      const {says, sees} = stage.program;
      return guarded(stage, '{limit: {first: 6s}}', async since => {
        const failed = await stage.prompt(`${CUT} ${says.limitOnce} SAY:never`);
        await haltsAt(stage, {since: failed.t, pattern: sees.limit!, kind: 'limit'});
        await stage.send(`${stage.mark}-next SAY:next`);
        const {waitingFor, queue} = await stage.home.client.session(stage.ref);
        stage.must(/^sleeps until \d\d:\d\d: /.test(waitingFor?.detail ?? ''), `it shows ${waitingFor?.detail}`);
        stage.must(queue === 1, `${queue} messages wait`);
        await goesOn(stage, since);
      });
    },
  },
  {
    name: 'API error, tried again',
    begins: 'ready',
    spoils: true,
    without: ({name}) => (name === 'codex' ? null : 'it tries again by itself for minutes'),
    play: stage => {
      return guarded(stage, '{error: {first: 4s}}', async since => {
        const failed = await stage.prompt(`${CUT} ERR:500 SAY:never`);
        await haltsAt(stage, {since: failed.t, pattern: stage.program.sees.error, kind: 'error'});
        await stage.send(`${stage.mark}-next SAY:next`);
        await goesOn(stage, since);
      });
    },
  },
  {
    name: 'context, nearly full',
    begins: 'ready',
    spoils: true,
    without: ({says}) => (says.fills === undefined ? 'nobody knows how much fits into its context' : null),
    play: stage => {
      return guarded(stage, '{context: {percent: 80%}}', async since => {
        await stage.turnEnds(await stage.prompt('SAY:one'));
        stage.becomes(expect.anything, {earliest: Date.now(), shown: Date.now()});
        await stage.send(`${stage.mark}-full ${stage.program.says.fills} SAY:full`);
        // How much a context holds is read from its history now and then: what is said next makes it look small again.
        await told(stage, {since, says: /^context: compact; its context is \d\d% full/});
        await compacts(stage, since);
      });
    },
  },
  {
    name: 'context full, compacted',
    begins: 'ready',
    spoils: true,
    without({sees, name}) {
      if (sees.contextFull === undefined || name === 'claude') return 'it compacts and goes on by itself';
      return name === 'gemini' ? 'it is told of its message again, which the stand-in never takes' : null;
    },
    play: stage => {
      return guarded(stage, '{context: on}', async since => {
        await stage.turnEnds(await stage.prompt('SAY:one'));
        stage.becomes(expect.anything, {earliest: Date.now(), shown: Date.now()});
        await stage.send(`${stage.mark}-full ${CUT} TOOLONG SAY:never`);
        await stage.send(`${stage.mark}-next SAY:next`);
        await goesOn(stage, since);
        await told(stage, {since, says: /^context: compact; its context is full/});
      });
    },
  },
  {
    name: 'compaction, asked for',
    begins: 'ready',
    spoils: true,
    play: stage => {
      return guarded(stage, QUIET, async since => {
        await stage.turnEnds(await stage.prompt('SAY:one'));
        await stage.turn(`${stage.mark}-two SAY:two`);
        const [outcome] = await stage.home.client.compact({names: [stage.ref]});
        stage.must(outcome?.ok === true, 'it was refused');
        await compacts(stage, since);
      });
    },
  },
];

async function guarded(stage: Stage, rules: string, play: (since: number) => Promise<void>): Promise<void> {
  const {home, standIn} = stage;
  home.watchdog(rules);
  await pause(CONFIGURED_MS);
  try {
    await play(Date.now());
  } finally {
    standIn.set({});
    home.watchdog(QUIET);
  }
}

/** It stands still, and its status says so. */
async function haltsAt(
  stage: Stage,
  {since, pattern, kind}: {since: number; pattern: RegExp; kind: 'limit' | 'error'},
): Promise<void> {
  const shown = await stage.shows(`the ${kind}`, text => pattern.test(text) && !stage.isBusy(text), {since});
  stage.becomes(expect.waiting(kind), {earliest: Math.max(since, shown - 1000), shown});
  await told(stage, {since, says: new RegExp(`^${kind}: (sleep|retry); `)});
}

/** It is asked to continue in the same conversation, once; what waited comes after that. */
async function goesOn(stage: Stage, since: number): Promise<void> {
  const goOn = (): ModelRequest | undefined => all(stage, {since, text: GO_ON})[0];
  const request = await until(() => `to be asked to continue\n${stage.watch.screen}`, goOn, TOLD_MS);
  stage.becomes(expect.anything, {earliest: since, shown: request.t});
  stage.must(request.markers?.includes(CUT) === true, 'its conversation did not go on');
  const next = await stage.asked(`${stage.mark}-next`);
  await stage.turnEnds(next);
  await stage.stay();
  stage.must(next.t > request.t, 'what waited came before it');
  for (const text of [GO_ON, `${stage.mark}-next`]) {
    const times = all(stage, {since, text}).length;
    stage.must(times === 1, `"${text}" arrived ${times} times`);
  }
}

/** The queue waits for the end of the compaction. */
async function compacts(stage: Stage, since: number): Promise<void> {
  await stage.send(`${stage.mark}-next SAY:next`);
  const next = await stage.asked(`${stage.mark}-next`);
  stage.becomes(expect.anything, {earliest: since, shown: since});
  await stage.turnEnds(next);
  await stage.stay();
  const at = await told(stage, {since, says: /^context: compacted; /});
  stage.must(at * 1000 <= next.t + 50, 'what waited did not wait for its confirmation');
}

const all = ({standIn}: Stage, {since, text}: {since: number; text: string}): ModelRequest[] =>
  standIn.requests.filter(({t, side, prompt}) => t >= since && side === false && prompt?.includes(text) === true);

/** When the journal told that, in unix seconds. */
async function told({home, ref}: Stage, {since, says}: {since: number; says: RegExp}): Promise<number> {
  const stop = AbortSignal.timeout(TOLD_MS);
  for await (const {at, session, reason, type} of home.client.events({since: 0, signal: stop})) {
    const isOwn = type === 'watchdog.fired' && at * 1000 >= since && session?.name === ref;
    if (isOwn && says.test(reason)) return at;
  }
  throw new Error(`the journal did not tell ${says}`);
}
