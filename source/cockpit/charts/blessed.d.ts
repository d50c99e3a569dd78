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
    /** A canvas is made when its widget is appended. */
    append(widget: object): void;
    remove(widget: object): void;
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

declare module 'blessed-contrib/lib/widget/charts/line.js' {
  export default class Line {
    constructor(options: {
      width: number;
      height: number;
      /** Of the axis, in points: two to a cell. */
      xPadding: number;
      numYLabels: number;
      maxY: number;
      /** Every so manieth label of x is written, or fewer. */
      showNthLabel: number;
      showLegend: boolean;
      style: {line: string; text: string; baseline: string};
    });
    setData(series: readonly {x: readonly string[]; y: readonly number[]}[]): void;
    ctx: {_canvas: {frame(): string}};
  }
}

declare module 'blessed-contrib/lib/widget/gauge.js' {
  export default class Gauge {
    constructor(options: {width: number; height: number; showLabel: boolean; stroke: string; fill: string});
    /** A share up to 1.001 is one of 1, more is one of 100. */
    setData(share: number): void;
    ctx: {_canvas: {frame(): string}};
  }
}
