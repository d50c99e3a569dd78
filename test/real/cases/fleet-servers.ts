import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect} from '../judge.ts';
import {until} from '../until.ts';
import type {Case} from './case.ts';

const server = fileURLToPath(new URL('../../fixtures/tiny-mcp.mjs', import.meta.url));
/** A dialog that asks, and the call of a tool, in ms. */
const CALLED_MS = 30_000;

/** What all sessions are given. */
export const fleetServers: readonly Case[] = [
  {
    name: 'MCP server of the fleet',
    begins: 'ready',
    spoils: true,
    without: ({says}) => (says.tool === undefined ? 'the stand-in cannot call tools of its MCP servers' : null),
    async play(stage) {
      const {home, mark, program, ref} = stage;
      const notes = join(home.trusted, `${mark}.notes`);
      const since = Date.now();
      stage.becomes(expect.anything, {earliest: since, shown: since});
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what its agent, or amux for it, has to expand.
      const env = {NOTES: notes, TOKEN: '${FLEET_TOKEN}'};
      await home.client.addMcpServer({
        name: 'tiny',
        server: {command: process.execPath, args: [server], env},
        replace: true,
      });
      const {notice} = await home.client.session(ref);
      stage.must(notice?.includes('tiny added') === true, `its notice does not tell of the new server: ${notice}`);
      await home.client.restart(ref, {callerEnv: {FLEET_TOKEN: `token-of-${mark}`}});
      const restarted = Date.now();
      await stage.shows('its input line', text => stage.isQuiet(text), {since: restarted});
      await stage.stay();
      await stage.send(`${mark} ${program.says.tool!('tiny', 'note', {text: mark})}`);
      const asks = () =>
        program.sees.permission.test(stage.watch.screen) || program.sees.tool?.test(stage.watch.screen);
      await until(
        () => `a call or a dialog\n${stage.watch.screen}`,
        () => existsSync(notes) || asks(),
        CALLED_MS,
      );
      if (!existsSync(notes)) {
        // Some take no key in the first half second.
        await stage.stay(1000);
        await stage.press(program.keys.allow);
      }
      const said = () => (existsSync(notes) ? readFileSync(notes, 'utf8') : '');
      await until(
        () => `the call\n${stage.watch.screen}`,
        () => said() !== '',
        CALLED_MS,
      );
      stage.must(said() === `${mark} token-of-${mark}\n`, `the server was given ${said()}`);
      await stage.turnEnds(await stage.asked(mark, {step: 1}));
      await stage.stay();
      await home.client.removeMcpServer('tiny');
    },
  },
];
