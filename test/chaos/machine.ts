import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {type Figure, percentile} from '../../benchmark/figures.ts';
import type {Agent} from '../helpers/home.ts';
import {holders, kill} from '../helpers/processes.ts';
import {until} from '../real/until.ts';
import {readableJournal} from './audit.ts';
import type {ChaosContext, Plan} from './plan.ts';
import {type Backend, STATE_MS, Stage} from './stage.ts';

/** All of them share two cores, in ms. */
const BACK_MS = 180_000;
/** So many processes are launched at once: of those that stand beside each other any may be there first. */
const AT_ONCE = 3;
/** How many places one may be from its own: one of its neighbours may have taken longer, and it itself as well. */
const ASIDE_MOST = 2 * (AT_ONCE - 1);
const CONTINUE = 'Your process ended in the middle of your last turn';

type Ready = {event: string; pid: number; resumed?: string};

/** What takes many sessions at once, and what is killed for that. */
const blows: readonly {name: string; backend: Backend; breaks: string; fall: (stage: Stage) => Promise<void>}[] = [
  {
    name: 'tmux',
    backend: 'tmux',
    breaks: 'kill -9 of the tmux server, with turns under way and messages waiting',
    async fall({paths}) {
      const of = ['-S', paths.tmuxSocket, 'display-message', '-p', '#{pid}'];
      await kill(Number(execFileSync('tmux', of, {encoding: 'utf8'})));
    },
  },
  {
    name: 'pty-host',
    backend: 'pty',
    breaks: 'kill -9 of the host of all pseudo terminals, likewise',
    fall: stage => killThose(stage, command => /\bpty-host\b/.test(command)),
  },
  ...(['tmux', 'pty'] as const).map(backend => ({
    name: `reboot-${backend}`,
    backend,
    breaks: `kill -9 of every process of a home (${backend}), whose sockets stay behind; then amux serve`,
    async fall(stage: Stage) {
      await killThose(stage, () => true);
      stage.forget();
      await stage.start();
    },
  })),
];

const IN_SHORT = ['tmux', 'reboot-pty'];

/** A round is a session. */
export const machinePlans: readonly Plan[] = blows.map(({name, backend, breaks, fall}) => ({
  name: `machine/${name}`,
  breaks,
  rounds: {short: IN_SHORT.includes(name) ? 3 : 0, long: 30},
  run: context => many(context, {backend, fall}),
}));

async function many(
  {rounds, say}: ChaosContext,
  {backend, fall}: {backend: Backend; fall: (stage: Stage) => Promise<void>},
): Promise<Figure[]> {
  await using stage = new Stage({backend});
  await stage.start();
  const names = Array.from({length: rounds}, (_, i) => `agent-${String(i).padStart(2, '0')}`);
  const cold: number[] = [];
  for (const name of names) {
    const begun = performance.now();
    await stage.historian(name);
    cold.push(performance.now() - begun);
  }
  await using before = stage.client();
  for (const name of names) {
    await before.send(name, {text: `HOLD ${name}`});
    for (const n of [1, 2]) await before.send(name, {text: `${n} waits for ${name}`});
  }
  const agents = [...stage.agents.values()];
  await until('all of them to work', () => agents.every(({prompts}) => prompts.length === 1), STATE_MS);
  const lives = agents.map(ready);
  say(`${rounds} sessions stand in a turn, with two messages waiting for each`);

  const begun = performance.now();
  await fall(stage);
  await until(
    () => `all to be back; ${agents.filter(agent => lives.includes(ready(agent))).length} are not`,
    () => agents.every((agent, i) => ready(agent).pid !== lives[i]!.pid),
    BACK_MS,
  );
  const took = performance.now() - begun;
  for (const agent of agents) assert.equal(ready(agent).resumed, idOf(agent), 'the same conversation');
  await until(
    () => `all queues to go on: ${agents.map(({prompts}) => prompts.length).join(' ')}`,
    () => agents.every(({prompts}) => prompts.length >= 4),
    BACK_MS,
  );
  for (const [i, {prompts}] of agents.entries()) {
    const name = names[i]!;
    const said = prompts.map(text => (text.startsWith(CONTINUE) ? 'continue' : text));
    assert.deepEqual(said, [`HOLD ${name}`, 'continue', `1 waits for ${name}`, `2 waits for ${name}`]);
  }
  await stage.stop();
  const entries = readableJournal(stage.paths);
  const alarms = entries.filter(({type}) => type === 'watchdog.alarm').map(({reason}) => reason);
  assert.equal(alarms.length, 1, `one alarm: ${alarms.join(' / ')}`);
  assert.match(alarms[0]!, new RegExp(`^${rounds} sessions ended at once`));
  inOrder(names, startsOf(entries, names));
  return [
    {name: 'sessions, each back with its conversation and its queue', value: rounds, unit: ''},
    {name: 'cold start of one: p50', value: percentile(cold, 0.5), unit: 'ms'},
    {name: 'until the last one was back', value: took, unit: 'ms', note: `${AT_ONCE} at a time`},
  ];
}

const ready = ({entries}: Agent): Ready => entries.findLast(({event}) => event === 'ready') as Ready;
/** As the first process of a session names its conversation. */
const idOf = ({entries}: Agent): string =>
  `00000000-0000-4000-8000-${String(entries.find(({event}) => event === 'ready')!.pid).padStart(12, '0')}`;

/** In which they came back: the last process of each. */
function startsOf(entries: ReturnType<typeof readableJournal>, names: readonly string[]): string[] {
  const pids = entries.filter(({type, reason}) => type === 'session.changed' && /^pid \d+$/.test(reason));
  return pids.slice(-names.length).map(({session}) => session!.name);
}

function inOrder(names: readonly string[], starts: readonly string[]): void {
  assert.deepEqual([...starts].sort(), [...names]);
  for (const [at, name] of starts.entries()) {
    assert.ok(
      Math.abs(at - names.indexOf(name)) <= ASIDE_MOST,
      `the order in which they came back: ${starts.join(' ')}`,
    );
  }
}

/** At once, as far as that goes: first all that is known, then what was only just begun. */
async function killThose({home}: Stage, isMeant: (command: string) => boolean): Promise<void> {
  let found = 0;
  for (;;) {
    const meant = holders(home.dir).filter(({command}) => isMeant(command));
    if (meant.length === 0) break;
    found += meant.length;
    for (const {pid} of meant) process.kill(pid, 'SIGKILL');
    await Promise.all(meant.map(({pid}) => kill(pid)));
    if (!isMeant('')) break;
  }
  assert.ok(found > 0, 'nothing was killed');
}
