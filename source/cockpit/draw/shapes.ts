/** Every drawn sign, so that a terminal without them gets another set. One cell wide each, the bolt two, the dots one or three. */
export type Shapes = {
  waiting: string;
  working: string;
  finished: string;
  idle: string;
  failed: string;
  stopped: string;
  starting: string;
  thin: Box;
  heavy: Box;
  rule: string;
  /** Behind what is cut. */
  ellipsis: string;
  /** For what stands elsewhere, as a word of its own: a `~` before a path would be the home. */
  dots: string;
  pointer: string;
  bar: string;
  mark: string;
  queue: string;
  bolt: string;
  dot: string;
  cropped: string;
  open: string;
  folded: string;
  arrow: string;
  enter: string;
  left: string;
  right: string;
  newline: string;
  times: string;
  changes: string;
  full: string;
  empty: string;
  /** Eight heights, the lowest first. */
  levels: string;
  /** A cell of a chart for each set of its points: 256, in the order of braille. */
  points: string;
};

export type Box = {
  topLeft: string;
  topRight: string;
  bottomLeft: string;
  bottomRight: string;
  across: string;
  down: string;
};

export const unicodeShapes: Shapes = {
  waiting: '◆',
  working: '▶',
  finished: '✓',
  idle: '○',
  failed: '✗',
  stopped: '■',
  starting: '◌',
  thin: {topLeft: '╭', topRight: '╮', bottomLeft: '╰', bottomRight: '╯', across: '─', down: '│'},
  heavy: {topLeft: '┏', topRight: '┓', bottomLeft: '┗', bottomRight: '┛', across: '━', down: '┃'},
  rule: '─',
  ellipsis: '…',
  dots: '…',
  pointer: '❯',
  bar: '▌',
  mark: '●',
  queue: '⏎',
  bolt: '⚡',
  dot: '·',
  cropped: '▸',
  open: '▾',
  folded: '▸',
  arrow: '→',
  enter: '⏎',
  left: '‹',
  right: '›',
  newline: '↵',
  times: '×',
  changes: '±',
  full: '▓',
  empty: '░',
  levels: '▁▂▃▄▅▆▇█',
  points: Array.from({length: 256}, (_, set) => String.fromCharCode(0x2800 + set)).join(''),
};

export const asciiShapes: Shapes = {
  waiting: '!',
  working: '>',
  finished: '+',
  idle: 'o',
  failed: 'x',
  stopped: '#',
  starting: '.',
  thin: {topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+', across: '-', down: '|'},
  heavy: {topLeft: '#', topRight: '#', bottomLeft: '#', bottomRight: '#', across: '=', down: '#'},
  rule: '-',
  ellipsis: '~',
  dots: '...',
  pointer: '>',
  bar: '|',
  mark: '*',
  queue: 'q',
  bolt: '^',
  dot: '-',
  cropped: '>',
  open: 'v',
  folded: '>',
  arrow: '>',
  enter: 'enter',
  left: '<',
  right: '>',
  newline: '/',
  times: 'x',
  changes: '~',
  full: '#',
  empty: '.',
  levels: '_.:-=+*#',
  points: ` ${'*'.repeat(255)}`,
};

const blankBox: Box = {topLeft: ' ', topRight: ' ', bottomLeft: ' ', bottomRight: ' ', across: ' ', down: ' '};

/** For a screen reader: what only frames or draws is blank. */
export const spokenShapes: Shapes = {
  ...asciiShapes,
  thin: blankBox,
  heavy: blankBox,
  rule: ' ',
  bar: '>',
  dot: ',',
  full: ' ',
  empty: ' ',
  levels: ' '.repeat(8),
};
