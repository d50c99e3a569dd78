import type {ReadStream, WriteStream} from 'node:tty';
import {PAINT_END, PAINT_START} from './painter.ts';

/** Signals that end us: the person's terminal is given back first. */
const ENDING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];

/** Raw mode and a screen of our own; returns what undoes it, which also runs when the process ends in between. */
export function takeTerminal(stdin: ReadStream, stdout: WriteStream): () => void {
  const wasRaw = stdin.isRaw === true;
  const wasFlowing = stdin.readableFlowing === true;
  let taken = true;
  const restore = () => {
    if (!taken) return;
    taken = false;
    stdout.write(PAINT_END);
    if (stdin.isTTY) stdin.setRawMode(wasRaw);
  };
  const ending = (signal: NodeJS.Signals) => {
    restore();
    process.off(signal, ending);
    // Nobody else minds this signal: it does what it would have done.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  if (stdin.isTTY) stdin.setRawMode(true);
  stdout.write(PAINT_START);
  process.once('exit', restore);
  for (const signal of ENDING) process.on(signal, ending);
  return () => {
    restore();
    if (!wasFlowing) stdin.pause();
    process.off('exit', restore);
    for (const signal of ENDING) process.off(signal, ending);
  };
}
