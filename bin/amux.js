#!/usr/bin/env node
// Runs the built command line with a Node that is new enough. Plain syntax: an older Node must be able to read it.
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 12)) {
  await import('../dist/main.js');
} else {
  const pinned = join(root, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(pinned)) {
    const {status, signal} = spawnSync(pinned, process.argv.slice(1), {stdio: 'inherit'});
    if (signal !== null) process.kill(process.pid, signal);
    process.exitCode = status ?? 1;
  } else {
    console.error(`amux: needs Node 22.12 or newer (24 advised); this is ${process.versions.node}`);
    process.exitCode = 1;
  }
}
