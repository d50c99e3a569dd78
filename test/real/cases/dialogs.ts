import {expect} from '../judge.ts';
import type {Stage} from '../stage.ts';
import type {Case} from './case.ts';

/** How programs ask, or show a menu. */
export const dialogs: readonly Case[] = [
  {
    name: 'permission allowed',
    begins: 'ready',
    async play(stage) {
      await untilPermission(stage, stage.program.says.ask(stage.mark, 3));
      const pressed = await stage.press(stage.program.keys.allow);
      const started = await stage.tool(stage.mark, 'start');
      const gone = await noDialog(stage, pressed);
      stage.becomes(expect.working, {earliest: pressed, shown: Math.min(started, gone)});
      await stage.tool(stage.mark, 'end');
      await stage.turnEnds(await stage.asked(stage.mark, {step: 1}));
      await stage.stay();
    },
  },
  {
    name: 'permission denied',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      await untilPermission(stage, stage.program.says.ask(stage.mark, 3));
      const pressed = await stage.press(stage.program.keys.deny);
      // What it does with the answer, it may show as work.
      stage.becomes(expect.anything, {earliest: pressed, shown: await noDialog(stage, pressed)});
      const shown = await stage.shows('that it is quiet', text => stage.isQuiet(text), {since: pressed});
      stage.becomes(expect.quiet, {earliest: pressed, shown});
      await stage.stay();
    },
  },
  {
    name: 'question',
    begins: 'ready',
    without: ({says}) => (says.question === undefined ? 'it has no question tool' : null),
    async play(stage) {
      const {sees, keys, says} = stage.program;
      if (says.beforeQuestion !== undefined) {
        const sent = Date.now();
        await stage.send(says.beforeQuestion, {asCommand: true});
        stage.becomes(expect.anything, {earliest: sent, shown: sent});
        await stage.stay(3000);
        stage.becomes(expect.quiet, {earliest: sent, shown: Date.now()});
      }
      const request = await stage.prompt(says.question!);
      const earliest = await stage.answered(request);
      const shown = await stage.shows('its question', sees.question!, {since: earliest});
      stage.becomes(expect.waiting('question'), {earliest, shown});
      await stage.stay();
      const pressed = await stage.press(keys.answer!);
      const next = await stage.asked(stage.mark, {step: 1});
      stage.becomes(expect.anything, {earliest: pressed, shown: pressed});
      await stage.turnEnds(next);
      await stage.stay();
    },
  },
  {
    name: 'slash command',
    begins: 'ready',
    async play(stage) {
      const {sees, keys, says} = stage.program;
      const sent = Date.now();
      await stage.send(says.menu, {asCommand: true});
      const shown = await stage.shows('its menu', sees.menu, {since: sent});
      // The command itself may look like a moment of work.
      stage.becomes(expect.anything, {earliest: sent, shown: sent});
      stage.becomes(expect.quiet, {earliest: sent, shown});
      await stage.stay();
      const pressed = await stage.press(keys.closeMenu);
      await stage.shows('no menu', text => !sees.menu.test(text), {since: pressed});
      await stage.stay();
    },
  },
];

async function untilPermission(stage: Stage, directives: string): Promise<void> {
  const request = await stage.prompt(directives);
  const earliest = await stage.answered(request);
  const shown = await stage.shows('its permission dialog', stage.program.sees.permission, {since: earliest});
  stage.becomes(expect.waiting('permission'), {earliest, shown});
  await stage.stay();
}

const noDialog = (stage: Stage, since: number): Promise<number> =>
  stage.shows('no dialog', text => !stage.program.sees.permission.test(text), {since});
