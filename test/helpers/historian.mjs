// An agent for tests that draws itself as Claude does and keeps its files: a state file per process and a history. The
// name "claude" in its command line makes amux take it for the program of that profile.
//   --log FILE      one JSON line per event: ready, prompt (what it got, when it is in its history), key
//   --work MS       how long a prompt takes; a text with "long" takes ten times that
//   --late MS       how long after Enter a prompt is in its history
//   --stateless 1  writes no state file
//   --resume ID [--fork-session --session-id NEW]  goes on with a history, or with a copy of it
//   --deaf N        does not take the first N presses of Enter
//   --model NAME     says so with each answer; with "nonsense" it ends at once, with "strange" it says another
//   --resume ID      goes on with that history; without one it ends, as Claude does
//   A prompt with FAIL:429, FAIL:529 or FAIL:full ends its turn with that error, once.
//   --compact MS     how long /compact takes, which leaves a mark in its history when it is through
//   A prompt with USAGE:INPUT,OUTPUT,READ,WRITE spends so much, and SUB:… lets a sub-agent do so.
//   A prompt with the word LOSE never gets into its history, one with DIE ends the program before that, one with FALL right after,
//   one with HOLD or TOOL is worked on (by a process of its own) until the file LOG.go is there, one with ASK opens a dialog, which the next Enter closes.
import {spawn} from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';

const options = new Map();
for (let i = 2; i < process.argv.length; i++) {
  const word = process.argv[i];
  if (word === '--fork-session') options.set(word, true);
  else if (!word.includes('=')) options.set(word, process.argv[++i]);
}
const number = (name, otherwise) => Number(options.get(name) ?? otherwise);
const work = number('--work', 100);
const late = number('--late', 20);
const compaction = number('--compact', 100);
let deaf = number('--deaf', 0);
const log = (event, more = {}) =>
  appendFileSync(options.get('--log'), `${JSON.stringify({event, pid: process.pid, ...more})}\n`);

const resumed = options.get('--resume');
const forks = options.has('--fork-session');
const id =
  (forks ? options.get('--session-id') : resumed) ?? `00000000-0000-4000-8000-${String(process.pid).padStart(12, '0')}`;
const config = join(process.env.HOME, '.claude');
const model = options.get('--model') ?? 'standard';
const history = join(config, 'projects', process.cwd().replace(/[^A-Za-z0-9]/g, '-'), `${id}.jsonl`);
const stateFile = join(config, 'sessions', `${process.pid}.json`);
mkdirSync(join(config, 'sessions'), {recursive: true});
const stat = readFileSync('/proc/self/stat', 'utf8');
const procStart = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];

if (model === 'nonsense' || (resumed !== undefined && !forks && !existsSync(history))) {
  log('refused', {model, resumed});
  console.log(model === 'nonsense' ? `There is no model ${model}` : `No conversation found with session ID: ${id}`);
  process.exit(1);
}

let line = '';
let state = 'idle';
let kept = '';
let pasting = false;
let turn = null;
const shown = [];

/** As Claude tells of errors: by a line of its history, on its screen, and to its terminal. */
const failures = {
  429: ['rate_limit', 'API Error: Request rejected (429) · try again in 4 seconds'],
  529: [
    'server_error',
    'API Error: 529 Overloaded. This is a server-side issue, usually temporary — try again in a moment.',
  ],
  full: ['invalid_request', 'Prompt is too long · /compact or /clear to continue'],
};

const reports = {error: 'error', idle: 'idle', busy: 'working', waiting: 'blocked:kind=permission'};

function become(status) {
  state = status;
  process.stdout.write(`\x1b]7501;state=${reports[status]}\x07`);
  if (options.has('--stateless')) return draw();
  const said = status === 'error' ? 'idle' : status;
  const content = {
    pid: process.pid,
    procStart,
    sessionId: id,
    cwd: process.cwd(),
    status: said,
    statusUpdatedAt: Date.now(),
  };
  writeFileSync(`${stateFile}.new`, JSON.stringify(content));
  renameSync(`${stateFile}.new`, stateFile);
  draw();
}

function draw() {
  const border = '─'.repeat(60);
  const asks = ['Bash command', ' rm -rf dist', 'Do you want to proceed?', '❯ 1. Yes', '  2. No', 'Esc to cancel'];
  const footer = state === 'busy' ? '  esc to interrupt' : '  ? for shortcuts';
  const input = `❯ ${line.replaceAll('\n', '\r\n  ')}`;
  const rows =
    state === 'waiting' ? [...shown.slice(-8), '', ...asks] : [...shown.slice(-8), border, input, border, footer];
  process.stdout.write(`\x1b[2J\x1b[H${rows.join('\r\n')}`);
}

/** Of a fork: the other history under its own id, once there is a prompt of its own. */
function copied() {
  const projects = join(config, 'projects');
  const files = readdirSync(projects, {recursive: true}).filter(each => each.endsWith(`${resumed}.jsonl`));
  if (files.length === 0) process.exit(1);
  return readFileSync(join(projects, files[0]), 'utf8').replaceAll(resumed, id);
}

function write(entry) {
  mkdirSync(join(history, '..'), {recursive: true});
  if (forks && !existsSync(history)) writeFileSync(history, copied());
  appendFileSync(history, `${JSON.stringify({...entry, sessionId: id, timestamp: new Date().toISOString()})}\n`);
}

function enter() {
  if (state === 'waiting') {
    write({type: 'system', subtype: 'turn_duration'});
    become('idle');
    return;
  }
  if (deaf > 0) {
    deaf--;
    return;
  }
  const text = line;
  line = '';
  if (text.trim() === '') return draw();
  shown.push(`❯ ${text.split('\n')[0]}`);
  if (text.includes('DIE')) process.exit(1);
  if (text.includes('FALL')) {
    write({type: 'user', message: {role: 'user', content: text}});
    process.exit(1);
  }
  if (text.includes('LOSE')) return become('idle');
  if (text === '/compact') {
    log('compact');
    become('busy');
    turn = {text, timer: setTimeout(compacted, compaction)};
    return;
  }
  const queued = turn !== null;
  setTimeout(() => {
    write(
      queued
        ? {type: 'queue-operation', operation: 'enqueue', content: text}
        : {type: 'user', message: {role: 'user', content: text}},
    );
    log('prompt', {text});
  }, late);
  if (queued) return;
  become('busy');
  turn = {text, timer: setTimeout(done, text.includes('long') ? work * 10 : work)};
  if (text.includes('TOOL')) log('tool', {tool: spawn('sleep', ['600'], {detached: true, stdio: 'ignore'}).pid});
  if (!/HOLD|TOOL/.test(text)) return;
  clearTimeout(turn.timer);
  const hold = () => {
    if (existsSync(`${options.get('--log')}.go`)) done();
    else turn.timer = setTimeout(hold, 20);
  };
  hold();
}

let answers = 0;

/** As Claude writes it: a line per block, of which the last has the whole output. */
function answer(directive, to) {
  const [input, output, read, written] = directive.split(',').map(Number);
  const name = `${process.pid}-${++answers}`;
  for (const [n, said] of [Math.floor(output / 3), output].entries()) {
    const usage = {
      input_tokens: input,
      output_tokens: said,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: written,
      cache_creation: {ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0},
    };
    const message = {id: `msg_${name}`, role: 'assistant', model: 'claude-opus-5-5', content: [], usage};
    to({type: 'assistant', uuid: `${name}-${n}`, requestId: `req_${name}`, message});
  }
}

function done() {
  const {text} = turn;
  turn = null;
  const [, failure] = /\bFAIL:(\w+)/.exec(text) ?? [];
  if (failure !== undefined) {
    const [error, words] = failures[failure];
    const message = {role: 'assistant', model: '<synthetic>', content: [{type: 'text', text: words}]};
    write({type: 'assistant', isApiErrorMessage: true, error, message});
    shown.push(`● ${words}`);
    log('failed', {text});
    return become('error');
  }
  const [, spent] = /\bUSAGE:([\d,]+)/.exec(text) ?? [];
  if (spent !== undefined) answer(spent, entry => write({...entry, session_id: id}));
  const [, below] = /\bSUB:([\d,]+)/.exec(text) ?? [];
  if (below !== undefined) {
    const file = join(history.replace(/\.jsonl$/, ''), 'subagents', 'agent-a1.jsonl');
    mkdirSync(join(file, '..'), {recursive: true});
    const timestamp = new Date().toISOString();
    answer(below, entry =>
      appendFileSync(file, `${JSON.stringify({...entry, isSidechain: true, sessionId: id, timestamp})}\n`),
    );
  }
  shown.push(`● done ${text.length}`);
  const said = model === 'strange' ? 'other-1' : `stand-in-${model}`;
  if (options.has('--model'))
    write({type: 'assistant', message: {role: 'assistant', model: said, content: `done ${text.length}`}});
  // A turn that asks is not over.
  if (text.includes('ASK')) return become('waiting');
  write({type: 'system', subtype: 'turn_duration'});
  log('done', {text});
  become('idle');
}

function compacted() {
  turn = null;
  write({type: 'system', subtype: 'compact_boundary'});
  log('compacted');
  become('idle');
}

/** What was interrupted goes back into the input line. */
function interrupt() {
  log('key', {key: 'escape'});
  if (turn === null) return;
  clearTimeout(turn.timer);
  line = turn.text;
  turn = null;
  become('idle');
}

function take() {
  while (kept !== '') {
    const mark = /^\x1b\[20[01]~/.exec(kept);
    if (mark !== null) {
      pasting = mark[0] === '\x1b[200~';
      kept = kept.slice(mark[0].length);
      continue;
    }
    if (/^\x1b(\[(2(0([01])?)?)?|\][^\x1b]*\x1b?)$/.test(kept)) return; // Perhaps the beginning of such a mark.
    const char = String.fromCodePoint(kept.codePointAt(0));
    kept = kept.slice(char.length);
    if (char === '\r' && !pasting) enter();
    else if (char === '\x1b') interrupt();
    else if (char === '\x03') {
      log('key', {key: 'C-c'});
      if (line === '') process.exit(0);
      line = '';
    } else line += char === '\r' ? '\n' : char;
  }
  draw();
}

process.on('exit', () => rmSync(stateFile, {force: true}));
process.on('SIGTERM', () => process.exit(143));
process.stdin.setRawMode?.(true);
process.stdin.setEncoding('utf8');
process.stdin.on('data', chunk => {
  // The answer to a question for OSC 7501, which comes unasked.
  kept = (kept + chunk).replaceAll('\x1b]7501;?\x1b\\', '');
  take();
});
process.stdout.write('\x1b[?2004h');
become('idle');
log('ready', {model, resumed, size: `${process.stdout.columns}x${process.stdout.rows}`, token: process.env.TOKEN});
