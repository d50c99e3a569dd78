import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {request} from 'node:https';
import {type Access, accessTo, call} from './access.ts';
import {type Figure, percentile} from './figures.ts';
import {BenchFleet, programs, type Serving} from './fleet.ts';
import {pause, residentBytes} from './processes.ts';

const SESSIONS = 60;
const CARDS = 200;
/** Calls one after the other, and calls of many clients at once. */
const CALLS = 1000;
const CLIENTS = 16;
const RUSH_MS = 4000;
const STREAMS = 100;
const EVENTS = 100;
const EVENT_EVERY_MS = 40;
const SETTLE_MS = 6000;

/** Calls and events over HTTPS with a token, as scripts make them, beside a bare HTTPS server of the same Node. */
export async function api(): Promise<Figure[]> {
  const figures: Figure[] = [];
  await using empty = new BenchFleet('tmux');
  const alone = await empty.serve();
  await pause(SETTLE_MS);
  figures.push(memory('no session', alone, 150));
  await alone.end();

  await using fleet = new BenchFleet('tmux');
  const supervisor = await fleet.serve();
  await fleet.fill(programs.cat, {count: SESSIONS, agents: ['claude', 'codex', 'gemini', 'generic']});
  const api = await accessTo(fleet, CLIENTS);
  for (let i = 1; i <= CARDS; i++)
    await call(api, '/api/board', {title: `card ${i}`, status: 'todo', desc: 'x'.repeat(200)});
  await pause(SETTLE_MS);
  figures.push(memory(`${SESSIONS} sessions`, supervisor, 150));

  const bare = await bareServer(fleet, (await call(api, '/api/sessions')).text);
  const bareRate = await rate({...api, url: bare.url}, '/');
  for (const {name, path, aim} of [
    {name: `list of ${SESSIONS} sessions`, path: '/api/sessions', aim: 5},
    {name: 'peek', path: '/api/sessions/s07/peek?lines=50', aim: 10},
    {name: `board of ${CARDS} cards`, path: '/api/board', aim: undefined},
  ]) {
    const times = await inTurn(api, path);
    const perSecond = await rate(api, path);
    figures.push(
      {name: `${name}, p50`, value: percentile(times, 0.5), unit: 'ms'},
      {name: `${name}, p99`, value: percentile(times, 0.99), unit: 'ms', ...(aim === undefined ? {} : {aim})},
      {name: `${name}, ${CLIENTS} clients`, value: perSecond, unit: 'calls/s'},
      {name: `${name}, bare server beside it`, value: bareRate / perSecond, unit: '×'},
    );
  }
  bare.end();
  const delays = await eventDelays(api);
  figures.push(
    {name: `event to ${STREAMS} clients, p50`, value: percentile(delays, 0.5), unit: 'ms'},
    {
      name: `event to ${STREAMS} clients, p95`,
      value: percentile(delays, 0.95),
      unit: 'ms',
      aim: 50,
      note: `${delays.length} of ${STREAMS * EVENTS} arrived`,
    },
    memory(`${SESSIONS} sessions, after all this`, supervisor),
  );
  await supervisor.end();
  return figures;
}

const memory = (when: string, {pid}: Serving, aim?: number): Figure => {
  const value = residentBytes(pid) / 2 ** 20;
  return {name: `supervisor's memory, ${when}`, value, unit: 'MB', ...(aim === undefined ? {} : {aim})};
};

/** How long each of many calls took, one after the other, in ms. */
async function inTurn(api: Access, path: string): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < CALLS; i++) {
    const start = performance.now();
    await call(api, path);
    times.push(performance.now() - start);
  }
  return times.slice(CALLS / 10);
}

/** Calls per second that many clients get answered. */
async function rate(api: Access, path: string): Promise<number> {
  let count = 0;
  const start = performance.now();
  const end = start + RUSH_MS;
  const client = async () => {
    for (; performance.now() < end; count++) await call(api, path);
  };
  await Promise.all(Array.from({length: CLIENTS}, client));
  return (count / (performance.now() - start)) * 1000;
}

/** A server of the same Node with the same certificate that answers with this text and does nothing else. */
async function bareServer({paths}: BenchFleet, text: string): Promise<{url: string; end: () => void}> {
  const script = `
    const fs = require('node:fs');
    const [cert, key] = process.argv.slice(1).map(file => fs.readFileSync(file));
    const text = fs.readFileSync(0);
    const server = require('node:https').createServer({cert, key}, (_, response) => response.end(text));
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', script, paths.certificate, paths.certificateKey], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(text);
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return {url: `https://127.0.0.1:${port.toString().trim()}`, end: () => child.kill()};
}

/** From the moment that an entry was journaled to each of the clients that listen, in ms. */
async function eventDelays(api: Access): Promise<number[]> {
  const delays: number[] = [];
  const listeners = await Promise.all(Array.from({length: STREAMS}, () => listen(api, delay => delays.push(delay))));
  for (let i = 0; i < EVENTS; i++) {
    await call(api, '/api/notes', {text: `note ${i}`});
    await pause(EVENT_EVERY_MS);
  }
  await pause(1000);
  for (const end of listeners) end();
  return delays;
}

function listen({url, token, ca}: Access, onDelay: (ms: number) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/api/events`,
      {ca, agent: false, headers: {authorization: `Bearer ${token}`}},
      response => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const blocks = (rest + chunk).split('\n\n');
          rest = blocks.pop() ?? '';
          for (const block of blocks) {
            const data = /^data: (.*)$/m.exec(block)?.[1];
            const event = data === undefined ? null : (JSON.parse(data) as {at: number; type: string});
            if (event?.type === 'note.added') onDelay(Date.now() - event.at * 1000);
          }
        });
        resolve(() => sent.destroy());
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}
