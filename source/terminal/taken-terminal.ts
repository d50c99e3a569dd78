import type {ReadStream, WriteStream} from 'node:tty';
import {PAINT_END, PAINT_START} from './painter.ts';

/** Signals that end us: the person's terminal is given back first. */
const ENDING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];

/** The title that was there comes back with the second, where the terminal keeps titles. */
const TITLE_KEPT = '\u001b[22;2t';
const TITLE_BACK = '\u001b[23;2t';

export type Taking = {
  stdin: ReadStream;
  stdout: WriteStream;
  /** Of the terminal's window. */
  title: string;
};

/** Raw mode, a screen and a title of our own; returns what undoes it, which also runs when the process ends in between. */
export function takeTerminal({stdin, stdout, title}: Taking): () => void {
  const wasRaw = stdin.isRaw === true;
  const wasFlowing = stdin.readableFlowing === true;
  let taken = true;
  const restore = () => {
    if (!taken) return;
    taken = false;
    stdout.write(TITLE_BACK + PAINT_END);
    if (stdin.isTTY) stdin.setRawMode(wasRaw);
  };
  const ending = (signal: NodeJS.Signals) => {
    restore();
    process.off(signal, ending);
    // Nobody else minds this signal: it does what it would have done.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  if (stdin.isTTY) stdin.setRawMode(true);
  stdout.write(`${TITLE_KEPT}\u001b]2;${title}\u001b\\${PAINT_START}`);
  process.once('exit', restore);
  for (const signal of ENDING) process.on(signal, ending);
  return () => {
    restore();
    if (!wasFlowing) stdin.pause();
    process.off('exit', restore);
    for (const signal of ENDING) process.off(signal, ending);
  };
}
