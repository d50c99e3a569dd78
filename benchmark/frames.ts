import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';

/** From a new screen of the peeked session to the last byte of its frame at 200×50, and its processor time, in ms. */
export type FrameTimes = {times: number[]; cpu: number};

/** The cockpit alone, in a process of its own, bundled as amux is. */
export async function frameTimes(): Promise<FrameTimes> {
  const directory = mkdtempSync(join(tmpdir(), 'amux-frames-'));
  try {
    const {bundling} = (await import(new URL('../.ci/plugins.mjs', import.meta.url).href)) as {bundling: object};
    const entry = new URL('frames-main.ts', import.meta.url).pathname;
    await build({...bundling, entryPoints: [entry], outdir: directory, outExtension: {'.js': '.mjs'}});
    const said = execFileSync(process.execPath, [join(directory, 'frames-main.mjs')], {encoding: 'utf8'});
    return JSON.parse(/^\{.*\}$/m.exec(said)![0]) as FrameTimes;
  } finally {
    rmSync(directory, {recursive: true});
  }
}
