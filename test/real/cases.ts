import type {Case} from './cases/case.ts';
import {dialogs} from './cases/dialogs.ts';
import {fleetServers} from './cases/fleet-servers.ts';
import {fork} from './cases/fork.ts';
import {life} from './cases/life.ts';
import {models} from './cases/models.ts';
import {tokens} from './cases/tokens.ts';
import {trouble} from './cases/trouble.ts';
import {turns} from './cases/turns.ts';
import {watchdog} from './cases/watchdog.ts';

/** In the order in which they are played: a session that is still in order serves the next one, too. */
export const cases: readonly Case[] = [
  ...life.slice(0, 3),
  ...turns,
  ...dialogs,
  ...trouble,
  ...watchdog,
  ...fleetServers,
  ...fork,
  ...models,
  ...tokens,
  ...life.slice(3),
];
