import {PassThrough} from 'node:stream';
import blessed, {type Screen} from 'blessed';

/** The widest line of a chart. Widgets may be higher than the screen that they stand on. */
const SIZE = {columns: 512, rows: 8};

let made: Screen | undefined;

/**
 * A screen of blessed that no terminal sees: widgets stand on it, and their text is taken from there. There is only one,
 * because blessed never forgets a screen.
 */
export function offScreen(): Screen {
  made ??= makeScreen();
  return made;
}

/** What a canvas draws only once it stands on a screen; it is taken off again. */
export function drawnOff<W extends object>(make: () => W, draw: (widget: W) => string): string {
  const screen = offScreen();
  const widget = make();
  screen.append(widget);
  try {
    return draw(widget);
  } finally {
    screen.remove(widget);
  }
}

/** Without its handlers of the process, and without terminfo: nothing of this is ever written. */
function makeScreen(): Screen {
  const {Program, Screen} = blessed;
  // As if their handlers were there already.
  Program._bound = true;
  Screen._bound = true;
  const output = Object.assign(new PassThrough(), SIZE);
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
