#!/usr/bin/env node
// Runs the built command line with a Node that is new enough. Plain syntax: an older Node must be able to read it.
import module from 'node:module';

// Importing these would read all that they export, as the streams of `fs`, which takes longer than what is done here.
const require = module.createRequire(import.meta.url);
const {existsSync} = require('node:fs');
const {dirname, join} = require('node:path');
const {fileURLToPath} = require('node:url');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinned = join(root, 'node_modules', 'node', 'bin', 'node');
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 12)) {
  // A checkout brings its own Node; an installed package does not.
  if (existsSync(pinned)) await runWith(pinned);
  else refuse(`needs Node 22.12 or newer (24 advised); this is ${process.versions.node}`);
} else if (existsSync(join(root, 'dist', 'main.js'))) {
  // Code that was compiled once is read from the temporary directory: a short command starts a tenth sooner.
  module.enableCompileCache();
  await import('../dist/main.js');
} else {
  refuse(`is not built: npm run build in ${root}`);
}

function refuse(why) {
  console.error(`amux: ${why}`);
  process.exitCode = 1;
}

/** Hands the terminal, the arguments and what is sent to this process over to another Node; ends as that one does. */
async function runWith(node) {
  const {spawn} = await import('node:child_process');
  let child = null;
  // Listened for before the child is there: it may be asked to end before this line was left.
  const early = [];
  const forward = signal => (child === null ? early.push(signal) : child.kill(signal));
  // What a key of the terminal causes reaches the child by itself: here it must only not end the parent.
  const byKey = signal => {
    if (!process.stdin.isTTY) forward(signal);
  };
  const handlers = {SIGTERM: forward, SIGHUP: forward, SIGUSR2: forward, SIGINT: byKey, SIGQUIT: byKey};
  for (const signal of Object.keys(handlers)) process.on(signal, handlers[signal]);
  child = spawn(node, process.argv.slice(1), {stdio: 'inherit'});
  // This one stays beside it: a token of the command line shall not be read here.
  process.title = 'amux';
  for (const signal of early) child.kill(signal);
  child.once('error', error => refuse(`cannot run ${node}: ${error.message}`));
  child.once('exit', (code, signal) => {
    process.exitCode = code === null ? 1 : code;
    if (signal === null) return;
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
