import {EventEmitter} from 'node:events';
import {runCockpit} from '../../source/cockpit/main.tsx';
import type {SessionView} from '../../source/domain/fleet.ts';
import type {Row} from '../../source/domain/screen.ts';
import dark from '../../themes/dark.json' with {type: 'json'};
import {FakeFleet, screenOf} from './fake-fleet.ts';

export type Drawing = {
  /** What was written since this was asked last. */
  written: () => string;
  /** Shows the first session, which has to be the selected one, with this screen; resolves once it was drawn. */
  show: (lines: readonly Row[]) => Promise<void>;
  end: () => Promise<void>;
};

type Options = {cols: number; rows: number; sessions: SessionView[]; clock: () => number};

/** The whole cockpit over a fleet and a terminal that cost nothing. Resolves once it stands. */
export async function openDrawing({cols, rows, sessions, clock}: Options): Promise<Drawing> {
  const fleet = new FakeFleet(sessions);
  const [first] = sessions;
  const stdin = new FakeInput();
  const stdout = new FakeOutput(cols, rows);
  const ended = runCockpit({
    fleet,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    themes: {files: [{name: 'dark', file: 'dark.json', read: () => JSON.stringify(dark)}], chosen: 'dark'},
    keys: {leave: 'ctrl+]', detach: 'ctrl+]'},
    info: {mode: 'hosted', agentsFound: []},
    attach: async () => {},
    clock,
    env: {LANG: 'C.UTF-8', COLORTERM: 'truecolor', TERM: 'xterm-256color'},
  });
  await stdout.until(text => text.includes(first!.name));
  return {
    written: () => stdout.taken.splice(0).join(''),
    show: async lines => {
      const written = stdout.next();
      fleet.show(first!.name, screenOf([...lines], {cols: cols - 76, rows: rows - 5}));
      await written;
    },
    end: async () => {
      stdin.emit('data', Buffer.from('q'));
      await ended;
    },
  };
}

class FakeInput extends EventEmitter {
  readonly isTTY = true;
  setRawMode(): void {}
  resume(): void {}
  pause(): void {}
  ref(): void {}
  unref(): void {}
}

/** A terminal that takes everything at once. */
class FakeOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly writableLength = 0;
  readonly taken: string[] = [];
  readonly columns: number;
  readonly rows: number;

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string, done?: () => void): boolean {
    if (done !== undefined) queueMicrotask(done);
    this.taken.push(text);
    this.emit('written', text);
    return true;
  }

  next(): Promise<string> {
    return new Promise(resolve => this.once('written', resolve));
  }

  async until(holds: (text: string) => boolean): Promise<void> {
    while (!holds(await this.next()));
  }
}
