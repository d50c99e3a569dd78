import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {quoteArgv} from '../../config/command-line.ts';
import {addAgent, homeConfigToEdit} from '../../config/edit.ts';
import {MONITOR, writeMonitor} from '../../config/monitor.ts';
import {pathsOf} from '../../config/paths.ts';
import type {Fleet} from '../../domain/fleet.ts';
import type {Context, Run} from '../command.ts';
import {holdingSignals} from '../hold-signals.ts';
import {type Host, hostFleet} from '../host.ts';
import {lives} from '../programs.ts';
import {selfArgv, version} from '../self.ts';
import {checkTerminal, showCockpit} from './cockpit.ts';
import {dialogRules} from './demo-dialog.ts';
import {cards, roles} from './demo-roles.ts';
import {addMonitor} from './monitor.ts';

const PREFIX = 'amux-demo-';

/** Seven scripted agents in a throw-away home: what a newcomer runs first. Leaves nothing behind. */
export const demo: Run = context => {
  checkTerminal(context, 'the demo');
  return holdingSignals(() => showDemo(context));
};

async function showDemo(context: Context): Promise<number> {
  await cleanUpAfterDead();
  const home = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  let host: Host | null = null;
  try {
    // Its agents ask all the time, and nobody is meant.
    writeFileSync(pathsOf(home).config, 'notices: {bell: false, desktop: off}\n');
    mkdirSync(pathsOf(home).rules);
    writeFileSync(join(pathsOf(home).rules, 'generic.json'), JSON.stringify(dialogRules, null, 2));
    host = await openDemo(home);
    const {fleet, settings} = host;
    const filled = fill(host.as('cli'), home);
    const leave = async () => {
      await filled;
    };
    return await showCockpit({context: demoContext(context, home), settings, fleet, mode: 'demo', leave, cwd: home});
  } finally {
    await endDemo(home, host);
  }
}

function openDemo(home: string): Promise<Host> {
  return hostFleet({
    paths: pathsOf(home),
    hosted: 'demo',
    version,
    self: selfArgv(),
    onShutdown: () => process.kill(process.pid, 'SIGTERM'),
  });
}

async function fill(fleet: Fleet, home: string): Promise<void> {
  const begun = roles.filter(({name}) => name !== MONITOR);
  for (const {name, branch, yolo} of begun) {
    const dir = join(home, 'work', name);
    mkdirSync(dir, {recursive: true});
    execFileSync('git', ['init', '-q', '-b', branch, dir], {stdio: 'ignore'});
    const command = quoteArgv([...selfArgv(), 'demo-agent', name]);
    await fleet.register({name, dir, agent: 'generic', command, yolo});
  }
  await fillMonitor(fleet, home);
  await fillBoard(fleet);
  // One that fails while it starts is part of the show: its card says why.
  await Promise.allSettled(roles.map(({name, prompt}) => fleet.start(name, {prompt})));
}

/** As `amux init --with monitor` makes it, but that what it does is a script as well. */
async function fillMonitor(fleet: Fleet, home: string): Promise<void> {
  const dir = join(home, 'work', MONITOR);
  writeMonitor(dir);
  const command = quoteArgv([...selfArgv(), 'demo-agent', MONITOR]);
  addAgent(homeConfigToEdit(pathsOf(home).config), MONITOR, {name: 'Health monitor', type: 'generic', command});
  await addMonitor(fleet, dir);
}

async function fillBoard(fleet: Fleet): Promise<void> {
  for (const {claimedBy, ...card} of cards) {
    const {id} = await fleet.addCard(card);
    if (claimedBy !== undefined) await fleet.claimCard(id, {session: claimedBy});
  }
}

async function endDemo(home: string, host: Host | null): Promise<void> {
  if (host !== null) {
    await host.fleet.stopAll({force: true});
    await host.close();
  }
  rmSync(home, {recursive: true, force: true});
}

/** A demo that was killed left its home and its agents: they go with the next one. */
async function cleanUpAfterDead(): Promise<void> {
  for (const entry of readdirSync(tmpdir())) {
    const pid = entry.startsWith(PREFIX) ? Number(entry.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (Number.isNaN(pid) || lives(pid)) continue;
    const home = join(tmpdir(), entry);
    try {
      await endDemo(home, await openDemo(home));
    } catch {
      // Not ours (another user's): it is left alone.
    }
  }
}

const demoContext = (context: Context, home: string): Context => ({...context, paths: pathsOf(home)});
