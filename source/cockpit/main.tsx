import {type Instance, render, type SuspendTerminal} from 'ink';
import {App} from './app.tsx';
import {createDeeds, type Terminal} from './deeds.ts';
import type {Source} from './hooks/use-fleet.ts';
import {Keyboard, keyTitle} from './keyboard.ts';
import {createPointer, pointerWanted} from './keys/pointer.ts';
import type {Size} from './layout.ts';
import {mouseReports} from './mouse.ts';
import type {CockpitEnd, CockpitOptions} from './options.ts';
import {firstState} from './state.ts';
import {Store} from './store.ts';
import {catchStrayOutput} from './stray-output.ts';
import {guardTerminal, NO_WRAP, RESET_MODES, WRAP} from './terminal-guard.ts';
import {themeOf} from './theme.ts';

export {keyTable} from './keymap.ts';
export type {CockpitEnd, CockpitInfo, CockpitOptions} from './options.ts';

/** A child that has the terminal gets this long to end before the cockpit ends without it, in ms. */
const CHILD_END_MS = 1000;

/** The full-screen cockpit over a fleet; resolves with the terminal restored. */
export async function runCockpit(options: CockpitOptions): Promise<CockpitEnd> {
  const {fleet, stdin, stdout, clock, info} = options;
  const env = options.env ?? process.env;
  const theme = themeOf(options.theme, env);
  const store = new Store(firstState({size: sizeOf(stdout), now: clock(), demo: options.demo !== undefined}));
  const {promise: ended, resolve: end} = Promise.withResolvers<CockpitEnd>();
  const ending = new AbortController();
  let lent: Promise<void> = Promise.resolve();
  let suspend: SuspendTerminal | undefined;
  let ink: Instance | undefined;

  const mouse = mouseReports({allowed: options.mouse !== false, write: sequence => void stdout.write(sequence)});
  store.subscribe(() => mouse.want(pointerWanted(store.state())));

  const terminal: Terminal = {
    quit: () => end({reason: 'quit'}),
    repaint: () => {
      ink?.clear();
      stdout.write('\x1b[H\x1b[2J');
      store.dispatch({type: 'anew', now: clock()});
    },
    write: sequence => void stdout.write(sequence),
    lend: use => {
      lent = (async () => {
        await suspend?.(async () => {
          mouse.lend(true);
          stdout.write(WRAP);
          try {
            await keyboard.lend(() => use(ending.signal));
          } finally {
            stdout.write(RESET_MODES + NO_WRAP);
            mouse.lend(false);
          }
        });
      })();
      return lent;
    },
  };
  const deeds = createDeeds({store, options: {...options, env}, terminal});
  const keyboard = new Keyboard({
    stdin,
    leave: options.keys.leave,
    typing: {
      into: () => {
        const {mode} = store.state();
        return mode.kind === 'typing' ? mode.session : null;
      },
      bracketed: () => {
        const {screens, mode} = store.state();
        return mode.kind === 'typing' && screens.get(mode.session)?.modes.bracketedPaste === true;
      },
      type: (session, bytes) => fleet.type(session, bytes),
      leave: () => store.dispatch({type: 'mode', mode: {kind: 'command'}}),
      failed: deeds.fail,
    },
    pointer: createPointer({deeds, theme}),
  });

  const restore = guardTerminal({
    stdout,
    restore: () => {
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
    store.dispatch({type: 'resized', size: sizeOf(stdout)});
    store.tell();
    ink?.rerender(app);
  };
  stdout.on('resize', onResize);

  keyboard.open();

  const source: Source = {fleet, store, clock, fail: deeds.fail, say: deeds.say};
  const appIn = (mode: typeof info.mode) => (
    <App
      source={source}
      deeds={deeds}
      theme={theme}
      info={{...info, mode}}
      leaveKey={keyTitle(options.keys.leave)}
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
  ink = render(app, {
    stdout,
    stdin: keyboard.command.asStream(),
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 60,
  });
  stdout.write(NO_WRAP);
  mouse.want(true);

  try {
    // Ink ends by itself only when drawing failed.
    return await Promise.race([ended, ink.waitUntilExit().then(() => ended)]);
  } finally {
    ending.abort();
    await Promise.race([lent.catch(() => {}), new Promise(resolve => setTimeout(resolve, CHILD_END_MS).unref())]);
    restore();
  }
}

const sizeOf = (stdout: NodeJS.WriteStream): Size => ({cols: stdout.columns || 80, rows: stdout.rows || 24});
