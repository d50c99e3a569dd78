// Installs the dependencies when they are missing or older than the lock file. Runs on Node 20.
import {spawnSync} from 'node:child_process';
import {existsSync, statSync} from 'node:fs';

const installed = 'node_modules/.package-lock.json';
const wanted = 'package-lock.json';
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) {
  console.error('amux: installing dependencies (once)…');
  const {status} = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {stdio: ['ignore', 2, 2]});
  if (status !== 0) process.exit(status ?? 1);
}
