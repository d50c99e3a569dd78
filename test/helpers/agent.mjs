// A small agent for tests: reads prompts in raw mode, echoes them on its input line, works a while, logs what it read.
//   --log FILE       one JSON line per event: ready, prompt
//   --work MS        how long a prompt takes
//   --paste          switches bracketed paste on
//   --deaf N         does not take the first N presses of Enter
//   --block WORD     a prompt with that word opens a dialog (OSC 7501), which the next Enter closes
//   --count FILE     writes a growing number to a file
//   --term FILE      logs SIGTERM and goes on
import {appendFileSync, writeFileSync} from 'node:fs';

const options = new Map();
for (let i = 2; i < process.argv.length; i++) {
  const [name, value] = [process.argv[i], process.argv[i + 1]];
  if (value === undefined || value.startsWith('--')) options.set(name, '');
  else {
    options.set(name, value);
    i++;
  }
}
const work = Number(options.get('--work') ?? 0);
let deaf = Number(options.get('--deaf') ?? 0);
const log = (event, more = {}) =>
  appendFileSync(options.get('--log'), `${JSON.stringify({event, pid: process.pid, ...more})}\n`);
const say = text => process.stdout.write(text);

let line = '';
let pasting = false;
let pasted = false;
let blocked = false;
let working = false;
let kept = '';

process.stdin.setRawMode?.(true);
process.stdin.setEncoding('utf8');
process.stdin.on('data', chunk => {
  kept += chunk;
  // What is typed while it works waits, as in a program that reads between its turns.
  if (!working) take();
});

function take() {
  while (kept !== '' && !working) {
    const mark = /^\x1b\[20[01]~/.exec(kept);
    if (mark !== null) {
      pasting = mark[0] === '\x1b[200~';
      pasted ||= pasting;
      kept = kept.slice(mark[0].length);
      continue;
    }
    if (/^\x1b(\[(2(0([01])?)?)?)?$/.test(kept)) return; // Perhaps the beginning of such a mark.
    const char = String.fromCodePoint(kept.codePointAt(0));
    kept = kept.slice(char.length);
    if (char === '\r' && !pasting) enter();
    else {
      line += char === '\r' ? '\n' : char;
      say(char === '\r' ? '\r\n' : char);
    }
  }
}

function enter() {
  if (blocked) {
    blocked = false;
    say('\x1b]7501;state=idle\x07\r\nclosed\r\n> ');
    line = '';
    return;
  }
  if (deaf > 0) {
    deaf--;
    return;
  }
  const text = line;
  line = '';
  log('prompt', {text, pasted});
  pasted = false;
  if (options.has('--block') && text.includes(options.get('--block'))) {
    blocked = true;
    say('\r\nAllow this?\r\n\x1b]7501;state=blocked:kind=permission\x07');
    return;
  }
  working = true;
  say('\r\nworking ');
  const dots = setInterval(() => say('.'), 60);
  setTimeout(() => {
    clearInterval(dots);
    working = false;
    say(` done ${text.length}\r\n> `);
    take();
  }, work);
}

if (options.has('--count')) {
  let count = 0;
  setInterval(() => writeFileSync(options.get('--count'), String(++count)), 50);
}
if (options.has('--term')) process.on('SIGTERM', () => log('term'));
if (options.has('--paste')) say('\x1b[?2004h');
say('__READY__\r\n> ');
log('ready');
