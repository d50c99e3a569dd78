import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Health} from '../../source/domain/fleet.ts';
import {type Agent, Home, until} from '../helpers/home.ts';
import {gone, isAlive} from '../helpers/processes.ts';
import {Terminal} from '../helpers/terminal.ts';

/** A home with one running session and no supervisor. */
async function running(): Promise<{home: Home; agent: Agent}> {
  const home = new Home();
  const agent = await home.startAgent('one');
  await home.amux('serve', '--stop');
  return {home, agent};
}

const doctor = async (home: Home): Promise<Pick<Health, 'hosted' | 'pid'>> => {
  const found = /pid (\d+) \((\w+)\)/.exec(await home.amux('doctor')) ?? [];
  return {pid: Number(found[1]), hosted: found[2] as Health['hosted']};
};

test('q in a cockpit that hosts leaves a headless supervisor behind, and no agent notices', async () => {
  const {home, agent} = await running();
  await using _home = home;
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 30});
  await cockpit.expect(/hosted +\d\d:\d\d/);
  assert.equal(home.supervisorPid, cockpit.pid);
  cockpit.press('q');
  assert.equal(await cockpit.ended(), 0);
  assert.ok(!cockpit.alternate);
  const {hosted, pid} = await doctor(home);
  assert.equal(hosted, 'auto');
  assert.notEqual(pid, cockpit.pid);
  await home.amux('send', 'one', 'still there?');
  assert.deepEqual(await agent.read(1), ['still there?']);
});

test('serve takes over from a cockpit, which goes on as its client and leaves without it', async () => {
  const {home, agent} = await running();
  await using _home = home;
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 30});
  await cockpit.expect(/hosted +\d\d:\d\d/);
  await home.amux('serve', '--detach');
  await cockpit.expect(/headless +\d\d:\d\d/);
  assert.ok(isAlive(cockpit.pid));
  cockpit.press(' ');
  await cockpit.expect(/→ one/);
  cockpit.press('by the cockpit\r');
  assert.deepEqual(await agent.read(1), ['by the cockpit']);
  await cockpit.expect(/by the cockpit/);
  const {hosted, pid} = await doctor(home);
  assert.equal(hosted, 'serve');
  cockpit.press('q');
  assert.equal(await cockpit.ended(), 0);
  assert.ok(isAlive(pid));
  assert.equal((await doctor(home)).pid, pid);
});

test('a terminal that is lost leaves a headless supervisor behind, and no process that spins', async () => {
  const {home, agent} = await running();
  await using _home = home;
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 30});
  await cockpit.expect(/hosted +\d\d:\d\d/);
  const {pid} = cockpit;
  cockpit.close();
  await gone(pid);
  const found = await doctor(home);
  assert.equal(found.hosted, 'auto');
  assert.notEqual(found.pid, pid);
  await home.amux('send', 'one', 'still there?');
  assert.deepEqual(await agent.read(1), ['still there?']);
});

test('ctrl+z hands the fleet over before it stops, and fg comes back as its client', async () => {
  const {home, agent} = await running();
  await using _home = home;
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 30, shell: true});
  await cockpit.expect(/hosted +\d\d:\d\d/);
  const host = home.supervisorPid;
  cockpit.press('\x1a');
  await cockpit.expect(/Stopped|Suspended/);
  assert.ok(!cockpit.alternate);
  const {hosted, pid} = await doctor(home);
  assert.equal(hosted, 'auto');
  assert.notEqual(pid, host);
  await home.amux('send', 'one', 'while it stands');
  assert.deepEqual(await agent.read(1), ['while it stands']);
  cockpit.press('fg\r');
  await cockpit.expect(/headless +\d\d:\d\d/);
  await cockpit.expect(/while it stands/);
  cockpit.press('q');
  await gone(host);
});

test('serve --stop ends the supervisor of a cockpit that hosts, and nobody follows', async () => {
  const {home, agent} = await running();
  await using _home = home;
  await using cockpit = new Terminal(home, [], {cols: 120, rows: 30});
  await cockpit.expect(/hosted +\d\d:\d\d/);
  await home.amux('serve', '--stop');
  await until('the end of the cockpit', () => cockpit.code !== null);
  await gone(cockpit.pid);
  assert.match(await home.amux('doctor'), /none runs/);
  assert.ok(isAlive(agent.pid));
});
