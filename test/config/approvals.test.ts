import assert from 'node:assert/strict';
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {loadAgents} from '../../source/config/profiles.ts';
import {loadStart, validateFile} from '../../source/config/settings.ts';
import type {Request} from '../../source/domain/approvals.ts';
import {policyFor} from '../../source/supervisor/policy.ts';
import {session} from '../store/records.ts';
import {temporaryDirectory} from './directories.ts';

/** A home and a project with these rules, and what they say to a request. */
function policy(rules: {home?: string; project?: string}) {
  const root = temporaryDirectory();
  const home = join(root, 'home');
  const dir = join(root, 'shop');
  mkdirSync(home);
  mkdirSync(join(dir, '.amux'), {recursive: true});
  mkdirSync(join(dir, '.git'));
  const config = join(home, 'config.yaml');
  writeFileSync(config, rules.home ?? '');
  writeFileSync(join(dir, '.amux', 'config.yaml'), rules.project ?? '');
  const decide = policyFor({config, home});
  const of = session('s1', {name: 'web', agent: 'claude', dir});
  const says = (change: Partial<Request> = {}) => decide(of, {...request, ...change});
  return {dir, root, config, says};
}

const request: Request = {
  ...{id: 'a-1', ref: 'r', kind: 'permission', tool: 'Bash', input: {command: 'npm test'}, title: 'Bash(npm test)'},
  ...{suggestions: [], choices: [], via: 'hook', at: 0, shown: null, missedAt: null},
};
const allow = 'approvals:\n  - {tool: Bash, decide: allow}\n';
const deny = 'approvals:\n  - {tool: Bash, decide: deny, message: not here}\n';

test('the home’s rules come before the project’s', () => {
  assert.deepEqual(policy({home: deny, project: allow}).says(), {
    decision: {behaviour: 'deny', message: 'not here'},
    why: 'denied by rule 1 of the home (deny, tool Bash)',
  });
  assert.equal(policy({project: allow}).says()?.why, 'allowed by rule 1 of the project (allow, tool Bash)');
  assert.equal(policy({}).says(), null);
});

test('a rule with a condition that is not known decides nothing, and no rule beside it', () => {
  const mistyped = 'approvals:\n  - {tool: Bash, patern: "npm test*", decide: allow}\n';
  const why = /:2:18: approvals\.0\.patern is not known here; did you mean pattern\?/;
  assert.throws(() => policy({home: mistyped}).says(), why);
  assert.throws(
    () => policy({home: allow.replace('decide', 'sesion: "test-*", decide')}).says(),
    /did you mean session/,
  );
  assert.throws(() => policy({home: '', project: mistyped}).says(), why);
});

test('a rule that cannot be read keeps no supervisor and no session from starting', () => {
  const {config, dir} = policy({home: 'port: 9000\napprovals:\n  - {tol: Bash, decide: allow}\n'});
  const {settings} = loadStart(config);
  assert.deepEqual([settings.port, settings.approvals], [9000, []]);
  const own = join(dir, '.amux', 'config.yaml');
  writeFileSync(own, 'defaultAgent: codex\napprovals:\n  - {tol: Bash, decide: allow}\n');
  assert.equal(loadAgents(own).defaultAgent, 'codex');
});

test('an edited file counts from the next request on', () => {
  const {says, config} = policy({});
  assert.equal(says(), null);
  writeFileSync(config, allow);
  assert.equal(says()?.decision.behaviour, 'allow');
});

test('a link does not lead out of the directory that a rule allows', () => {
  const {says, dir, root} = policy({home: 'approvals:\n  - {path: "src/**", decide: allow}\n'});
  mkdirSync(join(dir, 'src'));
  symlinkSync(root, join(dir, 'src', 'out'));
  const write = (file_path: string) => says({tool: 'Write', input: {file_path}});
  assert.equal(write('src/new/a.ts')?.decision.behaviour, 'allow');
  assert.equal(write('src/../a.ts'), null);
  assert.equal(write('src/out/a.ts'), null);
});

test('trust in a directory is never given by a rule', () => {
  const {says} = policy({home: `${allow}trustWorktrees: true\n`});
  assert.equal(says({kind: 'trust', tool: null}), null);
});

test('rules are checked where they are written', () => {
  const check = (text: string) => {
    const file = join(temporaryDirectory(), 'config.yaml');
    writeFileSync(file, text);
    return validateFile(file, 'home').problems.map(({line, why}) => `${line}: ${why}`);
  };
  assert.deepEqual(check(allow), []);
  assert.match(check('approvals:\n  - {tool: Bash}\n')[0]!, /^2: approvals\.0\.decide/);
  assert.match(check('approvals:\n  - {decide: perhaps}\n')[0]!, /decide/);
  assert.match(check('approvals:\n  - {decide: allow, pattern: "/(/"}\n')[0]!, /expected a glob, or a regular/);
});

test('a path may begin at the user’s home directory', () => {
  const {says} = policy({home: 'approvals:\n  - {path: "~/.ssh/**", decide: deny}\n'});
  const input = {file_path: join(homedir(), '.ssh', 'id')};
  assert.equal(says({tool: 'Read', input})?.decision.behaviour, 'deny');
});
