// Tests are some hundred processes, of which each loads some hundred files: what `transform.mjs` made of them is loaded
// in half of the time that tsx takes for it.
import {existsSync, readFileSync} from 'node:fs';
import {registerHooks} from 'node:module';
import {join} from 'node:path';
import {TRANSFORMED} from './transformed.mjs';

const root = new URL('../', import.meta.url).href;
const OURS = /^(?:source|test|benchmark|docs)\/.*\.tsx?$/;

// A failure is told with the lines of the sources.
process.setSourceMapsEnabled(true);
registerHooks({
  // Some packages are written for bundlers, which look for the ending themselves.
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || !specifier.startsWith('.')) throw error;
      return next(`${specifier}.js`, context);
    }
  },
  load(url, context, next) {
    const path = url.startsWith(root) ? decodeURI(url.slice(root.length)) : '';
    const file = join(TRANSFORMED, path.replace(/\.tsx?$/, '.mjs'));
    if (!OURS.test(path) || !existsSync(file)) return next(url, context);
    return {format: 'module', shortCircuit: true, source: readFileSync(file, 'utf8')};
  },
});
