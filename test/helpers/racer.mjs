// One process of a race for cards: says "ready", and once it is told to go claims each card for its session.
//   node racer.mjs SESSION URL|SOCKET [CA]     then on stdin: the ids of the cards as JSON, in one line
// A line of JSON on stdout for each answer: {card, status, code}. Who gets none asks again, for a while.
import {readFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import {createInterface} from 'node:readline';

const [session, target, ca] = process.argv.slice(2);
const AGAIN_MS = 50;
const GIVE_UP_MS = 30_000;

const url = target.startsWith('http') ? new URL(target) : null;
const {request, Agent} = url?.protocol === 'https:' ? https : http;
const agent = new Agent({keepAlive: true, maxSockets: 1});
const options =
  url === null
    ? {socketPath: target, agent}
    : {
        host: url.hostname,
        port: url.port,
        agent,
        ca: readFileSync(ca),
        headers: {authorization: `Bearer ${decodeURIComponent(url.password)}`},
      };

function ask(method, path, body) {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    ...options.headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(payload),
  };
  return new Promise((resolve, reject) => {
    const call = request({...options, method, path, headers}, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', chunk => (text += chunk));
      response.on('end', () => resolve({status: response.statusCode, body: JSON.parse(text)}));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(payload);
  });
}

async function claim(card) {
  const end = Date.now() + GIVE_UP_MS;
  for (;;) {
    try {
      const {status, body} = await ask('POST', `/api/board/${card}/claim`, {session});
      return {card, status, code: body.error?.code ?? ''};
    } catch (error) {
      if (Date.now() > end) return {card, status: 0, code: error.code ?? String(error)};
      await new Promise(resolve => setTimeout(resolve, AGAIN_MS));
    }
  }
}

await ask('GET', '/api/health');
process.stdout.write('ready\n');
for await (const line of createInterface({input: process.stdin})) {
  for (const card of JSON.parse(line)) process.stdout.write(`${JSON.stringify(await claim(card))}\n`);
  process.exit();
}
