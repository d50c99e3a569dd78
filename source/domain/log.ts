export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** Tells what happened to those who look for a cause later. Facts are numbers, words and codes, never what was said. */
export type Log = (level: (typeof logLevels)[number], message: string, facts?: Record<string, unknown>) => void;

export const noLog: Log = () => {};
