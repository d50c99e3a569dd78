import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {launchdPlist, systemdUnit} from '../../source/cli/service-files.ts';
import {Home} from '../helpers/home.ts';

const awkward = 'a b%c$HOME "q"\\<&>';

function directory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'amux-test-'));
  t.after(() => rmSync(dir, {recursive: true}));
  return dir;
}

/** A program that systemd can start, below a directory with an awkward name. */
function facts(t: TestContext) {
  const dir = directory(t);
  const program = join(dir, 'node');
  writeFileSync(program, '#!/bin/sh\n', {mode: 0o755});
  return {argv: [program, join(dir, awkward)], home: join(dir, awkward), path: `/bin:${awkward}`, log: '/x/stderr.log'};
}

test('the unit keeps the terminals alive, and every path in it is the one that was meant', t => {
  const given = facts(t);
  const unit = systemdUnit(given);
  for (const line of ['KillMode=process', 'OOMPolicy=continue', 'Restart=on-failure']) assert.ok(unit.includes(line));
  assert.equal(verified(t, unit), '', unit);
  const [, command = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
  const words = [...command.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) =>
    word
      .replaceAll('%%', '%')
      .replaceAll('$$', () => '$')
      .replaceAll(/\\(.)/g, '$1'),
  );
  assert.deepEqual(words, [...given.argv, 'serve', '--home', given.home]);
});

/** What systemd has to say against it. */
function verified(t: TestContext, unit: string): string {
  const file = join(directory(t), 'amux.service');
  writeFileSync(file, unit);
  chmodSync(file, 0o644);
  const env = {...process.env, XDG_RUNTIME_DIR: directory(t)};
  const {stderr, error} = spawnSync('systemd-analyze', ['verify', '--user', '--man=no', file], {encoding: 'utf8', env});
  assert.equal(error, undefined, 'systemd-analyze is needed for this test');
  // It also looks through the units of this machine.
  return stderr
    .split('\n')
    .filter(line => line.includes('amux.service'))
    .join('\n');
}

test('systemd would complain about a unit that is wrong', t => {
  const unit = systemdUnit(facts(t))
    .replace('KillMode=process', 'KillMode=sometimes')
    .replace('ExecStart', 'ExecBegin');
  assert.match(verified(t, unit), /KillMode|ExecBegin/);
});

test('the launch agent is a well-formed property list that says the same', t => {
  const given = facts(t);
  const script = 'import json,plistlib,sys;print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
  const plist = JSON.parse(execFileSync('python3', ['-c', script], {input: launchdPlist(given), encoding: 'utf8'}));
  assert.deepEqual(plist, {
    Label: 'amux.supervisor',
    ProgramArguments: [...given.argv, 'serve', '--home', given.home],
    EnvironmentVariables: {PATH: given.path},
    RunAtLoad: true,
    KeepAlive: {SuccessfulExit: false},
    AbandonProcessGroup: true,
    StandardErrorPath: given.log,
  });
});

test('install writes the unit and says what is left to do where no manager answers; uninstall takes it away', async () => {
  await using home = new Home();
  const configHome = join(home.dir, 'config');
  home.env = {
    ...home.env,
    XDG_CONFIG_HOME: configHome,
    XDG_RUNTIME_DIR: join(home.dir, 'none'),
    DBUS_SESSION_BUS_ADDRESS: '',
  };
  const file = join(configHome, 'systemd', 'user', 'amux.service');
  const printed = await home.amux('service', 'install', '--print');
  assert.match(printed, /^ExecStart="\/[^"]+" "\/[^"]+\/bin\/amux\.js" "serve" "--home" "\/[^"]+"$/m);
  assert.ok(!existsSync(file));
  assert.deepEqual(await home.json('service', 'status'), {file, installed: false, active: false});
  const said = await home.amux('service', 'install');
  assert.equal(said.split('\n')[0], `wrote ${file}`);
  assert.match(
    said,
    /where it can, run\n {2}systemctl --user daemon-reload\n {2}systemctl --user enable --now amux\.service/,
  );
  assert.equal(readFileSync(file, 'utf8'), printed);
  assert.deepEqual(await home.json('service', 'status'), {file, installed: true, active: false});
  assert.match(await home.amux('service', 'uninstall'), /removed .*amux\.service; sessions live on/);
  assert.ok(!existsSync(file));
  assert.equal(await home.amux('service', 'uninstall'), 'no service is installed\n');
});
