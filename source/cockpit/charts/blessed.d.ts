/** What the charts use of two packages, one without types and one with types for its front door alone. */
declare module 'blessed' {
  type Streams = {input: NodeJS.ReadableStream; output: NodeJS.WritableStream; tput: false};
  class Program {
    constructor(options: Streams);
    static _bound: boolean;
    _tputSetup: boolean;
    tput: {strings: object; numbers: object};
    isAlt: boolean;
    clear: () => void;
  }
  export class Screen {
    constructor(options: {program: Program});
    /** Makes its cells. */
    alloc(): void;
    static _bound: boolean;
  }
  const blessed: {Program: typeof Program; Screen: typeof Screen};
  export default blessed;
}

declare module 'blessed-contrib/lib/widget/sparkline.js' {
  import type {Screen} from 'blessed';
  export default class Sparkline {
    constructor(options: {parent: Screen; width: number; height: number});
    setData(titles: readonly string[], data: readonly (readonly number[])[]): void;
    /** Its text, as it was laid out. */
    getLines(): string[];
  }
}
