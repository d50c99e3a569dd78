import {isAlive} from '../../helpers/processes.ts';
import {descendants} from '../descendants.ts';
import {expect} from '../judge.ts';
import {until} from '../until.ts';
import type {Case} from './case.ts';

/** How long the processes of a killed agent may live on, in ms. */
const SURVIVORS_MS = 5000;

/** How programs begin, end and die. */
export const life: readonly Case[] = [
  {
    name: 'trust dialog',
    begins: 'new',
    spoils: true,
    async play(stage) {
      const {sees, keys} = stage.program;
      const shown = await stage.shows('its trust dialog', sees.trust!, {since: 0});
      // Its own word may come before what it draws is seen here.
      stage.becomes(expect.waiting('trust'), {earliest: shown - 500, shown});
      await stage.stay();
      const pressed = await stage.press(keys.trust!);
      // Where the program prints line by line, the answered dialog stays above what follows.
      const below = (text: string): string => text.split(sees.trust!).at(-1)!;
      const stood = stage.watch.screens.findLast(({at}) => at <= pressed)!.text;
      const left = await stage.shows('that it was answered', text => text !== stood, {since: pressed});
      stage.becomes(expect.starting, {earliest: pressed, shown: left});
      const ready = await stage.shows(
        'its input line',
        text => below(text) !== stood && stage.isQuiet(below(text)) && (sees.restarted?.test(below(text)) ?? true),
        {
          since: pressed,
        },
      );
      stage.becomes(expect.quiet, {earliest: pressed, shown: ready});
      await stage.stay();
    },
  },
  {
    name: 'trust given by amux',
    begins: 'new',
    spoils: true,
    without: ({cannot}) => cannot['trust dialog'] ?? null,
    async play(stage) {
      const {sees} = stage.program;
      stage.becomes(expect.anything, {earliest: 0, shown: 0});
      const asked = async () => {
        const all = await stage.home.client.approvals();
        return all.find(({session, kind}) => session === stage.ref && kind === 'trust');
      };
      const {id} = await until('its request', asked, 45_000);
      const decidedAt = Date.now();
      await stage.home.client.decide(id, {behaviour: 'allow'});
      const below = (text: string): string => text.split(sees.trust!).at(-1)!;
      const isReady = (text: string) => stage.isQuiet(below(text)) && (sees.restarted?.test(below(text)) ?? true);
      await stage.shows('its input line', isReady, {since: decidedAt});
      await stage.stay();
      await stage.turn(`${stage.mark} SAY:one`);
    },
  },
  {
    name: 'ready',
    begins: 'fresh',
    async play(stage) {
      const shown = await stage.shows('its input line', text => stage.isQuiet(text), {since: 0});
      stage.becomes(expect.quiet, {earliest: shown - 1000, shown});
      await stage.stay();
    },
  },
  {
    name: 'clear',
    begins: 'ready',
    async play(stage) {
      await stage.turnEnds(await stage.prompt('SAY:one'));
      const sent = Date.now();
      await stage.send(stage.program.says.clear, {asCommand: true});
      const {clearing} = stage.program.sees;
      if (clearing !== undefined) {
        await stage.shows('its question', clearing, {since: sent});
        await stage.press(['Enter']);
      }
      const shown = await stage.shows(
        'an empty conversation',
        text => !text.includes(stage.mark) && stage.isQuiet(text),
        {since: sent},
      );
      stage.becomes(expect.anything, {earliest: sent, shown: sent});
      stage.becomes(expect.quiet, {earliest: sent, shown});
      await stage.stay();
      await stage.turn(`${stage.mark}-b SLOW:2 SAY:two`);
    },
  },
  {
    name: 'exit',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      const {pid} = await stage.home.client.session(stage.ref);
      const sent = Date.now();
      stage.becomes(expect.anything, {earliest: sent, shown: sent});
      await stage.send(stage.program.says.exit, {asCommand: true});
      await until('the process to end', () => !isAlive(pid!), 15_000);
      const shown = Date.now();
      stage.becomes(expect.completed, {earliest: sent, shown});
      await stage.stay();
    },
  },
  {
    name: 'kill -9',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      await stage.prompt(`RUN:python3 tool.py ${stage.mark} 60`);
      await stage.tool(stage.mark, 'start');
      await stage.stay();
      const {pid} = await stage.home.client.session(stage.ref);
      const tree = descendants(pid!);
      const at = Date.now();
      process.kill(pid!, 'SIGKILL');
      stage.becomes(expect.failed, {earliest: at, shown: at});
      await stage.stay();
      const left = () => tree.filter(isAlive);
      await until('the survivors to end', () => left().length === 0, SURVIVORS_MS).catch(() => {});
      stage.must(left().length === 0, `${left().length} of ${tree.length} processes outlived the kill`);
      for (const survivor of left()) process.kill(survivor, 'SIGKILL');
    },
  },
];
