import {accessSync, constants, existsSync} from 'node:fs';
import {settingsForReading} from '../config/before-start.ts';
import {checkSocketDirectory, type Paths} from '../config/paths.ts';
import {pricesWith} from '../config/price-table.ts';
import type {Fleet} from '../domain/fleet.ts';
import {openStore} from '../store/store.ts';
import {Offline} from '../supervisor/offline.ts';
import {backendsFor} from './backends.ts';
import {selfArgv, version} from './self.ts';

/**
 * The fleet without a supervisor: read from the store and from the terminals that live. A configuration with a mistake
 * keeps nobody from looking: it is told.
 */
export async function offlineFleet(paths: Paths, note?: (notice: string) => void): Promise<Fleet> {
  checkSocketDirectory(paths);
  const store = await openStore({paths, readOnly: true, now: Date.now});
  const {settings, fault} = await settingsForReading(paths.config);
  if (fault !== null) note?.(`${fault.message}; until then the default settings count · ${fault.hint}`);
  const backends = backendsFor({paths, settings, self: selfArgv()});
  const there = backends.filter(({socket}) => existsSync(socket));
  const reachable = there.filter(({socket}) => mayConnect(socket));
  const hidden = reachable.length < there.length;
  if (hidden) note?.('this user may not look into the terminals of this home: sessions are as they were stored last');
  return Offline.open({
    store,
    backends: reachable,
    hidden,
    screensDir: paths.screens,
    memoryDir: paths.memory,
    columns: settings.board.columns,
    home: paths.home,
    ledger: {file: paths.ledger, env: process.env, prices: pricesWith(settings.prices)},
    version,
    now: Date.now,
  });
}

/** Another user of the machine may be let in to the store, and not to the terminals. */
function mayConnect(socket: string): boolean {
  try {
    accessSync(socket, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
