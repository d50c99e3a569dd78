const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

const SAVE_TITLE = '\x1b[22;2t';
const RESTORE_TITLE = '\x1b]2;\x1b\\\x1b[23;2t';
/** Terminals measure some scripts wider than others do: such a row is cut at the edge instead of moving all below it. */
export const NO_WRAP = '\x1b[?7l';
export const WRAP = '\x1b[?7h';
/** Line wrap: on. Bracketed paste, mouse, focus reports, application keys, modifyOtherKeys, kitty keyboard: off. Cursor: on. */
export const RESET_MODES =
  '\x1b[?7h\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?1l\x1b>\x1b[>4;0m\x1b[=0;1u\x1b[?25h';

/** Whatever ends the process or the cockpit, `restore` runs once and the terminal is as it was. */
export function guardTerminal({
  stdout,
  restore,
  onSignal,
}: {
  stdout: NodeJS.WriteStream;
  /** Synchronous: a crash leaves no time for anything else. */
  restore: () => void;
  onSignal: (signal: NodeJS.Signals) => void;
}): () => void {
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off('exit', end);
    process.off('uncaughtExceptionMonitor', end);
    restore();
    stdout.write(RESET_MODES + RESTORE_TITLE);
    stdout.off('error', ignore);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('exit', end);
  // Unhandled rejections come here too; Node then prints the error, now on the ordinary screen, and ends.
  process.on('uncaughtExceptionMonitor', end);
  // After SIGHUP the terminal is gone and every write fails.
  stdout.on('error', ignore);
  stdout.write(SAVE_TITLE);
  return end;
}

const ignore = (): void => {};
