/**
 * Writes docs/pictures/*.svg from real runs: the built `amux demo` in a private tmux, looked at once every agent is where
 * the pictures want it, in each layout, on several screens and in each theme.
 */
import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {parseSgrScreen} from '../source/terminal/sgr.ts';
import {darkGround, type Ground, lightGround, screenToSvg} from './svg.ts';

/** How long the demo may take until it looks as wanted, in ms. */
const BOUND_MS = 60_000;
const ESCAPE_MS = 300;
/** Where the six agents of the demo are then. */
const SETTLED = [/payments/, /permission/, /question/, /failed, exit 1|exit 1/, /PR #247 is ready/];

type Picture = {
  name: string;
  title: string;
  /** As tmux names them. */
  keys: readonly string[];
  sees: RegExp;
  ground?: Ground;
  /** Ends it. */
  back?: readonly string[];
};
type Sitting = {cols: number; rows: number; pictures: readonly Picture[]};

const fleet = (name: string, title: string): Picture => ({name, title, keys: [], sees: /payments/, back: []});
const theme = (name: string, ground: Ground): Picture => ({
  name: `theme-${name}`,
  title: `The theme ${name}`,
  keys: [':', ...`theme ${name}`, 'Enter'],
  sees: new RegExp(`theme ${name}`),
  ground,
});

const sittings: readonly Sitting[] = [
  {cols: 40, rows: 20, pictures: [fleet('fleet-40x20', 'On a phone: who is there and what each waits for')]},
  {cols: 60, rows: 30, pictures: [fleet('fleet-60x30', 'Narrow: the list above the live screen')]},
  {cols: 80, rows: 24, pictures: [fleet('fleet-80x24', 'Cards beside the live screen at 80 columns')]},
  {
    cols: 120,
    rows: 40,
    pictures: [
      fleet('fleet-120x40', 'Cards of six sessions beside the screen of the selected one'),
      {
        name: 'grid-120x40',
        title: 'All cards at full width',
        keys: ['v'],
        sees: /─ payments ─.*─ docs ─|━ payments ━.*─ docs ─/,
        back: ['v'],
      },
      {name: 'tiles-120x40', title: 'Several live screens side by side', keys: ['V'], sees: /◆ payments/, back: ['V']},
      {name: 'board-120x40', title: 'The board', keys: ['2'], sees: /\[2 Board\]/},
      {name: 'approvals-120x40', title: 'What waits for a person', keys: ['3'], sees: /\[3 Approvals/},
      {name: 'events-120x40', title: 'What happened, and why', keys: ['5'], sees: /\[5 Events\]/},
      {name: 'palette-120x40', title: 'The command palette', keys: [':', 's', 't', 'o'], sees: /❯ sto/},
      {name: 'help-120x40', title: 'All keys, searched', keys: ['?'], sees: /━ Keys ━/},
    ],
  },
  {
    cols: 100,
    rows: 30,
    pictures: [
      theme('light', lightGround),
      theme('high-contrast', {background: '#000000', foreground: '#ffffff'}),
      theme('colour-blind', darkGround),
      theme('ansi-16', darkGround),
      theme('terminal', darkGround),
      theme('dark', darkGround),
    ],
  },
  {cols: 200, rows: 50, pictures: [fleet('fleet-200x50', 'Two columns of cards at 200 columns')]},
];

const run = promisify(execFile);
const root = new URL('..', import.meta.url).pathname;
const target = new URL('pictures/', import.meta.url);
mkdirSync(target, {recursive: true});
for (const sitting of sittings) await sit(sitting);

/** One demo, looked at as often as there are pictures. */
async function sit({cols, rows, pictures}: Sitting): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'amux-picture-'));
  const tmux = (...args: string[]) =>
    run('tmux', ['-S', join(directory, 'tmux.sock'), '-f', '/dev/null', ...args], {env: cleanEnvironment(directory)});
  const text = async (): Promise<string> => (await tmux('capture-pane', '-p')).stdout;
  try {
    const command = `exec '${process.execPath}' '${join(root, 'bin', 'amux.js')}' demo`;
    await tmux('-u', 'new-session', '-d', '-x', String(cols), '-y', String(rows), command);
    await tmux('set', '-g', 'status', 'off');
    const wanted = cols < 80 ? [/payments/, /permission|rm -rf/] : SETTLED;
    await seen(text, wanted);
    for (const {name, title, keys, sees, ground, back = ['Escape']} of pictures) {
      for (const key of keys) await tmux('send-keys', key);
      await seen(text, [sees]);
      const lines = parseSgrScreen((await tmux('capture-pane', '-p', '-e', '-N')).stdout);
      while (lines.length < rows) lines.push([]);
      writeFileSync(new URL(`${name}.svg`, target), screenToSvg({lines, cols, title, ground}));
      for (const key of back) {
        await tmux('send-keys', key);
        // Escape and what follows at once are one key.
        await new Promise(resolve => setTimeout(resolve, ESCAPE_MS));
      }
    }
    await tmux('send-keys', 'q');
    await ended(tmux);
  } finally {
    await tmux('kill-server').catch(() => {}); // It ended with its only window.
    rmSync(directory, {recursive: true, force: true});
  }
}

/** All that is wanted shows, and the picture stands still. */
async function seen(text: () => Promise<string>, wanted: readonly RegExp[]): Promise<void> {
  let missing: readonly RegExp[] = wanted;
  let plain = '';
  for (const end = performance.now() + BOUND_MS; performance.now() < end; ) {
    const before = plain;
    plain = await text();
    missing = wanted.filter(pattern => !pattern.test(plain));
    if (missing.length === 0 && plain === before) return;
    await new Promise(resolve => setTimeout(resolve, 300));
  }
  throw new Error(`the demo never showed ${missing.join(', ')}; its screen:\n${plain}`);
}

/** The demo cleans up after itself: the picture waits for that. */
async function ended(tmux: (...args: string[]) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const alive = await tmux('list-sessions').then(
      () => true,
      () => false,
    );
    if (!alive) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

function cleanEnvironment(directory: string): Record<string, string> {
  const {PATH = '', HOME = ''} = process.env;
  return {PATH, HOME: HOME === '' ? directory : HOME, LANG: 'C.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor'};
}
