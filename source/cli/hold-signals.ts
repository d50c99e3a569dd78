/** How long an orderly end may take once it was asked for by a signal, in ms. */
const END_MS = 15_000;
/** How many of those acts are under way. */
let held = 0;
const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

/** Whether something is under way that ends in order, also when its terminal is gone. */
export const endsInOrder = (): boolean => held > 0;

/**
 * Keeps a second signal from cutting short what the first one began: a closed terminal sends SIGHUP to the whole
 * foreground group, and a launcher passes its own on as well. What listens for signals inside `act` still hears them.
 */
export async function holdingSignals<T>(act: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | null = null;
  const hold = () => {
    timer ??= setTimeout(() => process.exit(1), END_MS).unref();
  };
  for (const signal of SIGNALS) process.on(signal, hold);
  held++;
  try {
    return await act();
  } finally {
    held--;
    if (timer !== null) clearTimeout(timer);
    for (const signal of SIGNALS) process.off(signal, hold);
  }
}
