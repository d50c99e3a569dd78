import {fileURLToPath} from 'node:url';
import type {Backend, BackendEvent, Launch} from '../../source/backends/backend.ts';
import {type Screen, screenText} from '../../source/domain/screen.ts';

/** Longest that anything here is waited for, in ms. */
const WAIT_MS = 30_000;
/** Between two looks at what no event tells, in ms. */
const LOOK_MS = 20;

export const program = (...args: string[]): string[] => [
  process.execPath,
  fileURLToPath(new URL('../fixtures/terminal-program.mjs', import.meta.url)),
  ...args,
];

export const shell = (script: string, ...args: string[]): string[] => ['/bin/sh', '-c', script, ...args];

export const launchOf = (overrides: Partial<Launch> = {}): Launch => ({
  terminal: 's-one',
  run: 'r-one',
  name: 'one',
  argv: shell('echo __READY__; exec cat'),
  cwd: '/',
  env: {PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8'},
  cols: 100,
  rows: 24,
  asksForStatus: false,
  ...overrides,
});

/** Events of a backend as they come, and waits for one. */
export function listen(backend: Backend) {
  const seen: BackendEvent[] = [];
  const waiting = new Set<() => void>();
  const stop = backend.onEvent(event => {
    seen.push(event);
    for (const wake of waiting) wake();
  });
  return {
    seen,
    stop,
    next<T extends BackendEvent['type']>(
      type: T,
      accept: (event: Extract<BackendEvent, {type: T}>) => boolean = () => true,
    ) {
      const find = () =>
        seen.find(
          (event): event is Extract<BackendEvent, {type: T}> =>
            event.type === type && accept(event as Extract<BackendEvent, {type: T}>),
        );
      return until(`a ${type} event`, async () => find(), waiting);
    },
  };
}

/** The screen, as soon as it holds the text. */
export function screenWith(backend: Backend, terminal: string, text: string): Promise<Screen> {
  return screenThat(backend, terminal, JSON.stringify(text), screen => screenText(screen).join('\n').includes(text));
}

export async function screenThat(
  backend: Backend,
  terminal: string,
  what: string,
  accept: (screen: Screen) => boolean,
) {
  let last: Screen | null = null;
  try {
    return await until(`${what} on screen`, async () => {
      last = await backend.capture(terminal);
      return accept(last) ? last : undefined;
    });
  } catch (error) {
    const shown = last === null ? '(none)' : screenText(last).join('\n');
    throw new Error(`${(error as Error).message}; the screen was:\n${shown}`);
  }
}

/** The first value that is not undefined; looked for at each event, and now and then. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  waiting?: Set<() => void>,
): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`no ${what} within ${WAIT_MS} ms`);
    await new Promise<void>(resolve => {
      const wake = () => {
        clearTimeout(timer);
        waiting?.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, LOOK_MS);
      waiting?.add(wake);
    });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const gone = (pid: number): Promise<true> =>
  until(`end of process ${pid}`, async () => (isAlive(pid) ? undefined : true));
