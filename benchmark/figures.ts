import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {availableParallelism, loadavg} from 'node:os';

/** One measured number. `aim`: the largest value that is good. */
export type Figure = {name: string; value: number; unit: string; aim?: number; note?: string};

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export function printFigures(figures: readonly Figure[]): void {
  const wide = Math.max(...figures.map(({name}) => name.length));
  for (const {name, value, unit, aim, note} of figures) {
    const verdict = aim === undefined ? '' : `  ${value <= aim ? '✓' : '✗'} aim ≤ ${aim}`;
    console.log(
      `  ${name.padEnd(wide)}  ${shown(value).padStart(8)} ${unit}${verdict}${note === undefined ? '' : `  ${note}`}`,
    );
  }
}

/** Kept per day; a benchmark that runs again replaces its own part. */
export function saveFigures(benchmark: string, figures: readonly Figure[], now: Date): string {
  const directory = new URL('results/', import.meta.url);
  mkdirSync(directory, {recursive: true});
  const file = new URL(`${now.toISOString().slice(0, 10)}.json`, directory);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
  const machine = {
    node: process.versions.node,
    tmux: tmuxVersion(),
    cores: availableParallelism(),
    platform: process.platform,
  };
  const rounded = figures.map(figure => ({...figure, value: Number(shown(figure.value))}));
  writeFileSync(
    file,
    `${JSON.stringify({...kept, machine, [benchmark]: {at: now.toISOString(), load: Number(shown(load())), figures: rounded}}, null, 2)}\n`,
  );
  return file.pathname;
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Processes that wanted a core in the last minute, the benchmark's own among them: figures of a busy machine mean less. */
export const load = (): number => loadavg()[0]!;

function tmuxVersion(): string | null {
  try {
    return execFileSync('tmux', ['-V'], {encoding: 'utf8'}).trim();
  } catch {
    return null;
  }
}
