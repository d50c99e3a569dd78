/** How Ink frames each picture: DEC 2026, synchronized output. */
const FRAME_START = '\x1b[?2026h';
const FRAME_END = '\x1b[?2026l';

/** The alternate screen begins with the cursor where it was on the other one: its first picture would, too. */
const ENTER = '\x1b[?1049h';
const HOME = '\x1b[H\x1b[2J';

/** Asks whether the terminal knows that mode (DECRQM). What one that knows neither may print is erased at once. */
const ASK = '\x1b[?2026$p\r\x1b[J';
const ANSWER = /^\x1b\[\?2026;([0-4])\$y$/;
/** These print what they do not know. */
const TOO_OLD = /^(?:linux|ansi|vt\d+|dumb)/;
/** Whether a terminal may be asked what it can do: by `$TERM`. */
export const mayBeAsked = (term: string): boolean => !TOO_OLD.test(term);

/** What may wait for a slow terminal, in characters; then pictures are dropped, and the newest is drawn whole. */
const QUEUE_MAX = 256 * 1024;

/** The part of a tty handle that says whether a write waits until the terminal took it. */
type WriteHandle = {setBlocking?: (blocking: boolean) => number};

export type TerminalOutput = {
  /** The terminal as Ink gets it. */
  stream: NodeJS.WriteStream;
  /** Whether this is what the terminal says about itself, and no key. */
  hear: (sequence: string) => boolean;
  /**
   * While somebody else has the terminal, and at the end, writes wait for it; else a terminal that takes nothing
   * would stop the whole process, and with it the supervisor that it may be.
   */
  wait: (waits: boolean) => void;
  /** Resolves once all was taken, or after so many ms. */
  flush: (ms: number) => Promise<void>;
};

type Options = {
  stdout: NodeJS.WriteStream;
  term: string;
  /** The terminal is behind: nothing new should be drawn, until it is not any more. */
  onBehind: () => void;
  onReady: () => void;
  /** Pictures were dropped: all has to be drawn anew. */
  onDropped: () => void;
};

/** Each picture is one write, held together where the terminal can; no more of them wait than a terminal can take. */
export function openTerminalOutput({stdout, term, onBehind, onReady, onDropped}: Options): TerminalOutput {
  let synchronized = false;
  let asked = !mayBeAsked(term) || !stdout.isTTY;
  /** What belongs to the picture that is being written; null: none is. */
  let picture: string | null = null;
  let behind = false;
  let dropped = false;

  const send = (text: string): boolean => {
    const taken = stdout.write(text);
    if (taken || behind) return taken;
    behind = true;
    onBehind();
    stdout.once('drain', () => {
      behind = false;
      onReady();
      if (dropped) onDropped();
      dropped = false;
    });
    return taken;
  };

  const finish = (text: string): boolean => {
    if (stdout.writableLength > QUEUE_MAX) {
      dropped = true;
      return false;
    }
    const ask = asked ? '' : ASK;
    asked = true;
    return send(ask + (synchronized ? FRAME_START + text + FRAME_END : text));
  };

  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    if (chunk === FRAME_START) {
      picture = '';
      return true;
    }
    if (picture === null) {
      if (rest.length > 0) return (stdout.write as (...all: unknown[]) => boolean)(chunk, ...rest);
      return send(chunk === ENTER ? ENTER + HOME : String(chunk));
    }
    if (chunk !== FRAME_END) {
      picture += String(chunk);
      return true;
    }
    const whole = picture;
    picture = null;
    return whole === '' ? true : finish(whole);
  };

  const stream = new Proxy(stdout, {
    get(target, key) {
      if (key === 'write') return write;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

  return {
    stream,
    hear: sequence => {
      const says = ANSWER.exec(sequence)?.[1];
      if (says === undefined) return false;
      // 1 and 2: set and reset. 3 and 4 are for ever, 0 is unknown.
      synchronized = says === '1' || says === '2';
      return true;
    },
    wait: waits => {
      // Ink shows the cursor through stderr when the process ends.
      for (const stream of [stdout, process.stderr]) {
        if (stream.isTTY) (stream as {_handle?: WriteHandle | null})._handle?.setBlocking?.(waits);
      }
    },
    flush: ms =>
      new Promise(resolve => {
        const timer = setTimeout(resolve, ms);
        stdout.write('', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}
