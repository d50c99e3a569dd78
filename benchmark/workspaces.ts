import {execFileSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from '../source/api/client.ts';
import {GitLog} from '../test/helpers/git-log.ts';
import {type Figure, median} from './figures.ts';
import {amux, BenchFleet} from './fleet.ts';

const FILES = 20_000;
const WORKSPACES = 30;
const ROUNDS = 31;

/** Thirty worktrees of a large repository: what a list costs beside git's own, and what a removal has to look at. */
export async function workspaces(): Promise<Figure[]> {
  await using fleet = new BenchFleet('pty');
  const cwd = repositoryIn(fleet.root);
  const supervisor = await fleet.serve();
  await using client = new Client({socket: fleet.paths.socket, actor: 'cli'});
  const made: number[] = [];
  for (let i = 0; i < WORKSPACES; i++) made.push(await timed(() => client.createWorkspace({name: `w${i}`, cwd})));
  const [git, list, command, look]: number[][] = [[], [], [], []];
  for (let i = 0; i < ROUNDS; i++) {
    git!.push(await timed(async () => execFileSync('git', ['worktree', 'list'], {cwd, env: fleet.env})));
    list!.push(await timed(() => client.workspaces({cwd})));
    const [file, ...args] = amux;
    command!.push(await timed(async () => execFileSync(file!, [...args, 'ws', 'list'], {cwd, env: fleet.env})));
    look!.push(await timed(() => client.workspace('w1', {cwd})));
  }
  const removed = await timed(() => client.removeWorkspace('w1', {cwd}));
  await supervisor.end();
  const own = median(git!);
  const quiet = await processes(fleet, cwd);
  return [
    {name: 'git worktree list', value: own, unit: 'ms'},
    {name: 'the list, from the supervisor', value: median(list!) / own, unit: '×', aim: 5},
    {name: 'amux ws list, with its start', value: median(command!), unit: 'ms'},
    {name: 'what a removal would lose', value: median(look!), unit: 'ms'},
    {name: 'a new workspace', value: median(made), unit: 'ms'},
    {name: 'a removal', value: removed, unit: 'ms'},
    ...quiet,
  ];
}

/** A session in each, with a file of its own: what git is asked to do, and how much of it at once. */
async function processes(fleet: BenchFleet, cwd: string): Promise<Figure[]> {
  using log = new GitLog(fleet.root);
  fleet.env['PATH'] = process.env['PATH']!;
  const supervisor = await fleet.serve();
  await using client = new Client({socket: fleet.paths.socket, actor: 'cli'});
  const places = (await client.workspaces({cwd})).filter(({id}) => id !== 'main');
  for (const {id, path} of places) {
    writeFileSync(join(path, 'new'), 'x\n');
    await client.register({name: id, dir: path, agent: 'generic', command: 'cat'});
  }
  const isMarked = async () => (await client.sessions()).every(({dirty}) => dirty?.files === 1);
  const all = await timed(async () => {
    await Promise.all(places.map(({id}) => client.start(id)));
    while (!(await isMarked())) await new Promise(resolve => setTimeout(resolve, 20));
  });
  const atOnce = log.atOnce(/ status /);
  // A start asks once more; then nothing happens any more.
  for (let before = -1; before !== log.lines.length; await new Promise(resolve => setTimeout(resolve, 5000))) {
    before = log.lines.length;
  }
  const before = log.started.length;
  for (let i = 0; i < 100; i++) {
    await client.sessions();
    await client.peek(places[i % places.length]!.id);
  }
  const idle = log.started.length - before;
  await client.workspaces({cwd});
  const listed = log.started.slice(before).filter(line => !line.includes(' status ')).length;
  await client.stopAll({force: true});
  await supervisor.end();
  return [
    {name: 'all sessions started and marked', value: all, unit: 'ms'},
    {name: 'git at once in the background', value: atOnce, unit: 'processes', aim: 1},
    {name: 'git for 100 lists and peeks of sessions', value: idle, unit: 'processes', aim: 0},
    {name: 'git for a list of workspaces', value: listed, unit: 'processes', aim: 2},
  ];
}

function repositoryIn(root: string): string {
  const cwd = join(root, 'large');
  for (let i = 0; i < FILES; i++) {
    const directory = join(cwd, `d${Math.floor(i / 100)}`);
    if (i % 100 === 0) mkdirSync(directory, {recursive: true});
    writeFileSync(join(directory, `f${i}`), `${i}\n`);
  }
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
  execFileSync('git', ['init', '-q', cwd]);
  execFileSync('git', ['-C', cwd, 'add', '.']);
  execFileSync('git', [...author, '-C', cwd, 'commit', '-q', '-m', 'first']);
  return cwd;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
