import {AmuxError} from '../../domain/errors.ts';
import type {Run} from '../command.ts';
import {answerOf, dialogText, type Question} from './demo-dialog.ts';
import {roles, type Step} from './demo-roles.ts';
import {type Typed, typedInto} from './demo-typed.ts';

const DIM = '\u001b[2m';
const BOLD = '\u001b[1m';
const ACCENT = '\u001b[38;5;209m';
const PLAIN = '\u001b[0m';
const PROMPT = `${BOLD}❯${PLAIN} `;

/** A real program in a real terminal: reads prompts, works, asks, fails, and says so by OSC 7501. */
export const demoAgent: Run = async ({args, stdin}) => {
  const role = roles.find(({name}) => name === args[0]);
  if (role === undefined) {
    throw new AmuxError('input.invalid', {why: `no role "${args[0]}"`, next: roles.map(({name}) => name).join(', ')});
  }
  const typed = typedInto(stdin);
  const say = (text = '') => void process.stdout.write(`${text}\n`);
  say(`${ACCENT}✻${PLAIN} ${BOLD}demo agent${PLAIN} ${DIM}· ${role.name} · ${process.cwd()}${PLAIN}\n`);
  let first = true;
  for (;;) {
    report('idle');
    process.stdout.write(PROMPT);
    const line = await typed.line();
    if (line === null) return 0;
    const prompt = line.trim();
    if (prompt === '') continue;
    if (prompt === '/exit') return 0;
    const script: Step[] = first
      ? role.script
      : [
          {do: 'work', title: 'Think', lines: ['  …'], ms: 900},
          {do: 'say', text: `Done: ${prompt}`},
        ];
    first = false;
    report('working');
    say();
    for (const step of script) {
      const code = await perform(step, typed);
      if (code !== null) {
        stdin.destroy();
        return code;
      }
    }
    report('done');
    say();
  }
};

/** Resolves with an exit code when the program ends with this step. */
async function perform(step: Step, typed: Typed): Promise<number | null> {
  const say = (text = '') => void process.stdout.write(`${text}\n`);
  switch (step.do) {
    case 'say':
      say(`${ACCENT}●${PLAIN} ${step.text}`);
      return null;
    case 'work':
      say(`${ACCENT}●${PLAIN} ${BOLD}${step.title}${PLAIN}`);
      for (const line of step.lines) {
        await pause(step.ms);
        say(line);
      }
      return null;
    case 'ask': {
      process.stdout.write(`\n${dialogText(step)}`);
      report('blocked', {kind: step.kind, message: step.what});
      const chosen = await answerTo(step, typed);
      if (chosen === null) return 130;
      report('working');
      say(`\n${DIM}  ⎿  ${chosen}${PLAIN}`);
      return null;
    }
    case 'fail':
      process.stderr.write(`\u001b[31m${step.error}\u001b[0m\n`);
      return 1;
  }
}

/** As agents do: a key counts at once, without Enter. Null: nobody will answer. */
async function answerTo(question: Question, typed: Typed): Promise<string | null> {
  for (;;) {
    const key = await typed.key();
    if (key === null) return null;
    const chosen = answerOf(key, question);
    if (chosen !== null) return chosen;
  }
}

/** Program Status Protocol; terminals that do not know it show nothing. */
function report(state: string, more: {kind?: string; message?: string} = {}): void {
  const fields = [`state=${state}`, 'app=amux-demo'];
  if (more.kind !== undefined) fields.push(`kind=${more.kind}`);
  if (more.message !== undefined) fields.push(`msg=${Buffer.from(more.message).toString('base64')}`);
  process.stdout.write(`\u001b]7501;${fields.join(':')}\u0007`);
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
