import assert from 'node:assert/strict';
import {render} from 'ink-testing-library';
import {App} from '../../source/cockpit/app.tsx';
import {createDeeds} from '../../source/cockpit/deeds.ts';
import type {ReadDirectories} from '../../source/cockpit/directory-offers.ts';
import type {Source} from '../../source/cockpit/hooks/use-fleet.ts';
import type {CockpitInfo} from '../../source/cockpit/options.ts';
import type {KeyChanges} from '../../source/cockpit/remap.ts';
import {firstState} from '../../source/cockpit/state.ts';
import {Store} from '../../source/cockpit/store.ts';
import type {FakeFleet} from './fake-fleet.ts';
import {loadThemes} from './palettes.ts';
import {SCENE_NOW, sceneAgents, sceneFleet} from './scene.ts';

/** ink-testing-library's width. */
const COLUMNS = 100;
const BOUND_MS = 20_000;

// ink-testing-library has no height: Ink would ask the caller's terminal, and `tput` twice, at each frame.
process.env['COLUMNS'] = String(COLUMNS);
process.env['LINES'] = '24';

/** The whole cockpit over a fake fleet, at the moment of the scene. */
export function openCockpit<F extends FakeFleet = FakeFleet>({
  fleet = sceneFleet() as F,
  info = {mode: 'hosted', agentsFound: sceneAgents},
  cols = COLUMNS,
  keys = {},
  directories,
  cwd = '/work/shop',
  whenHere,
}: {
  fleet?: F;
  info?: CockpitInfo;
  cols?: number;
  keys?: KeyChanges;
  directories?: ReadDirectories;
  cwd?: string | null;
  whenHere?: Source['whenHere'];
} = {}) {
  let now = SCENE_NOW;
  const clock = () => now;
  const store = new Store(firstState({size: {cols, rows: 30}, now, demo: false}));
  const ends: string[] = [];
  const themes = loadThemes('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});
  const written: string[] = [];
  const deeds = createDeeds({
    store,
    themes,
    options: {
      fleet,
      themes: {files: [], chosen: 'dark'},
      stdin: process.stdin,
      stdout: process.stdout,
      keys: {leave: 'ctrl+]', detach: 'ctrl+]', changes: keys},
      info,
      clock,
      ...(directories === undefined ? {} : {directories}),
      cwd,
      env: {HOME: '/home/ada'},
      attach: async () => {},
    },
    terminal: {
      quit: () => ends.push('quit'),
      stop: () => ends.push('stop'),
      repaint: () => ends.push('repaint'),
      write: sequence => void written.push(sequence),
      hush: () => {},
      lend: use => use(AbortSignal.timeout(BOUND_MS)),
    },
  });
  const source: Source = {
    fleet,
    store,
    clock,
    fail: deeds.fail,
    say: deeds.say,
    ...(whenHere === undefined ? {} : {whenHere}),
  };
  const props = {source, deeds, themes, info, leaveKey: 'ctrl+]', setTitle: () => {}, onSuspend: () => {}};
  const view = render(<App {...props} />);
  const frame = () => (view.lastFrame() ?? '').replace(/\x1b\[[\d;]*m/g, '');
  return {
    fleet,
    store,
    deeds,
    ends,
    /** Past the picture, to the terminal itself. */
    written,
    frame,
    /** How many were drawn. */
    frames: () => view.frames.length,
    /** Lets the clock go on, and nobody is told. */
    lapse: (ms: number) => {
      now += ms;
    },
    /** Lets the clock go on. */
    pass: (ms: number) => {
      now += ms;
      store.dispatch({type: 'tick', now});
    },
    press: (keys: string) => view.stdin.write(keys),
    async see(pattern: RegExp): Promise<void> {
      const deadline = performance.now() + BOUND_MS;
      while (!pattern.test(frame())) {
        assert.ok(performance.now() < deadline, `waited for ${pattern} in\n${frame()}`);
        await new Promise(resolve => setImmediate(resolve));
      }
    },
    [Symbol.dispose]: view.unmount,
  };
}
