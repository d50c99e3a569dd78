import assert from 'node:assert/strict';
import {rmSync} from 'node:fs';
import {after, test} from 'node:test';
import {openApi} from '../../source/api/openapi.ts';
import {routes, streamRoutes} from '../../source/api/routes.ts';
import {failure} from '../../source/api/schemas/system.ts';
import {roles} from '../../source/domain/access.ts';
import {ownGitHome, TestRepository} from '../helpers/repository.ts';
import {type Generated, Generator, seeded} from './generator.ts';
import {type Answer, Served} from './served.ts';

/** `npm run test:api` sends ten times as many, with another seed each time. */
const REQUESTS = Number(process.env['AMUX_API_REQUESTS'] ?? 500);
const SEED = Number(process.env['AMUX_API_SEED'] ?? (REQUESTS === 500 ? 1 : Date.now() % 1_000_000));
const AT_ONCE = 8;

const gitHome = ownGitHome();
after(() => rmSync(gitHome, {recursive: true, force: true}));

const document = openApi(routes, streamRoutes);
const resultOf = new Map(
  routes.map(route => [`${route.method} ${route.url.replace(/:(\w+)/g, '{$1}')}`, route.result]),
);

test(`${REQUESTS} requests made from the document, right and wrong ones, are all answered as it says (seed ${SEED})`, async () => {
  await using served = await Served.open();
  const generator = new Generator(document, seeded(SEED), await known(served));
  const random = seeded(SEED + 1);
  const wrong: string[] = [];
  const answered = new Map<string, number>();
  let left = REQUESTS;
  const asker = async () => {
    while (left-- > 0) {
      const request = generator.next();
      const role = random() < 0.9 ? 'admin' : roles[Math.floor(random() * roles.length)]!;
      const answer = await send(served, request, served.token(role));
      const why = wrongWith(request, answer);
      if (why !== null) wrong.push(`${why}: ${describe(request)} → ${answer.status} ${answer.text.slice(0, 300)}`);
      const kind = `${String(answer.status)[0]}xx`;
      answered.set(kind, (answered.get(kind) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, asker));
  assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} of ${REQUESTS}, with seed ${SEED}`);
  const share = (answered.get('2xx') ?? 0) / REQUESTS;
  assert.ok(share > 0.15, `only ${share} of them did anything: the test tells little`);
  assert.equal((await served.ask('/api/health')).status, 200, 'it still answers');
});

/** Some things that are there, so that not everything ends with 404. */
async function known(served: Served): Promise<Record<string, readonly unknown[]>> {
  const {fleet, work} = served;
  const repository = new TestRepository(work, 'repository');
  await fleet.createWorkspace({name: 'one', cwd: repository.root});
  for (const name of ['a', 'b', 'c']) {
    await fleet.register({name, dir: work, agent: 'generic', command: 'cat', tags: ['web']});
  }
  await fleet.start('a');
  await fleet.send('b', {text: 'hello'});
  const card = await fleet.addCard({title: 'a card'});
  await fleet.addNote({text: 'a note'});
  await fleet.writeMemory('project.md', 'text');
  const {id: token} = await fleet.createToken({role: 'viewer', name: 'revocable'});
  return {
    name: ['a', 'b', 'c', 'new-one', 'another'],
    names: ['a', 'b', 'nobody'],
    session: ['a', 'b'],
    ref: ['a', 'b'],
    tag: ['web', 'none'],
    tags: ['web', 'api'],
    dir: [work, '/nowhere'],
    cwd: [work, repository.root],
    base: ['main', 'none'],
    agent: ['generic', 'nobody'],
    command: ['cat', 'sleep 100', 'true'],
    workspace: ['main', 'none'],
    text: ['hello', 'do this'],
    file: ['project.md', 'new.md'],
    'DELETE /api/sessions/{name} name': ['c', 'new-one', 'another'],
    'DELETE /api/access/{id} id': [token, 'nothing'],
    msg_id: ['m-1', 'm-2', 'm-3'],
    'Idempotency-Key': ['m-1', 'm-4'],
    id: [card.id, 'nothing', 'one'],
    branch: ['main'],
    model: ['small'],
    'If-Match': ['"1"', '*'],
  };
}

function send(served: Served, {method, url, headers, raw}: Generated, token: string): Promise<Answer> {
  return served.ask(url, {method, headers, token, raw});
}

/** Null: it is as the document says. */
function wrongWith({method, path, operation}: Generated, {status, body, headers}: Answer): string | null {
  const declared = Object.keys(operation.responses);
  if (status >= 500 && status !== 501 && status !== 503) return 'a fault';
  if (status >= 400) {
    // A name with a slash, or none at all, is another path.
    if (status !== 405 && !declared.includes(String(status))) return 'a status that is not declared';
    const {success, error} = failure.safeParse(body);
    return success ? null : `a refusal of another form (${error.message})`;
  }
  if (!declared.includes(String(status)) && !path.includes('{')) return 'a status that is not declared';
  if (headers['content-type']?.startsWith('text/')) return null;
  const schema = resultOf.get(`${method} ${path}`) ?? null;
  if (schema === null || !declared.includes(String(status))) return null;
  const parsed = schema.safeParse(body);
  return parsed.success ? null : `another answer than declared (${parsed.error.message.slice(0, 400)})`;
}

function describe({method, url, headers, raw}: Generated): string {
  return `${method} ${url} ${JSON.stringify(headers)} ${raw?.slice(0, 500) ?? ''}`;
}
