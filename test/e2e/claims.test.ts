import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {Client} from '../../source/api/client.ts';
import type {CardView} from '../../source/domain/board.ts';
import {freePort} from '../helpers/free-port.ts';
import {Home} from '../helpers/home.ts';
import {type Answer, type Racer, racers, type Way} from './race.ts';

/** `npm run test:race`: 20 processes for 200 cards. */
const long = process.env['AMUX_RACE'] === 'long';
const processes: Record<Way, number> = long ? {http: 7, socket: 7, mcp: 6} : {http: 2, socket: 2, mcp: 2};
const count = long ? 200 : 40;

/** Those of one way want the same card at the same time; the ways meet, so that each wins some. */
const orders: Record<Way, (cards: string[]) => string[]> = {
  http: cards => cards,
  socket: cards => [...cards.slice(cards.length / 2), ...cards.slice(0, cards.length / 2)],
  mcp: cards => cards.toReversed(),
};

describe('a race for cards over HTTP, the socket and MCP at once', () => {
  let home: Home;
  let port: string;
  let url: string;
  before(async () => {
    home = new Home({config: `board:\n  claimsPerSession: ${count}\n`});
    port = String(await freePort());
    await serve();
    const {token} = await home.json<{token: string}>('token', 'create', '--role', 'agent', '--name', 'race');
    const served = JSON.parse(readFileSync(join(home.path, 'supervisor.json'), 'utf8')) as {url: string};
    url = served.url.replace('://', `://amux:${token}@`);
  });
  after(() => home[Symbol.asyncDispose]());

  const client = () => new Client({socket: join(home.path, 'amux.sock')});
  const serve = () => home.amux('serve', '--detach', '--port', port);

  it('each card goes to one of them, and the others are told', async () => {
    const cards = await added('calm');
    const answers = await raced('calm', cards, () => {});
    check(answers, cards, await home.json<CardView[]>('board', '--tag', 'calm'));
  });

  it('no claim that was answered is lost or doubled when the supervisor is killed in the middle', async () => {
    const cards = await added('killed');
    let heard = 0;
    let restarted: Promise<unknown> | null = null;
    const answers = await raced('killed', cards, () => {
      if (++heard !== cards.length) return;
      restarted = home.killSupervisor().then(serve);
    });
    assert.ok(restarted !== null, 'nobody was killed');
    await restarted;
    check(answers, cards, await home.json<CardView[]>('board', '--tag', 'killed'));
  });

  async function added(tag: string): Promise<string[]> {
    const ids: string[] = [];
    await using fleet = client();
    for (let i = 0; i < count; i++) ids.push((await fleet.addCard({title: `card ${i}`, tags: [tag]})).id);
    return ids;
  }

  async function raced(tag: string, cards: string[], heard: () => void): Promise<Answer[]> {
    const all: (Racer & {order: string[]})[] = [];
    const answers: Answer[] = [];
    try {
      {
        await using fleet = client();
        for (const [way, number] of Object.entries(processes) as [Way, number][]) {
          for (let i = 0; i < number; i++) {
            const session = `${tag}-${way}-${i}`;
            await fleet.register({name: session, dir: home.work, agent: 'generic'});
            all.push({...racers[way]({home, session, url}), order: orders[way](cards)});
          }
        }
      }
      await Promise.all(all.map(({ready}) => ready));
      await Promise.all(
        all.map(({race, order}) =>
          race(order, answer => {
            answers.push(answer);
            heard();
          }),
        ),
      );
    } finally {
      for (const racer of all) racer.end();
    }
    return answers;
  }
});

function check(answers: Answer[], cards: string[], board: CardView[]): void {
  const runners = Object.values(processes).reduce((sum, each) => sum + each, 0);
  assert.equal(answers.length, runners * cards.length);
  const strange = answers.filter(({status, code}) => status !== 200 && !(status === 409 && code === 'card.claimed'));
  assert.deepEqual(strange, []);
  const won = answers.filter(({status}) => status === 200);
  assert.equal(won.length, cards.length, 'one winner for each card');
  assert.equal(new Set(won.map(({card}) => card)).size, cards.length);
  const holders = new Map(board.map(({id, claim}) => [id, claim?.holder]));
  for (const {card, session} of won) assert.equal(holders.get(card), session, card);
  for (const {id, history, claim} of board) {
    assert.deepEqual([claim?.fence, history.filter(({change}) => change.startsWith('claimed')).length], [1, 1], id);
  }
  const ways = new Set(won.map(({session}) => session.split('-')[1]));
  assert.ok(ways.size > 1, `only ${[...ways]} won any`);
}
