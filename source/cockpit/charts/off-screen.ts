import {PassThrough} from 'node:stream';
import blessed, {type Screen} from 'blessed';

/**
 * A screen of blessed that no terminal sees: widgets stand on it, and their text is taken from there. Without its
 * handlers of the process, and without terminfo: nothing of this is ever written.
 */
export function offScreen({cols, rows}: {cols: number; rows: number}): Screen {
  const {Program, Screen} = blessed;
  // As if their handlers were there already.
  Program._bound = true;
  Screen._bound = true;
  const output = Object.assign(new PassThrough(), {columns: cols, rows});
  output.resume();
  const program = new Program({input: new PassThrough(), output, tput: false});
  program._tputSetup = true;
  program.tput = {strings: {}, numbers: {}};
  // On the alternate buffer already: it is not entered, which would write to the terminal.
  program.isAlt = true;
  program.clear = () => {};
  const screen = new Screen({program});
  screen.alloc();
  return screen;
}
