import type {Agent} from '../agents/agent.ts';
import type {Backend} from '../backends/backend.ts';
import {rowText, type Screen} from '../domain/screen.ts';
import type {Mark, MessageState} from '../domain/steering.ts';

/** How long a pasted text may take to show, in ms; programs without echo never show it. */
const ECHO_MS = 400;
/** How long a text may stand after Enter before Enter counts as lost, in ms. */
const ENTER_LOST_MS = 700;
const ENTERS = 3;
/** How long a dialog that came up meanwhile may stand before the message is given up, in ms. */
const DIALOG_MS = 600_000;
const DIALOG_LOOK_MS = 250;
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
  if (!(await dialogGone(typing))) {
    typing.step('uncertain', 'a dialog came up while it was typed; Enter would have answered that');
    return;
  }
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

/** Looks right before Enter: a dialog that came up since the text was typed would take it for its answer. */
async function dialogGone({backend, agent, terminal}: Typing): Promise<boolean> {
  const {read} = agent;
  if (read === null) return true;
  for (let waited = 0; waited < DIALOG_MS; waited += DIALOG_LOOK_MS) {
    const {dialog, layer} = read(await backend.capture(terminal));
    if (!dialog || layer === 'list') return true;
    await pause(DIALOG_LOOK_MS);
  }
  return false;
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
