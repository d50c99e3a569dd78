import {expect} from '../judge.ts';
import type {Stage} from '../stage.ts';
import {until} from '../until.ts';
import type {Case} from './case.ts';

/** How programs work and come to rest. */
export const turns: readonly Case[] = [
  {
    name: 'working',
    begins: 'ready',
    async play(stage) {
      const request = await stage.prompt('SLOW:4 SAY:done');
      await stage.turnEnds(request);
      await stage.stay();
    },
  },
  {
    name: 'streaming',
    begins: 'ready',
    async play(stage) {
      const request = await stage.prompt('WORDS:40/100');
      await stage.turnEnds(request);
      await stage.stay();
    },
  },
  {
    name: 'tool',
    begins: 'ready',
    async play(stage) {
      await stage.prompt(`RUN:python3 tool.py ${stage.mark} 4`);
      await stage.tool(stage.mark, 'end');
      await stage.turnEnds(await stage.asked(stage.mark, {step: 1}));
      await stage.stay();
    },
  },
  {
    name: 'queued while busy',
    begins: 'ready',
    async play(stage) {
      const request = await stage.prompt('WORDS:30/100');
      const texts = ['b', 'c', 'd'].map(letter => `${stage.mark}-${letter}`);
      for (const text of texts) await stage.send(`${text} WORDS:10/100`);
      await stage.turnEnds(request);
      // Between the turns it may be seen at rest or not: it is, for a moment.
      stage.phases.at(-1)!.expect = expect.anything;
      let last = request;
      for (const text of texts) last = await stage.asked(text);
      stage.becomes(expect.working, {earliest: last.t, shown: last.t});
      await stage.turnEnds(last);
      await stage.stay();
      const firsts = texts.map(text => stage.requests(text)[0]!.t);
      stage.must(
        firsts.every((t, i) => i === 0 || t > firsts[i - 1]!),
        'the messages arrived out of order',
      );
      for (const text of texts)
        stage.must(stage.requests(text).length === 1, `${text} arrived ${stage.requests(text).length} times`);
    },
  },
  {
    name: 'background sub-agent',
    begins: 'ready',
    spoils: true,
    without: ({says}) => (says.background === undefined ? 'it has none' : null),
    async play(stage) {
      await stage.prompt(stage.program.says.background!);
      // The turn that its end begins has the same prompt and result before it, and is the last word.
      await stage.turnEnds(await stage.asked(stage.mark, {step: 1, nth: 1}));
      await stage.stay();
      await stage.turn(`${stage.mark}-b SLOW:2 SAY:done`);
    },
  },
  {
    name: 'sub-agent',
    begins: 'ready',
    async play(stage) {
      await stage.prompt(stage.program.says.subAgent!);
      await stage.turnEnds(await stage.asked(stage.mark, {step: 1}));
      await stage.stay();
    },
  },
  {
    name: 'interrupt before output',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      const request = await stage.prompt('SLOW:60 SAY:never');
      await stage.stay();
      await interrupted(stage, request);
    },
  },
  {
    name: 'interrupt after output',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      const request = await stage.prompt('WORDS:600/100');
      await stage.shows('words', /word8\b/, {since: request.t});
      await stage.stay();
      await interrupted(stage, request);
    },
  },
  {
    name: 'compaction',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      await stage.turnEnds(await stage.prompt('SAY:one'));
      stage.standIn.set({slow: 3});
      try {
        const sent = Date.now();
        await stage.send(stage.program.says.compact, {asCommand: true});
        const request = await until(
          'the compaction request',
          () => stage.standIn.requests.find(({t, prompt}) => t > sent && prompt !== undefined),
          15_000,
        );
        stage.worksFrom(sent, request);
        await stage.turnEnds(request);
      } finally {
        stage.standIn.set({});
      }
      await stage.stay();
    },
  },
];

async function interrupted(stage: Stage, request: {done?: number}): Promise<void> {
  const pressed = await stage.press(stage.program.keys.interrupt);
  const shown = await stage.shows('that it is quiet', text => stage.isQuiet(text), {since: pressed});
  stage.becomes(expect.quiet, {earliest: pressed, shown: Math.min(shown, request.done ?? shown)});
  await stage.stay();
}
