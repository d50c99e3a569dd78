import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from '../judge.ts';
import {until} from '../until.ts';
import type {Case} from './case.ts';

/** How long a process may take to be exchanged for another, in ms. */
const EXCHANGED_MS = 60_000;

/** How programs get another model. */
export const models: readonly Case[] = [
  {
    name: 'another model',
    begins: 'ready',
    spoils: true,
    async play(stage) {
      const {home, ref, mark, program} = stage;
      const {model, asks} = program.other;
      const file = join(process.env['REAL_AGENT_DIR']!, 'home', program.settings);
      const settings = () => (existsSync(file) ? readFileSync(file, 'utf8') : null);
      await stage.turn(`${mark}-a msg-7001 SAY:one`);
      const before = settings();
      const request = await stage.prompt('WORDS:40/100');
      await home.client.switchModels({names: [ref]}, model);
      stage.must((await home.client.session(ref)).model_state.state === 'waiting', 'its turn was not waited for');
      const earliest = await stage.answered(request);
      stage.must(request.cut !== true, 'its turn was cut short');
      stage.becomes(expect.anything, {earliest, shown: earliest});
      // Back and forth before anything is said: some open their history only with the next prompt.
      for (const wanted of [model, null, model]) {
        await home.client.switchModels({names: [ref]}, wanted);
        const look = async () => {
          const {state, launched} = (await home.client.session(ref)).model_state;
          return state === 'launched' && launched === wanted;
        };
        await until(() => `another process\n${stage.watch.screen}`, look, EXCHANGED_MS);
      }
      await stage.turn(`${mark}-b msg-7002 SAY:two`);
      const next = stage.requests(`${mark}-b`)[0];
      stage.must(next?.model === asks, `its next request was for ${next?.model}`);
      stage.must(next?.markers?.includes('msg-7001') === true, 'its conversation did not go on');
      const said = async () => (await home.client.session(ref)).model_state.state === 'verified';
      await until('its own word', said, 5000).catch(() => stage.must(false, 'it did not say which model it runs'));
      stage.must(settings() === before, `${program.settings} was changed`);
    },
  },
];
