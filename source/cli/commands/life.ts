import {isAbsolute, resolve} from 'node:path';
import {parseAssignment} from '../../config/variables.ts';
import {AmuxError, asAmuxError} from '../../domain/errors.ts';
import type {Fleet, SessionView} from '../../domain/fleet.ts';
import {restartPolicies} from '../../domain/session.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, choiceFlag, listFlag, textFlag} from '../flags.ts';
import {isElsewhere} from '../remote.ts';

export const register: Run = async context => {
  const {output, args} = context;
  const dir = textFlag(context, 'dir');
  if (dir === undefined) {
    throw new AmuxError('input.invalid', {
      why: 'register needs the directory to work in',
      next: `amux register ${args[0]} --dir .`,
    });
  }
  const yolo = boolFlag(context, 'yolo');
  const fleet = await context.fleet('write');
  const session = await fleet.register({
    name: args[0]!,
    dir: directoryOf(dir, context),
    agent: textFlag(context, 'agent'),
    command: textFlag(context, 'command'),
    model: textFlag(context, 'model'),
    yolo,
    env: environmentOf(context),
    tags: listFlag(context, 'tag'),
    restart: choiceFlag(context, 'restart', restartPolicies),
  });
  if (yolo && !session.yolo)
    output.notice(`amux: ${session.agent} has no yolo mode: ${session.name} asks as it always does`);
  if (output.json) output.value(session);
  else
    output.line(
      `${session.name} registered (${session.id}, ${session.agent} in ${session.dir}) · amux start ${session.name}`,
    );
  return 0;
};

/** People name directories from where they are; on another machine only its whole path means something. */
function directoryOf(dir: string, {cwd, remote}: Context): string {
  if (!isElsewhere(remote)) return resolve(cwd, dir);
  if (isAbsolute(dir)) return dir;
  const why = `--dir is a directory of ${remote.host}: "${dir}" is none`;
  throw new AmuxError('input.invalid', {why, next: 'give it from the root, as /home/ada/project'});
}

export const unregister: Run = context =>
  each(context, async (fleet, ref) => {
    const {name} = await fleet.session(ref);
    await fleet.unregister(ref);
    const left = (await fleet.schedules()).filter(({session}) => session === name).map(schedule => schedule.name);
    if (left.length > 0)
      context.output.notice(`amux: ${left.join(', ')} would send to ${name} · amux schedule rm ${left.join(' ')}`);
    return null;
  });

export const start: Run = context =>
  each(context, async (fleet, name) => {
    const callerEnv = pick(context.env, await fleet.variables({ref: name}));
    return fleet.start(name, {prompt: textFlag(context, 'prompt'), callerEnv});
  });

export const restart: Run = context =>
  each(context, async (fleet, name) => {
    const callerEnv = pick(context.env, await fleet.variables({ref: name}));
    return fleet.restart(name, {prompt: textFlag(context, 'prompt'), callerEnv});
  });

export const stop: Run = async context => {
  const force = boolFlag(context, 'force');
  if (!boolFlag(context, 'all')) {
    if (context.args.length === 0) {
      throw new AmuxError('input.invalid', {why: 'stop which session?', next: 'amux stop NAME…, or amux stop --all'});
    }
    return each(context, (fleet, name) => fleet.stop(name, {force}), STOPS_AT_ONCE);
  }
  const fleet = await context.fleet('write');
  const outcomes = await fleet.stopAll({force});
  if (context.output.json) context.output.value(outcomes);
  for (const {name, error} of outcomes) {
    if (error !== null) context.output.notice(`amux: ${error.message}`);
    else if (!context.output.json) context.output.line(`${name} stopped`);
  }
  return outcomes.every(({ok}) => ok) ? 0 : 1;
};

export const run: Run = async context => {
  const {args, cwd, env, output} = context;
  const joining = boolFlag(context, 'attach') ? await import('./attach.ts') : null;
  // Before anything is started: what is refused has done nothing.
  joining?.needTerminal(context);
  const fleet = await context.fleet('write');
  const [agent] = args;
  const own = environmentOf(context);
  const workspace = await workspaceFor(context, fleet);
  const callerEnv = pick(env, await fleet.variables({agent, cwd, workspace, env: own}));
  const session = await fleet.run({
    agent,
    cwd,
    workspace,
    command: textFlag(context, 'command'),
    env: own,
    name: textFlag(context, 'name'),
    prompt: textFlag(context, 'prompt'),
    callerEnv,
  });
  if (output.json) output.value(session);
  else output.line(session.id);
  return joining === null ? 0 : joining.attach({...context, args: [session.id]});
};

/** `--new` makes one, with a name of its own where none is given. */
async function workspaceFor(context: Context, fleet: Fleet): Promise<string | undefined> {
  const {args, cwd, flags} = context;
  const named = textFlag(context, 'workspace');
  if (flags['new'] === undefined) return named;
  if (named !== undefined) {
    const why = '--new makes a workspace, --workspace names one that exists';
    throw new AmuxError('input.invalid', {why, next: 'give one of them'});
  }
  const {createWorkspace} = await import('./workspaces.ts');
  const name = textFlag(context, 'new') || freeName(args[0] ?? 'task', await fleet.workspaces({cwd}));
  return (await createWorkspace(context, fleet, name)).id;
}

function freeName(stem: string, taken: {name: string}[]): string {
  for (let i = 1; ; i++) if (!taken.some(({name}) => name === `${stem}-${i}`)) return `${stem}-${i}`;
}

/** So many at once: each start is looked at for a while. */
const AT_ONCE = 8;
/** An end is mostly waiting for what does not heed its signals. */
const STOPS_AT_ONCE = 100;

type Act = (fleet: Fleet, name: string) => Promise<SessionView | null>;

/** All that are named, told in their order; what fails does not keep the rest from it. The exit code is the first failure's. */
async function each(context: Context, act: Act, atOnce = AT_ONCE): Promise<number> {
  const {args, output} = context;
  const fleet = await context.fleet('write');
  const done: SessionView[] = [];
  let code = 0;
  // An index means the row that the person saw: resolve all before the first act changes the rows.
  const names = args.length > 1 ? new Set(await resolveAll(fleet, args)) : args;
  for (const {name, outcome} of inOrder([...names], {act: name => act(fleet, name), atOnce})) {
    try {
      const session = await outcome;
      if (session !== null) done.push(session);
      if (!output.json) output.line(session === null ? `${name} forgotten` : `${session.name} ${session.status}`);
    } catch (error) {
      const known = asAmuxError(error);
      if (args.length === 1) throw known;
      output.error(known);
      code ||= known.exit;
    }
  }
  if (output.json) output.value(args.length === 1 ? (done[0] ?? {}) : done);
  return code;
}

/** Some act while the first is waited for. */
function* inOrder<T>(names: readonly string[], {act, atOnce}: {act: (name: string) => Promise<T>; atOnce: number}) {
  const begun: {name: string; outcome: Promise<T>}[] = [];
  for (const name of names) {
    const outcome = act(name);
    outcome.catch(() => {}); // Who waits for it hears of it.
    begun.push({name, outcome});
    if (begun.length === atOnce) yield begun.shift()!;
  }
  yield* begun;
}

async function resolveAll(fleet: Fleet, refs: string[]): Promise<string[]> {
  // What is not found the act itself reports.
  const found = await Promise.all(refs.map(ref => fleet.session(ref).catch(() => null)));
  return refs.map((ref, i) => found[i]?.name ?? ref);
}

function environmentOf(context: Context): Record<string, string> {
  return Object.fromEntries(listFlag(context, 'env').map(parseAssignment));
}

export function pick(env: NodeJS.ProcessEnv, names: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) if (env[name] !== undefined) found[name] = env[name];
  return found;
}
