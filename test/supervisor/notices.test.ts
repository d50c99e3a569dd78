import assert from 'node:assert/strict';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import type {Paths} from '../../source/config/paths.ts';
import type {Session} from '../../source/domain/session.ts';
import type {DesktopNotice} from '../../source/notices/notify-send.ts';
import {signatureOf} from '../../source/notices/webhook.ts';
import type {WebhookBody} from '../../source/supervisor/webhooks.ts';
import {Supervised} from '../helpers/supervised.ts';
import {Receiver} from '../notices/receiver.ts';
import {put, temporaryHome} from '../store/records.ts';

const env = {HOOK: '', SECRET: 'geheim'};
/** So long ago that it has settled. */
const AGO_MS = 4000;

type Shown = Supervised & {shown: DesktopNotice[]; happen: (name: string, change: Partial<Session>) => void};

async function open(paths: Paths, options: {env?: Record<string, string>; why?: string} = {}): Promise<Shown> {
  const shown: DesktopNotice[] = [];
  const supervised = await Supervised.open(paths, {
    now: Date.now,
    sessions: [],
    env: options.env ?? env,
    outside: {
      pause: async () => {},
      show: async notice => {
        shown.push(notice);
        return options.why ?? null;
      },
    },
  });
  const happen = (name: string, change: Partial<Session>) => {
    const session = {name, status: 'running', activity: 'working', dir: '/work/pay', ...change} as const;
    supervised.store.append({...put(`s-${name}`, session), type: 'session.activity', at: Date.now() - AGO_MS});
  };
  return Object.assign(supervised, {shown, happen});
}

const asks = (detail: string): Partial<Session> => ({activity: 'waiting', waitingFor: {kind: 'permission', detail}});

/** The next entry of a type. */
const next = ({store}: Supervised, type: string): Promise<string> =>
  new Promise(resolve => {
    const end = store.onEntry(entry => {
      if (entry.type !== type) return;
      end();
      resolve(entry.reason);
    });
  });

const configure = (paths: Paths, lines: string[]) => writeFileSync(paths.config, `${lines.join('\n')}\n`);

const hookLines = (url: string, ...more: string[]) => [
  'notices:',
  '  desktop: off',
  '  webhooks:',
  `    - url: ${url}`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how references are written.
  '      secret: ${SECRET}',
  ...more,
];

describe('notices', () => {
  test('a webhook is told once of a transition, signed, with the session', async () => {
    const paths = temporaryHome();
    await using receiver = await Receiver.open();
    configure(paths, hookLines(receiver.url));
    const supervised = await open(paths);
    supervised.happen('pay', {});
    const said = next(supervised, 'notice.told');
    supervised.happen('pay', asks('Bash: rm -rf dist'));
    supervised.happen('pay', asks('Bash: rm -rf dist'));
    assert.equal(await said, 'waiting · permission: Bash: rm -rf dist');
    await receiver.count(1);
    supervised.happen('pay', {status: 'failed', activity: 'unknown', reason: 'exit code 3'});
    await receiver.count(2);
    const [first, second] = receiver.received as [(typeof receiver.received)[0], (typeof receiver.received)[0]];
    const body = JSON.parse(first.body) as WebhookBody;
    const {id, at, ...rest} = body;
    assert.deepEqual(rest, {
      kind: 'waiting',
      text: 'pay needs you: permission: Bash: rm -rf dist',
      reason: 'permission: Bash: rm -rf dist',
      waiting_for: {kind: 'permission', detail: 'Bash: rm -rf dist'},
      session: {
        id: 's-pay',
        name: 'pay',
        agent: 'generic',
        dir: '/work/pay',
        workspace: 'main',
        project: null,
        tags: [],
      },
      home: paths.home,
    });
    assert.equal(first.headers['x-amux-id'], id);
    assert.ok(Math.abs(at - Date.now() / 1000) < 60);
    const timestamp = String(first.headers['x-amux-timestamp']);
    assert.equal(first.headers['x-amux-signature'], signatureOf({secret: 'geheim', timestamp, body: first.body}));
    const other = JSON.parse(second.body) as WebhookBody;
    assert.deepEqual([other.kind, other.waiting_for], ['failed', null]);
    assert.notEqual(other.id, id);
    await supervised.close();
    const journal = supervised.store.read({after: 0, limit: 1000});
    assert.equal(journal.filter(({type}) => type === 'notice.told').length, 2);
    assert.doesNotMatch(JSON.stringify(journal), /geheim|top-secret/);
    assert.doesNotMatch(readFileSync(paths.webhooks, 'utf8'), /hooks|secret/);
    assert.equal(statSync(paths.webhooks).mode & 0o777, 0o600);
  });

  test('for what somebody looks at no notice goes out, and then one does again', async () => {
    const paths = temporaryHome();
    const supervised = await open(paths);
    const looks = (sessions: string[]) => supervised.ask('POST', '/api/looks', {body: {viewer: 'a cockpit', sessions}});
    assert.equal((await looks(['s-pay', 'web'])).status, 204);
    for (const name of ['pay', 'web', 'api']) supervised.happen(name, {});
    const said = next(supervised, 'notice.told');
    for (const name of ['pay', 'web', 'api']) supervised.happen(name, asks(name));
    assert.equal(await said, 'waiting · permission: api');
    await looks([]);
    const again = next(supervised, 'notice.told');
    supervised.happen('pay', {status: 'failed', reason: 'exit code 1'});
    assert.equal(await again, 'failed · exit code 1');
    await supervised.close();
  });

  test('what a new supervisor finds undelivered it delivers, and nothing twice', async () => {
    const paths = temporaryHome();
    await using receiver = await Receiver.open();
    configure(paths, hookLines(receiver.url));
    let supervised = await open(paths);
    supervised.happen('pay', {});
    supervised.happen('pay', asks('one'));
    await receiver.count(1);
    receiver.replies = [null];
    supervised.happen('pay', {});
    supervised.happen('pay', asks('two'));
    await receiver.count(2);
    await supervised.close();
    supervised = await open(paths);
    await receiver.count(3);
    await supervised.close();
    supervised = await open(paths);
    const said = next(supervised, 'notice.told');
    supervised.happen('pay', {status: 'failed', reason: 'x'});
    await said;
    await receiver.count(4);
    await supervised.close();
    const bodies = receiver.received.map(({body}) => JSON.parse(body) as WebhookBody);
    assert.deepEqual(
      bodies.map(({reason}) => reason),
      ['permission: one', 'permission: two', 'permission: two', 'x'],
    );
    assert.equal(bodies[1]!.id, bodies[2]!.id);
  });

  test('how far a webhook was told is known, also where nothing was for it', async () => {
    const paths = temporaryHome();
    await using receiver = await Receiver.open();
    configure(paths, hookLines(receiver.url, '      on: [limit]'));
    const supervised = await open(paths);
    const known = () => Object.values(JSON.parse(readFileSync(paths.webhooks, 'utf8')) as Record<string, number>);
    const began = known();
    supervised.happen('pay', {});
    const said = next(supervised, 'notice.told');
    supervised.happen('pay', asks('one'));
    await said;
    await supervised.close();
    assert.equal(began.length, 1);
    assert.ok(known()[0]! > began[0]! + 2, `${began} to ${known()}`);
    assert.deepEqual(receiver.received, []);
  });

  test('a changed configuration counts at once; one that is new is not told of what was', async () => {
    const paths = temporaryHome();
    await using receiver = await Receiver.open();
    const supervised = await open(paths);
    supervised.happen('pay', {});
    const said = next(supervised, 'notice.told');
    supervised.happen('pay', asks('one'));
    await said;
    configure(paths, hookLines(receiver.url, '      on: [failed]'));
    supervised.happen('web', {});
    supervised.happen('web', asks('two'));
    supervised.happen('api', {});
    supervised.happen('api', {status: 'failed', reason: 'three'});
    await receiver.count(1);
    configure(paths, ['notices: {desktop: off, bell: false}']);
    supervised.happen('web', {status: 'failed', reason: 'four'});
    await supervised.close();
    assert.deepEqual(
      receiver.received.map(({body}) => (JSON.parse(body) as WebhookBody).reason),
      ['three'],
    );
  });

  test('an endpoint that cannot be used is one entry of the journal that names neither path nor secret', async () => {
    const paths = temporaryHome();
    await using receiver = await Receiver.open();
    configure(paths, hookLines(receiver.url));
    const supervised = await open(paths);
    receiver.replies = Array.from({length: 20}, () => ({status: 500}));
    const said = next(supervised, 'notice');
    supervised.happen('pay', {});
    supervised.happen('pay', asks('one'));
    const {host} = new URL(receiver.url);
    assert.equal(await said, `webhook 1 (${host}): a notice was not delivered: HTTP 500, 5 tries`);
    await supervised.close();
    const unset = await open(paths, {env: {}});
    const missing = next(unset, 'notice');
    unset.happen('pay', {status: 'failed', reason: 'x'});
    assert.match(await missing, /^webhook 1: a notice was not delivered: .*SECRET/);
    await unset.close();
  });

  test('a trial says what became of each channel', async () => {
    const paths = temporaryHome();
    await using receiver = await Receiver.open();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how references are written.
    const lines = [...hookLines(receiver.url, '    - url: ${NOWHERE}'), ''];
    lines[1] = '  desktop: notify-send';
    configure(paths, lines);
    const supervised = await open(paths, {why: 'no bus'});
    const {body} = await supervised.ask<{channel: string; ok: boolean; says: string}[]>('POST', '/api/notices/test', {
      body: {},
    });
    assert.deepEqual(
      body.map(({channel, ok}) => [channel, ok]),
      [
        ['notify-send', false],
        [`webhook 1 (${new URL(receiver.url).host})`, true],
        ['webhook 2', false],
      ],
    );
    assert.deepEqual([body[0]!.says, body[1]!.says], ['no bus', 'HTTP 204, signed']);
    assert.match(body[2]!.says, /NOWHERE/);
    assert.equal((JSON.parse(receiver.received[0]!.body) as WebhookBody).kind, 'test');
    await supervised.close();
  });

  test('the desktop is told of several at once as one; a failure is one entry', async () => {
    const paths = temporaryHome();
    configure(paths, ['notices: {desktop: notify-send}']);
    const supervised = await open(paths, {why: 'no bus'});
    for (const name of ['pay', 'web']) supervised.happen(name, {});
    const said = next(supervised, 'notice');
    for (const name of ['pay', 'web']) supervised.happen(name, asks(name));
    assert.equal(await said, 'notify-send showed nothing: no bus');
    assert.deepEqual(supervised.shown, [{title: 'amux: 2 notices', body: 'waiting: pay, web', urgent: true}]);
    supervised.happen('pay', {status: 'failed', reason: 'x'});
    await supervised.close();
    const notes = supervised.store.read({after: 0, limit: 1000}).filter(({reason}) => reason.includes('notify-send'));
    assert.equal(notes.length, 1);
  });
});
