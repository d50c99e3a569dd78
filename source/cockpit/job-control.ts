/** A process that nothing has stopped by then has no shell that could go on with it, in ms. */
const STOP_MS = 100;

type Options = {
  /** Gives the whole terminal away until `use` is done, then draws everything anew. */
  lend: (use: () => Promise<void>) => Promise<void>;
  /** What has to be done while the process still can. */
  before: (() => Promise<void>) | undefined;
  /** Whether somebody else has the terminal. */
  isLent: () => boolean;
  say: (message: string, hint?: string) => void;
  fail: (error: unknown) => void;
};

export type JobControl = {
  /** Stops the process, with the terminal as it was before, until its shell goes on with it. */
  stop: () => void;
  close: () => void;
};

/** Ctrl+Z, SIGTSTP and SIGCONT. */
export function openJobControl({lend, before, isLent, say, fail}: Options): JobControl {
  let busy = false;
  const stop = async (): Promise<void> => {
    if (busy || isLent()) return;
    busy = true;
    try {
      await before?.();
      let stopped = false;
      await lend(async () => {
        // Without a listener the signal does what it does to any program.
        process.off('SIGTSTP', onStop);
        stopped = await stopHere();
        process.on('SIGTSTP', onStop);
      });
      // The window may have another size by now, and nobody told.
      if (stopped) process.kill(process.pid, 'SIGWINCH');
      else say('nothing to suspend to', 'this terminal has no shell that could go on with amux');
    } catch (error) {
      fail(error);
    } finally {
      busy = false;
    }
  };
  const onStop = (): void => void stop();
  // Stopped by SIGSTOP, it had no time to give the terminal back: whoever had it meanwhile left it in another mode.
  const onContinue = (): void => {
    if (!busy && !isLent()) void lend(async () => {}).catch(fail);
  };
  process.on('SIGTSTP', onStop);
  process.on('SIGCONT', onContinue);
  return {
    stop: onStop,
    close: () => {
      process.off('SIGTSTP', onStop);
      process.off('SIGCONT', onContinue);
    },
  };
}

/**
 * Stops this process with its whole group, so that a launcher in front of it stops as well and the shell hears of it.
 * Resolves with true once it goes on, with false when nothing stopped it: the system drops the signal where no shell
 * could ever continue the group.
 */
async function stopHere(): Promise<boolean> {
  let continued = false;
  const onContinue = (): void => {
    continued = true;
  };
  process.once('SIGCONT', onContinue);
  process.kill(0, 'SIGTSTP');
  await new Promise(resolve => setTimeout(resolve, STOP_MS));
  // Timers come before signals in a round of the event loop.
  for (let round = 0; round < 2; round++) await new Promise(resolve => setImmediate(resolve));
  process.off('SIGCONT', onContinue);
  return continued;
}
