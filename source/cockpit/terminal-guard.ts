const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
/** How stdin says that the terminal is gone, where reading it does not fail. */
const ENDS = ['end', 'close'] as const;

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
  stdin,
  stdout,
  restore,
  onSignal,
}: {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  /** Synchronous: a crash leaves no time for anything else. */
  restore: () => void;
  onSignal: (signal: NodeJS.Signals) => void;
}): () => void {
  let over = false;
  const onLoss = (): void => {
    if (!over) onSignal('SIGHUP');
  };
  const end = (): void => {
    if (over) return;
    over = true;
    for (const signal of SIGNALS) process.off(signal, onSignal);
    for (const event of ENDS) stdin.off(event, onLoss);
    process.off('exit', end);
    process.off('uncaughtExceptionMonitor', end);
    restore();
    stdout.write(RESET_MODES + RESTORE_TITLE);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('exit', end);
  // Unhandled rejections come here too; Node then prints the error, now on the ordinary screen, and ends.
  process.on('uncaughtExceptionMonitor', end);
  // Its end may come without a signal: whoever ignores SIGHUP learns of it here alone.
  for (const event of ENDS) stdin.on(event, onLoss);
  // These stay: what is done last, once the terminal is gone, fails as well.
  stdin.on('error', onLoss);
  stdout.on('error', onLoss);
  stdout.write(SAVE_TITLE);
  return end;
}
