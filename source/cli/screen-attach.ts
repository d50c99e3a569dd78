import {StringDecoder} from 'node:string_decoder';
import type {ReadStream, WriteStream} from 'node:tty';
import {Backoff} from '../cockpit/backoff.ts';
import {asAmuxError, type ErrorCode} from '../domain/errors.ts';
import {type Fleet, leavesText} from '../domain/fleet.ts';
import {emptyScreen, type Screen} from '../domain/screen.ts';
import {createDetachFilter} from '../terminal/detach-key.ts';
import {createPainter, type Size} from '../terminal/painter.ts';
import {takeTerminal} from '../terminal/taken-terminal.ts';
import {Typist} from './typist.ts';

/** The session has no terminal any more. */
const ENDED: readonly ErrorCode[] = ['session.not-running', 'session.unknown'];

export type ScreenAttach = {
  fleet: Fleet;
  /** Id of the session. */
  session: string;
  /** Of the person's window meanwhile. */
  title: string;
  stdin: ReadStream;
  stdout: WriteStream;
  /** `C-b d`: prefix and key. */
  detachKey: string;
  /** Leaves, as the key does. */
  signal: AbortSignal;
};

/**
 * Gives a person's terminal to a session of a fleet elsewhere, whose screens come and whose keys go over the API. The
 * session keeps its size: what does not fit is cropped around the cursor. A lost connection is waited for.
 */
export async function attachByScreens(options: ScreenAttach): Promise<void> {
  const {fleet, session, title, stdin, stdout, detachKey, signal} = options;
  const filter = createDetachFilter(detachKey);
  const decoder = new StringDecoder('utf8');
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  const ending = AbortSignal.any([signal, leaving.signal]);
  const picture = pictureOn(stdout);
  const typist = new Typist({
    type: bytes => fleet.type(session, bytes),
    failed: error => {
      const {code, message} = asAmuxError(error);
      picture.say(
        `not typed: ${code === 'supervisor.unreachable' ? 'no connection' : message} · ${leavesText(detachKey)}`,
      );
    },
  });
  const typed = (chunk: Buffer | string) => {
    const {forward, detach} = filter.push(typeof chunk === 'string' ? chunk : decoder.write(chunk));
    if (forward !== '') typist.type(forward);
    if (detach) leave();
  };

  const follow = async (use: (connected: () => void) => Promise<void>): Promise<void> => {
    const backoff = new Backoff();
    while (!ending.aborted) {
      try {
        await use(() => backoff.reset());
      } catch (error) {
        const known = asAmuxError(error);
        if (ENDED.includes(known.code)) return leave();
        if (known.code !== 'supervisor.unreachable') throw known;
        picture.say(`no connection, trying again · ${leavesText(detachKey)}`);
      }
      await backoff.pause(ending);
    }
  };

  const screens = follow(async connected => {
    for await (const screen of fleet.screens(session, ending)) {
      connected();
      picture.show(screen);
    }
  });
  // Its screen stays when it ends; the journal tells.
  const end = follow(async connected => {
    const events = fleet.events({signal: ending})[Symbol.asyncIterator]();
    let next = events.next();
    next.catch(() => {}); // Awaited below.
    const look = async () => {
      if (!(await fleet.session(session)).running) leave();
    };
    await look();
    connected();
    for (let step = await next; step.done !== true; step = await next) {
      next = events.next();
      next.catch(() => {});
      if (step.value.session?.id === session) await look();
    }
  });

  const giveBack = takeTerminal({stdin, stdout, title});
  try {
    stdin.on('data', typed);
    stdin.resume();
    stdout.on('resize', picture.repaint);
    await Promise.all([screens, end]);
  } finally {
    leave();
    stdin.off('data', typed);
    stdout.off('resize', picture.repaint);
    giveBack();
  }
}

/** What a person's terminal shows: the newest screen, and in its last row what has to be said. */
function pictureOn(stdout: WriteStream) {
  const painter = createPainter();
  let last: Screen | null = null;
  let notice: string | null = null;
  const repaint = () => {
    const size = {cols: stdout.columns || 80, rows: stdout.rows || 24};
    const screen = last ?? emptyScreen(size.cols, size.rows);
    const shown = notice === null ? screen : withNotice(screen, notice, size);
    stdout.write(painter.paint({screen: shown, inputModes: inputModesOf(screen)}, size));
  };
  return {
    repaint,
    show: (screen: Screen) => {
      last = screen;
      notice = null;
      repaint();
    },
    say: (text: string) => {
      notice = text;
      repaint();
    },
  };
}

/** The part in sight stays the same one; its cursor is out of sight. */
function withNotice(screen: Screen, text: string, {cols, rows}: Size): Screen {
  const y = screen.cursor?.y ?? 0;
  const top = Math.max(0, Math.min(y - rows + 1, screen.rows - rows));
  const lines = Array.from({length: Math.max(screen.rows, top + rows)}, (_, i) => screen.lines[i] ?? []);
  lines[top + rows - 1] = [{text: ` ${text} `.slice(0, cols), style: {inverse: true}}];
  return {...screen, rows: lines.length, lines, cursor: {x: cols, y}};
}

/** What the program reads differently when its terminal sends it differently. */
function inputModesOf({modes}: Screen): string {
  return `${modes.applicationCursor ? '\u001b[?1h' : ''}${modes.bracketedPaste === true ? '\u001b[?2004h' : ''}`;
}
