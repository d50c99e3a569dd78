import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Equipping} from '../../source/agents/agent.ts';
import {answerOpencode} from '../../source/agents/opencode-events.ts';
import {equipOpencode} from '../../source/agents/opencode-launch.ts';
import {readOpencodeStream} from '../../source/agents/opencode-stream.ts';
import type {Decision, Request} from '../../source/domain/approvals.ts';

const about = (argv: string[], env: Record<string, string> = {}): Equipping => ({
  argv,
  session: 'session-1',
  dir: '/work',
  files: '/home/amux/sessions/session-1',
  door: null,
  port: 4100,
  env,
});

const lines: [string[], string[]][] = [
  [['opencode'], ['opencode', '--port', '4100', '--hostname', '127.0.0.1']],
  [
    ['opencode', '-s', 'ses_1', '--port', '5000'],
    ['opencode', '-s', 'ses_1', '--port', '5000', '--hostname', '127.0.0.1'],
  ],
  [
    ['opencode', '--port=5000', '--hostname', '0.0.0.0'],
    ['opencode', '--port=5000', '--hostname', '0.0.0.0'],
  ],
  [
    ['/bin/sh', '-c', 'cd src && opencode'],
    ['/bin/sh', '-c', 'cd src && opencode --port 4100 --hostname 127.0.0.1'],
  ],
  [
    ['opencode', 'run', 'hello'],
    ['opencode', 'run', 'hello'],
  ],
  [
    ['node', 'about-opencode.js'],
    ['node', 'about-opencode.js'],
  ],
];
for (const [argv, expected] of lines) {
  test(`${argv.join(' ')} is run as ${expected.join(' ')}`, () => {
    assert.deepEqual(equipOpencode(about(argv)).argv, expected);
  });
}

test('its API is behind a password of this launch, unless the user has one', () => {
  const [one, two] = [equipOpencode(about(['opencode'])), equipOpencode(about(['opencode']))];
  assert.match(one.env['OPENCODE_SERVER_PASSWORD']!, /^.{32}$/);
  assert.notEqual(one.env['OPENCODE_SERVER_PASSWORD'], two.env['OPENCODE_SERVER_PASSWORD']);
  const own = equipOpencode(about(['opencode'], {OPENCODE_SERVER_PASSWORD: 'mine'}));
  assert.equal(own.env['OPENCODE_SERVER_PASSWORD'], 'mine');
});

test('behind a proxy it still reaches its own server', () => {
  const {env} = equipOpencode(about(['opencode'], {HTTPS_PROXY: 'http://proxy:8080', no_proxy: 'intra.example'}));
  assert.equal(env['NO_PROXY'], 'intra.example,127.0.0.1,localhost');
  assert.equal(env['no_proxy'], env['NO_PROXY']);
  assert.equal('NO_PROXY' in equipOpencode(about(['opencode'])).env, false);
});

test('where its API answers is read from the command line and the environment that it runs with', () => {
  const {argv, env} = equipOpencode(about(['opencode']));
  const reader = readOpencodeStream({argv, env})!;
  assert.equal(reader.url, 'http://127.0.0.1:4100');
  const basic = Buffer.from(`opencode:${env['OPENCODE_SERVER_PASSWORD']}`).toString('base64');
  assert.deepEqual(reader.headers, {authorization: `Basic ${basic}`});
});

for (const argv of [['opencode'], ['opencode', '--port', '0'], ['opencode', 'serve', '--port', '4100'], ['bash']]) {
  test(`${argv.join(' ')} serves no API that could be listened to`, () => {
    assert.equal(readOpencodeStream({argv, env: {}}), null);
  });
}

const request = (kind: Request['kind'], input: unknown = {}): Request => ({
  id: 'request-1',
  ref: 'ref_1',
  kind,
  tool: 'bash',
  input,
  title: 'bash: ls',
  suggestions: [],
  choices: [],
  via: 'stream',
  shown: null,
  missedAt: null,
  at: 0,
});
const colours = {questions: [{question: 'Which?', options: [{label: 'Red'}, {label: 'Blue'}]}]};
const answers: [string, Request, Decision, {path: string; body: unknown} | null][] = [
  [
    'an allowance',
    request('permission'),
    {behaviour: 'allow'},
    {path: '/permission/ref_1/reply', body: {reply: 'once'}},
  ],
  ['a rule', request('permission'), {behaviour: 'always'}, {path: '/permission/ref_1/reply', body: {reply: 'always'}}],
  [
    'a denial with a message',
    request('permission'),
    {behaviour: 'deny', message: 'not here'},
    {path: '/permission/ref_1/reply', body: {reply: 'reject', message: 'not here'}},
  ],
  ['other input, which it cannot take,', request('permission'), {behaviour: 'allow', input: {command: 'ls'}}, null],
  [
    'an offered answer',
    request('question', colours),
    {behaviour: 'allow', answer: '2'},
    {path: '/question/ref_1/reply', body: {answers: [['Blue']]}},
  ],
  [
    'an answer of one’s own',
    request('question', colours),
    {behaviour: 'allow', answer: 'Green'},
    {path: '/question/ref_1/reply', body: {answers: [['Green']]}},
  ],
  ['a dismissal', request('question', colours), {behaviour: 'deny'}, {path: '/question/ref_1/reject', body: {}}],
  [
    'one answer to two questions',
    request('question', {questions: [...colours.questions, ...colours.questions]}),
    {behaviour: 'allow', answer: '1'},
    null,
  ],
];
for (const [what, asked, decision, expected] of answers) {
  test(`${what} is ${expected === null ? 'left to its dialog' : `posted to ${expected.path}`}`, () => {
    assert.deepEqual(answerOpencode(asked, decision), expected);
  });
}
