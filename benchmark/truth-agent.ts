import {appendFileSync, mkdirSync, readFileSync} from 'node:fs';
import {dirname} from 'node:path';

/**
 * A program that changes what it does every now and then and tells so in one way only, named by its first argument.
 * Each change is logged with its time: `{at, state}` per line, `at` in ms since the epoch.
 */
const [way = '', log = '', ...rest] = process.argv.slice(2);
const CHANGES = 12;
const FIRST_MS = 3000;
const LEAST_MS = 2500;
const SPREAD_MS = 1500;

type State = 'working' | 'idle' | 'blocked';
type Way = (state: State) => Promise<void> | void;

const write = (text: string) => void process.stdout.write(text);
const SPINNER = `\u001b[2J\u001b[H❯ do it\r\n\r\n✻ Crunching… (3s)\r\n\r\n${'─'.repeat(60)}\r\n❯ \r\n${'─'.repeat(60)}\r\n  esc to interrupt`;
const READY = `\u001b[2J\u001b[H● done\r\n\r\n${'─'.repeat(60)}\r\n❯ \r\n${'─'.repeat(60)}\r\n  ? for shortcuts`;
const DIALOG = `\u001b[2J\u001b[H${'─'.repeat(60)}\r\n Bash command\r\n\r\n   touch x\r\n\r\n Do you want to proceed?\r\n ❯ 1. Yes\r\n   2. No\r\n\r\n Esc to cancel`;

const ways: Record<string, Way> = {
  program: state => write(`\u001b]7501;state=${state}\u001b\\`),
  title: state =>
    write(`\u001b]0;${{working: '✦  Working…', idle: '◇  Ready', blocked: '✋  Action Required'}[state]}\u0007`),
  screen: state => write({working: SPINNER, idle: READY, blocked: DIALOG}[state]),
  output: state => {
    if (state === 'working') for (let i = 0; i < 20; i++) setTimeout(() => write('.'), i * 100);
  },
  hook: async state => {
    const settings = JSON.parse(readFileSync(rest[rest.indexOf('--settings') + 1]!, 'utf8')) as Settings;
    const name = {working: 'UserPromptSubmit', idle: 'Stop', blocked: 'StopFailure'}[state];
    const [
      {
        hooks: [hook],
      },
    ] = settings.hooks[name]!;
    const headers = {authorization: `Bearer ${process.env['AMUX_HOOK_TOKEN']}`, 'content-type': 'application/json'};
    const body = JSON.stringify({hook_event_name: name, prompt_id: String(Date.now()), prompt: 'x', error: 'unknown'});
    await fetch(hook.url, {method: 'POST', headers, body});
  },
};

type Settings = {hooks: Record<string, [{hooks: [{url: string}]}]>};

async function main(): Promise<void> {
  const tell = ways[way];
  if (tell === undefined) throw new Error(`no way "${way}"`);
  mkdirSync(dirname(log), {recursive: true});
  // Only work can be told by output alone.
  const states: State[] = way === 'output' ? ['working'] : ['working', 'blocked', 'working', 'idle'];
  await pause(FIRST_MS);
  for (let i = 0; i < CHANGES; i++) {
    const state = states[i % states.length]!;
    appendFileSync(log, `${JSON.stringify({at: Date.now(), state})}\n`);
    await tell(state);
    await pause(LEAST_MS + Math.random() * SPREAD_MS + (way === 'output' ? 2500 : 0));
  }
  await pause(600_000);
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

await main();
