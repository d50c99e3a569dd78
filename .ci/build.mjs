// Bundles the command line into dist/. Native modules, and what is read from disk at run time, stay outside.
// Amux that runs from dist/ loads parts of it late: nothing is taken away under it, unless `--clean` says so.
import {readdirSync, rmSync, statSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';
import {build} from 'esbuild';
import {bundling, inOneFile} from './plugins.mjs';
import {writeWhole} from './write.mjs';

/** Parts of an earlier build are kept for so long, in ms. */
const KEPT_MS = 24 * 3_600_000;
const ENTRY = 'main.js';

if (process.argv.includes('--clean')) rmSync('dist', {recursive: true, force: true});
const options = {
  entryPoints: ['source/cli/main.ts'],
  outdir: 'dist',
  ...bundling,
  sourcemap: true,
  write: false,
};
const {metafile} = await build({...options, metafile: true});
const {outputFiles} = await build({
  ...options,
  plugins: [inOneFile(atStart(metafile)), ...options.plugins],
  logOverride: {'ignored-bare-import': 'silent'},
});

/** What every command loads, in the order in which it is loaded. Without the entry, which waits for what it loads late. */
function atStart({outputs}) {
  const always = new Set();
  const reach = path => {
    if (always.has(path)) return;
    for (const {path: other, kind, external} of outputs[path].imports) {
      if (kind === 'import-statement' && !external) reach(other);
    }
    always.add(path);
  };
  reach(`dist/${ENTRY}`);
  return [...always]
    .flatMap(path => Object.keys(outputs[path].inputs))
    .filter(file => !options.entryPoints.includes(file))
    .map(file => (/^builtins:/.test(file) ? file : resolve(file)));
}

// The entry comes last: whoever starts meanwhile gets all of one build.
const order = outputFiles.toSorted((a, b) => Number(basename(a.path) === ENTRY) - Number(basename(b.path) === ENTRY));
for (const {path, contents} of order) writeWhole(path, contents);
const current = new Set(outputFiles.map(({path}) => basename(path)));
for (const name of readdirSync('dist')) {
  const file = join('dist', name);
  // What another build writes at the same time may be renamed meanwhile.
  const changed = statSync(file, {throwIfNoEntry: false})?.mtimeMs ?? Number.POSITIVE_INFINITY;
  if (!current.has(name) && Date.now() - changed > KEPT_MS) rmSync(file, {force: true});
}
