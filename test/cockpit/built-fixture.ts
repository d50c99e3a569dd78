import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type BuildOptions, build} from 'esbuild';

/**
 * The fixture as the command line is built, for one test file: it comes up in a third of the time, and draws with what is
 * shipped. Modules are where they were for whatever they read beside them.
 */
export async function builtFixture(): Promise<string> {
  const {bundling} = (await import(new URL('../../.ci/plugins.mjs', import.meta.url).href)) as {bundling: BuildOptions};
  const directory = mkdtempSync(join(tmpdir(), 'amux-fixture-'));
  process.once('exit', () => rmSync(directory, {recursive: true, force: true}));
  await build({
    ...bundling,
    entryPoints: [new URL('fixture-cockpit.tsx', import.meta.url).pathname],
    outdir: directory,
    outExtension: {'.js': '.mjs'},
    define: {...bundling.define, 'import.meta.url': JSON.stringify(import.meta.url)},
  });
  return join(directory, 'fixture-cockpit.mjs');
}
