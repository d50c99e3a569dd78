// Installs the dependencies unless node_modules already holds what the lock file names. Runs on Node 20.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';

if (!isInstalled()) {
  console.error('amux: installing dependencies (once, about two minutes)…');
  const {status, error} = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
  });
  if (error !== undefined) console.error(`amux: cannot run npm: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** By content, not by date: a checkout touches files that it does not change. */
function isInstalled() {
  // Fetched by an install script, so that npm's own record does not prove it.
  if (!existsSync('node_modules/node/bin/node')) return false;
  const wanted = packagesOf('package-lock.json');
  const found = packagesOf('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, {version, optional}]) => {
    if (path === '') return true;
    return found[path] === undefined ? optional === true : found[path].version === version;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return {};
  }
}
