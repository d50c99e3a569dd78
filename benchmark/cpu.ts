import {CockpitTerminal} from './cockpit-terminal.ts';
import type {Figure} from './figures.ts';
import {type BackendKind, BenchFleet, programs} from './fleet.ts';
import {childrenOf, cpuShares, pause} from './processes.ts';

/** What starts up is not what is measured, in ms. */
const SETTLE_MS = 6000;
const WINDOW_S = 15;

/** CPU of the supervisor, without and with the cockpit, while twenty sessions print at 10 Hz. */
export async function cpu(): Promise<Figure[]> {
  return [...(await withBackend('tmux')), ...(await withBackend('pty'))];
}

async function withBackend(kind: BackendKind): Promise<Figure[]> {
  await using fleet = new BenchFleet(kind);
  const supervisor = await fleet.serve();
  await fleet.fill(programs.printer);
  await pause(SETTLE_MS);
  const alone = await measure(fleet, supervisor.pid);
  await supervisor.end();

  const cockpit = new CockpitTerminal(fleet);
  await cockpit.until(rows => rows.some(row => /line \d{6}/.test(row)), 'the printed lines');
  await pause(SETTLE_MS);
  const together = await measure(fleet, cockpit.pid);
  await cockpit.end();

  const owner = kind === 'tmux' ? 'tmux server' : 'pty host';
  const figures: Figure[] = [
    {name: `${kind}: ${owner}`, value: alone.owner, unit: '% of a core'},
    {name: `${kind}: supervisor`, value: alone.amux, unit: '% of a core'},
    {name: `${kind}: ${owner}, with cockpit`, value: together.owner, unit: '% of a core'},
    {name: `${kind}: supervisor + cockpit`, value: together.amux, unit: '% of a core', aim: 20},
  ];
  if (kind === 'pty') return figures;
  return [
    ...figures,
    {name: 'tmux: control client', value: alone.client, unit: '% of a core'},
    {name: 'tmux: supervisor / tmux server', value: alone.amux / alone.owner, unit: '×', aim: 3},
    {name: 'tmux: supervisor + cockpit / tmux server', value: together.amux / together.owner, unit: '×'},
  ];
}

async function measure(fleet: BenchFleet, pid: number): Promise<{amux: number; owner: number; client: number}> {
  return cpuShares({amux: [pid], owner: [fleet.ownerPid()], client: childrenOf(pid)}, WINDOW_S);
}
