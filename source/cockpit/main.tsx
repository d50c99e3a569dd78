import {type Instance, render, type SuspendTerminal} from 'ink';
import {App} from './app.tsx';
import {ASK_BACKGROUND, lightBackground} from './background.ts';
import {createBell} from './bell.ts';
import {createDeeds, type Terminal} from './deeds.ts';
import {createGaze} from './gaze.ts';
import type {Source} from './hooks/use-fleet.ts';
import {watched} from './hooks/use-screen.ts';
import {openJobControl} from './job-control.ts';
import {Keyboard, keyTitle} from './keyboard.ts';
import {createPointer, pointerWanted} from './keys/pointer.ts';
import type {Size} from './layout.ts';
import {whyNotTyped} from './mode.ts';
import {mouseReports} from './mouse.ts';
import type {CockpitEnd, CockpitOptions} from './options.ts';
import {firstState} from './state.ts';
import {Store} from './store.ts';
import {catchStrayOutput} from './stray-output.ts';
import {guardTerminal, NO_WRAP, RESET_MODES, WRAP} from './terminal-guard.ts';
import {mayBeAsked, openTerminalOutput} from './terminal-output.ts';
import {createThemes} from './themes.ts';

export {keyTable} from './keymap.ts';
export type {CockpitEnd, CockpitInfo, CockpitOptions} from './options.ts';

/** A child that has the terminal gets this long to end before the cockpit ends without it, in ms. */
const CHILD_END_MS = 1000;
/** What was written last gets this long to reach a slow terminal, in ms. */
const FLUSH_MS = 1000;

/** A terminal that is behind by more, in characters, is told nothing. */
const BACKLOG_MAX = 64 * 1024;

/** The full-screen cockpit over a fleet; resolves with the terminal restored. */
export async function runCockpit(options: CockpitOptions): Promise<CockpitEnd> {
  const {fleet, stdin, stdout, clock, info} = options;
  const env = options.env ?? process.env;
  const themes = createThemes(options.themes, env);
  const isSpoken = env['INK_SCREEN_READER'] === 'true';
  const store = new Store(firstState({size: sizeOf(stdout, isSpoken), now: clock(), demo: options.demo !== undefined}));
  const {promise: ended, resolve: end} = Promise.withResolvers<CockpitEnd>();
  const ending = new AbortController();
  let lent: Promise<void> = Promise.resolve();
  let isLent = false;
  let suspend: SuspendTerminal | undefined;
  let ink: Instance | undefined;
  const wipe = (): void => {
    ink?.clear();
    stdout.write('\x1b[H\x1b[2J');
  };

  const mouse = mouseReports({allowed: options.mouse !== false, write: sequence => void stdout.write(sequence)});
  const gaze = createGaze({fleet, clock, write: sequence => void stdout.write(sequence)});
  store.subscribe(() => {
    mouse.want(pointerWanted(store.state()));
    gaze.see(watched(store.state()).map(({id}) => id));
  });
  const {notices} = options;
  const bell =
    notices === undefined
      ? null
      : createBell({
          settings: notices,
          env,
          clock,
          write: sequence => {
            if (stdout.writableLength < BACKLOG_MAX) stdout.write(sequence);
          },
          isLent: () => isLent,
          inSight: gaze.inSight,
          // The desktop of a fleet elsewhere is another one.
          served: async () => info.mode !== 'remote' && (await fleet.health().catch(() => null))?.desktop === true,
        });

  const terminal: Terminal = {
    quit: () => end({reason: 'quit'}),
    stop: () => jobs.stop(),
    repaint: () => {
      wipe();
      store.dispatch({type: 'anew', now: clock()});
    },
    write: sequence => void stdout.write(sequence),
    hush: dropped => keyboard.hush(dropped),
    lend: use => {
      lent = (async () => {
        await suspend?.(async () => {
          await output.flush(FLUSH_MS);
          output.wait(true);
          isLent = true;
          mouse.lend(true);
          gaze.lend(true);
          stdout.write(WRAP);
          try {
            await keyboard.lend(() => use(ending.signal));
          } finally {
            isLent = false;
            output.wait(false);
            stdout.write(RESET_MODES + NO_WRAP);
            mouse.lend(false);
            gaze.lend(false);
          }
        });
      })();
      return lent;
    },
  };
  const output = openTerminalOutput({
    stdout,
    term: env['TERM'] ?? '',
    onBehind: store.hold,
    onReady: store.release,
    onDropped: () => {
      wipe();
      ink?.rerender(app);
    },
  });
  const deeds = createDeeds({store, options: {...options, env}, themes, terminal});
  for (const fault of themes.faults) deeds.fail(fault);
  const hearsBackground = (sequence: string): boolean => {
    const isLight = lightBackground(sequence);
    if (isLight !== null) themes.background(isLight);
    return isLight !== null;
  };
  const leaveTitle = keyTitle(options.keys.leave);
  const keyboard = new Keyboard({
    stdin,
    leave: options.keys.leave,
    hear: sequence => output.hear(sequence) || gaze.hear(sequence) || hearsBackground(sequence),
    touched: gaze.touched,
    typing: {
      into: () => {
        const {mode} = store.state();
        return mode.kind === 'typing' ? mode.session : null;
      },
      bracketed: () => {
        const {screens, mode} = store.state();
        return mode.kind === 'typing' && screens.get(mode.session)?.modes.bracketedPaste === true;
      },
      type: async (session, bytes) => {
        const why = whyNotTyped(store.state(), session);
        if (why === null) await fleet.type(session, bytes);
        else deeds.say(`${why}: this went nowhere`, `${leaveTitle} leaves typing`);
      },
      leave: () => store.dispatch({type: 'mode', mode: {kind: 'command'}}),
      failed: deeds.fail,
    },
    pointer: createPointer({deeds, theme: () => themes.current()}),
  });

  const jobs = openJobControl({
    lend: async use => {
      await terminal.lend(use);
      store.dispatch({type: 'anew', now: clock()});
    },
    before: options.beforeStop,
    isLent: () => isLent,
    say: deeds.say,
    fail: deeds.fail,
  });
  const restore = guardTerminal({
    stdin,
    stdout,
    restore: () => {
      jobs.close();
      bell?.close();
      gaze.close();
      ink?.unmount();
      keyboard.close();
      stdout.off('resize', onResize);
      releaseOutput();
    },
    onSignal: signal => end({reason: 'signal', signal}),
  });
  const releaseOutput = catchStrayOutput(line => deeds.say(line));
  // Before Ink's own listener, which redraws what it has: by then that has the new size.
  const onResize = (): void => {
    store.dispatch({type: 'resized', size: sizeOf(stdout, isSpoken)});
    store.tell();
    ink?.rerender(app);
  };
  stdout.on('resize', onResize);

  keyboard.open();

  const source: Source = {
    fleet,
    store,
    clock,
    fail: deeds.fail,
    say: deeds.say,
    told: entry => bell?.heard(entry),
    whenHere: gaze.whenHere,
  };
  const appIn = (mode: typeof info.mode) => (
    <App
      source={source}
      deeds={deeds}
      themes={themes}
      info={{...info, mode}}
      leaveKey={leaveTitle}
      setTitle={title => void stdout.write(`\x1b]2;${title}\x1b\\`)}
      onSuspend={given => {
        suspend = given;
      }}
    />
  );
  let app = appIn(info.mode);
  void options.moved?.then(mode => {
    app = appIn(mode);
    if (!ending.signal.aborted) ink?.rerender(app);
  });
  output.wait(false);
  ink = render(app, {
    stdout: output.stream,
    stdin: keyboard.command.asStream(),
    isScreenReaderEnabled: isSpoken,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    // The store says when: here a key waits for nothing but the frame that is being drawn.
    maxFps: 250,
  });
  stdout.write(NO_WRAP);
  mouse.want(true);
  gaze.open();
  if (stdout.isTTY && mayBeAsked(env['TERM'] ?? '')) stdout.write(ASK_BACKGROUND);

  try {
    // Ink ends by itself only when drawing failed.
    return await Promise.race([ended, ink.waitUntilExit().then(() => ended)]);
  } finally {
    ending.abort();
    await Promise.race([lent.catch(() => {}), new Promise(resolve => setTimeout(resolve, CHILD_END_MS).unref())]);
    restore();
    await output.flush(FLUSH_MS);
    if (stdout.writableLength === 0) output.wait(true);
  }
}

/** To be heard, everything stands one below the other, as where there is no room beside each other. */
const SPOKEN_COLS = 49;

function sizeOf(stdout: NodeJS.WriteStream, isSpoken: boolean): Size {
  const cols = stdout.columns || 80;
  return {cols: isSpoken ? Math.min(SPOKEN_COLS, cols) : cols, rows: stdout.rows || 24};
}
