import {expect} from '../judge.ts';
import type {Stage} from '../stage.ts';
import type {Case} from './case.ts';

/** How programs meet errors of the model. */
export const trouble: readonly Case[] = [
  {
    name: 'API error with retries',
    begins: 'ready',
    async play(stage) {
      await stage.prompt(`${stage.program.says.retries} SAY:done`);
      await stage.turnEnds(await stage.asked(stage.mark, {nth: 2}));
      await stage.stay();
    },
  },
  {
    name: 'API error, final',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      const request = await stage.prompt(stage.program.says.error);
      await stopsAt(stage, {since: request.t, pattern: stage.program.sees.error, kind: 'error'});
    },
  },
  {
    name: '429',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      const {sees, says} = stage.program;
      const request = await stage.prompt(says.limit);
      if (sees.limit === undefined) {
        await stage.turnEnds(await stage.asked(stage.mark, {nth: Number(/\*(\d)/.exec(says.limit)![1])}));
        await stage.stay();
        return;
      }
      await stopsAt(stage, {since: request.t, pattern: sees.limit, kind: 'limit'});
    },
  },
  {
    name: 'context full',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      const {sees, says} = stage.program;
      const request = await stage.prompt('TOOLONG');
      if (sees.contextFull === undefined) {
        await stage.turnEnds(await stage.asked(says.afterFull!));
        await stage.stay();
        return;
      }
      await stopsAt(stage, {since: request.t, pattern: sees.contextFull, kind: 'context'});
    },
  },
];

/** The turn ends with something that a person has to look at. */
async function stopsAt(
  stage: Stage,
  end: {since: number; pattern: RegExp; kind: 'error' | 'limit' | 'context'},
): Promise<void> {
  const shown = await stage.shows(`the ${end.kind}`, text => end.pattern.test(text) && !stage.isBusy(text), {
    since: end.since,
  });
  stage.becomes(expect.waiting(end.kind), {earliest: Math.max(end.since, shown - 1000), shown});
  await stage.stay();
}
