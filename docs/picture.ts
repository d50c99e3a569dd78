/**
 * Writes docs/cockpit.svg from a real run: the built `amux demo` in a private tmux of 120×40 cells,
 * looked at once every agent is where the picture wants it.
 */
import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {parseSgrScreen} from '../source/terminal/sgr.ts';
import {screenToSvg} from './svg.ts';

const COLS = 120;
const ROWS = 40;
/** How long the demo may take until it looks as wanted, in ms. */
const BOUND_MS = 60_000;
const WANTED = [/payments/, /permission/, /question/, /failed, exit 1/, /PR #247 is ready/, /日本/, /case 1\d /];

const run = promisify(execFile);
const root = new URL('..', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'amux-picture-'));
const tmux = (...args: string[]) =>
  run('tmux', ['-S', join(directory, 'tmux.sock'), '-f', '/dev/null', ...args], {env: cleanEnvironment()});

try {
  const command = `exec '${process.execPath}' '${join(root, 'bin', 'amux.js')}' demo`;
  await tmux('-u', 'new-session', '-d', '-x', String(COLS), '-y', String(ROWS), command);
  await tmux('set', '-g', 'status', 'off');
  const text = await settled();
  const lines = parseSgrScreen(text);
  while (lines.length < ROWS) lines.push([]);
  const title = 'The cockpit of amux over its demo: cards of six sessions beside the screen of the selected one';
  writeFileSync(new URL('cockpit.svg', import.meta.url), screenToSvg({lines, cols: COLS, title}));
  await tmux('send-keys', 'q');
  await ended();
} finally {
  await tmux('kill-server').catch(() => {}); // It ended with its only window.
  rmSync(directory, {recursive: true, force: true});
}

/** The screen, once all that is wanted shows. */
async function settled(): Promise<string> {
  let missing: RegExp[] = WANTED;
  let plain = '';
  for (const end = performance.now() + BOUND_MS; performance.now() < end; ) {
    plain = (await tmux('capture-pane', '-p')).stdout;
    missing = WANTED.filter(pattern => !pattern.test(plain));
    if (missing.length === 0) return (await tmux('capture-pane', '-p', '-e', '-N')).stdout;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error(`the demo never showed ${missing.join(', ')}; its screen:\n${plain}`);
}

/** The demo cleans up after itself: the picture waits for that. */
async function ended(): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const alive = await tmux('list-sessions').then(
      () => true,
      () => false,
    );
    if (!alive) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

function cleanEnvironment(): Record<string, string> {
  const {PATH = '', HOME = ''} = process.env;
  return {PATH, HOME: HOME === '' ? directory : HOME, LANG: 'C.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor'};
}
