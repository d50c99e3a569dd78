// Bundles the command line into dist/. Native modules, and what is read from disk at run time, stay outside.
import {rmSync} from 'node:fs';
import {build} from 'esbuild';

rmSync('dist', {recursive: true, force: true});
await build({
  entryPoints: ['source/cli/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  jsx: 'automatic',
  sourcemap: true,
  define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
  external: ['node-pty', 'sqlite3', 'react-devtools-core'],
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
