// Bundles the command line into dist/. Native modules, and what is read from disk at run time, stay outside.
// Amux that runs from dist/ loads parts of it late: nothing is taken away under it, unless `--clean` says so.
import {mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {build} from 'esbuild';
import {bundling} from './plugins.mjs';

/** Parts of an earlier build are kept for so long, in ms. */
const KEPT_MS = 24 * 3_600_000;
const ENTRY = 'main.js';

if (process.argv.includes('--clean')) rmSync('dist', {recursive: true, force: true});
const {outputFiles} = await build({
  entryPoints: ['source/cli/main.ts'],
  outdir: 'dist',
  ...bundling,
  sourcemap: true,
  write: false,
});

mkdirSync('dist', {recursive: true});
// The entry comes last: whoever starts meanwhile gets all of one build.
const order = outputFiles.toSorted((a, b) => Number(basename(a.path) === ENTRY) - Number(basename(b.path) === ENTRY));
for (const {path, contents} of order) {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
}
const current = new Set(outputFiles.map(({path}) => basename(path)));
for (const name of readdirSync('dist')) {
  const file = join('dist', name);
  if (!current.has(name) && Date.now() - statSync(file).mtimeMs > KEPT_MS) rmSync(file, {force: true});
}
