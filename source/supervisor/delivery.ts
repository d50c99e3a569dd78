import type {Agent} from '../agents/agent.ts';
import type {Backend} from '../backends/backend.ts';
import {rowText, type Screen} from '../domain/screen.ts';
import type {Mark, MessageState} from '../domain/steering.ts';

/** How long a pasted text may take to show, in ms; programs without echo never show it. */
const ECHO_MS = 400;
/** How long a text may stand after Enter before Enter counts as lost, in ms. */
const ENTER_LOST_MS = 700;
const ENTERS = 3;
const LOOK_EVERY_MS = 30;
/** Cells of the text's end that are looked for. */
const TAIL = 24;

export type Typing = {
  backend: Backend;
  agent: Agent;
  terminal: string;
  message: string;
  text: string;
  /** Journals each step before it is taken. */
  step: (state: MessageState, reason: string) => void;
};

/** Pastes a text, presses Enter and looks whether it left the input line. The text is never sent twice. */
export async function typeMessage(typing: Typing): Promise<void> {
  const {backend, agent, terminal, text, message} = typing;
  typing.step('pasted', 'typing it');
  const before = await backend.capture(terminal);
  await backend.paste(terminal, text, {message, step: 'pasted'});
  const echoed = await until(ECHO_MS, async () => textStands(await backend.capture(terminal), text, agent, before));
  await pause(agent.enterDelayMs);
  await pressEnter(typing, echoed);
}

/** Enter, verified: repeated only while the text still stands where it was typed. */
export async function pressEnter(typing: Typing, echoed: boolean): Promise<void> {
  const {backend, agent, terminal, text, message} = typing;
  typing.step('entered', 'pressing Enter');
  const mark: Mark = {message, step: 'entered'};
  for (let i = 1; i <= ENTERS; i++) {
    await backend.enter(terminal, mark);
    if (!echoed) {
      typing.step('delivered', 'entered; the program echoes nothing to check it by');
      return;
    }
    const left = await until(ENTER_LOST_MS, async () => !textStands(await backend.capture(terminal), text, agent));
    if (left) {
      typing.step('delivered', i === 1 ? 'entered and seen to leave the input line' : `entered, ${i} times`);
      return;
    }
  }
  typing.step('uncertain', `still on the input line after ${ENTERS} times Enter`);
}

/** The end of the text stands on the cursor's line, or in the input box of a program that draws its own. */
export function textStands(screen: Screen, text: string, agent: Pick<Agent, 'read'>, before?: Screen): boolean {
  const lastLine = text.split('\n').findLast(line => line.trim() !== '') ?? '';
  const tail = squash(lastLine).slice(-TAIL);
  if (tail === '') return false;
  if (agent.read === null) {
    if (screen.cursor === null) return false;
    const line = squash(rowText(screen.lines[screen.cursor.y] ?? []));
    // A long line wraps: its end may be all that stands on the cursor's line.
    return line.endsWith(tail) || (lastLine.length > screen.cols / 2 && line !== '' && tail.endsWith(line));
  }
  const reading = agent.read(screen);
  // An empty input line, a spinner or a dialog each prove that it went in; Enter now could answer the dialog.
  if (before === undefined && (reading.composer || reading.dialog || reading.activity === 'working')) return false;
  const count = (from: Screen) => from.lines.filter(row => squash(rowText(row)).includes(tail)).length;
  const pasted = screen.lines.some(row => /\[Pasted|pasted text/i.test(rowText(row)));
  return before === undefined ? count(screen) > 0 || pasted : count(screen) > count(before) || pasted;
}

const squash = (text: string): string => text.replace(/\s+/g, ' ').trim();

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

async function until(boundMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + boundMs;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > end) return false;
    await pause(LOOK_EVERY_MS);
  }
}
