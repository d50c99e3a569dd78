// Bundles the command line into dist/. Native modules, and what is read from disk at run time, stay outside.
// Amux that runs from dist/ loads parts of it late: nothing is taken away under it, unless `--clean` says so.
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {build} from 'esbuild';

/** Parts of an earlier build are kept for so long, in ms. */
const KEPT_MS = 24 * 3_600_000;
const ENTRY = 'main.js';

/** meow sets up its checks of package.json at each start, 9 ms, though only `pkg.…` needs them: that is when they are set up. */
const lazyMeow = {
  name: 'lazy-meow',
  setup(build) {
    build.onLoad({filter: /meow\/build\/dependencies\.js$/}, ({path}) => {
      const eager =
        'var normalizeExports = requireNormalize();\nconst normalizePackageData = getDefaultExportFromCjs(normalizeExports);';
      const lazy = 'const normalizePackageData = data => getDefaultExportFromCjs(requireNormalize())(data);';
      const contents = readFileSync(path, 'utf8');
      if (!contents.includes(eager)) throw new Error('meow has changed: see whether lazyMeow is still needed');
      return {contents: contents.replace(eager, lazy)};
    });
  },
};

/** blessed requires its widgets by names that it puts together: of thirty the charts need these. */
const fewWidgets = {
  name: 'few-widgets',
  setup(build) {
    build.onLoad({filter: /blessed\/lib\/widget\.js$/}, ({path}) => {
      if (!readFileSync(path, 'utf8').includes("require('./widgets/' + file)")) {
        throw new Error('blessed has changed: see whether fewWidgets is still needed');
      }
      const widgets = ['Node', 'Screen', 'Element', 'Box'];
      return {
        contents: widgets.map(name => `exports.${name} = require('./widgets/${name.toLowerCase()}');`).join('\n'),
      };
    });
  },
};

/** The line chart takes one function of lodash: all of it would be a tenth of the cockpit. */
const littleLodash = {
  name: 'little-lodash',
  setup(build) {
    build.onLoad({filter: /blessed-contrib\/lib\/widget\/charts\/line\.js$/}, ({path}) => {
      const contents = readFileSync(path, 'utf8');
      const used = new Set(contents.match(/\b_\.\w+/g));
      if (!contents.includes("require('lodash')") || [...used].join() !== '_.max') {
        throw new Error('blessed-contrib has changed: see whether littleLodash is still right');
      }
      return {contents: contents.replace("require('lodash')", '{max: list => Math.max(...list)}')};
    });
  },
};

/** Node warns of `new Buffer` outside of node_modules, which a bundle is. */
const newBuffer = {
  name: 'new-buffer',
  setup(build) {
    build.onLoad({filter: /drawille-blessed-contrib\/index\.js$/}, ({path}) => {
      const contents = readFileSync(path, 'utf8');
      if (!contents.includes('new Buffer(')) throw new Error('drawille has changed: newBuffer is not needed any more');
      return {contents: contents.replaceAll('new Buffer(', 'Buffer.alloc(')};
    });
  },
};

if (process.argv.includes('--clean')) rmSync('dist', {recursive: true, force: true});
const {outputFiles} = await build({
  entryPoints: ['source/cli/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  jsx: 'automatic',
  sourcemap: true,
  write: false,
  define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
  external: ['node-pty', 'sqlite3', 'react-devtools-core'],
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [lazyMeow, fewWidgets, littleLodash, newBuffer],
  logLevel: 'warning',
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
