import {existsSync} from 'node:fs';
import {earlySettings} from '../config/before-start.ts';
import {checkSocketDirectory, type Paths} from '../config/paths.ts';
import {pricesWith} from '../config/price-table.ts';
import type {Fleet} from '../domain/fleet.ts';
import {openStore} from '../store/store.ts';
import {Offline} from '../supervisor/offline.ts';
import {backendsFor} from './backends.ts';
import {selfArgv, version} from './self.ts';

/** The fleet without a supervisor: read from the store and from the terminals that live. */
export async function offlineFleet(paths: Paths): Promise<Fleet> {
  checkSocketDirectory(paths);
  const store = await openStore({paths, readOnly: true, now: Date.now});
  const settings = await earlySettings(paths.config);
  const backends = backendsFor({paths, settings, self: selfArgv()});
  const reachable = backends.filter(backend => existsSync(backend.socket));
  return Offline.open({
    store,
    backends: reachable,
    screensDir: paths.screens,
    memoryDir: paths.memory,
    columns: settings.board.columns,
    home: paths.home,
    ledger: {file: paths.ledger, env: process.env, prices: pricesWith(settings.prices)},
    version,
    now: Date.now,
  });
}
