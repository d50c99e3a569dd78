// Takes the lock of a home and says so, or says who holds it. argv: HOME [WAIT_MS]; a line on stdin releases it.
import {writeSync} from 'node:fs';
import {pathsOf} from '../../../source/config/paths.ts';
import {asAmuxError} from '../../../source/domain/errors.ts';
import {acquireLock, writeSupervisorFile} from '../../../source/store/lock.ts';

const [home = '', waitMs = '0'] = process.argv.slice(2);
const paths = pathsOf(home);
try {
  const lock = await acquireLock(paths, {waitMs: Number(waitMs)});
  const {socket} = paths;
  writeSupervisorFile(paths, {pid: process.pid, url: null, socket, version: '0', started_at: 1});
  writeSync(1, 'won\n');
  process.stdin.once('data', async () => {
    await lock.release();
    writeSync(1, 'released\n');
  });
} catch (error) {
  const {code, facts} = asAmuxError(error);
  writeSync(1, `${code} ${facts['pid']}\n`);
}
