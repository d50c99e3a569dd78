// Takes the types out of all sources and tests at once, for `loader.mjs`.
import {globSync} from 'node:fs';
import {join, relative} from 'node:path';
import {build} from 'esbuild';
import {TRANSFORMED} from './transformed.mjs';
import {writeChanged} from './write.mjs';

const {outputFiles} = await build({
  entryPoints: globSync('{source,test,benchmark,docs}/**/*.{ts,tsx}'),
  outbase: '.',
  // Beside its source, as the places in its source map are: it is loaded under that name.
  outdir: '.',
  outExtension: {'.js': '.mjs'},
  format: 'esm',
  platform: 'node',
  target: 'node24',
  jsx: 'automatic',
  sourcemap: 'inline',
  sourcesContent: false,
  write: false,
  logLevel: 'error',
});
for (const {path, contents} of outputFiles) writeChanged(join(TRANSFORMED, relative('.', path)), contents);
