import {join} from 'node:path';
import {AmuxError} from '../../domain/errors.ts';
import type {Fleet} from '../../domain/fleet.ts';
import {contextFileNames, lossText, type WorkspaceView} from '../../domain/workspace.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, textFlag} from '../flags.ts';
import {duration} from '../output.ts';
import {trusting} from '../trusting.ts';

const HEADER = ['NAME', 'BRANCH', 'BASE', 'AGENT', 'STATE', 'CHANGED', 'SESSIONS', 'AGE', 'PATH'];

export const create: Run = async context => {
  const {args, output} = context;
  const made = await createWorkspace(context, await context.fleet('write'), args[0]!);
  if (output.json) output.value(made);
  else {
    const branch = made.branch === null ? '' : ` on ${made.branch}`;
    output.line(
      `${made.name} made in ${made.path}${branch} · amux run${made.agent === null ? ' AGENT' : ''} -w ${made.id}`,
    );
  }
  return 0;
};

/** With the flags of `ws create` and `run --new`; what a person should know goes to stderr. */
export async function createWorkspace(context: Context, fleet: Fleet, name: string): Promise<WorkspaceView> {
  const {cwd, output} = context;
  const [base, branch] = [textFlag(context, 'base'), textFlag(context, 'branch')];
  if (base !== undefined && branch !== undefined) {
    const why = '--base starts a new branch, --branch takes one that exists';
    throw new AmuxError('input.invalid', {why, next: 'give one of them'});
  }
  const agent = textFlag(context, 'agent');
  const description = textFlag(context, 'description');
  const setup = context.flags['setup'] !== false;
  const made = await trusting(context, trust =>
    fleet.createWorkspace({name, cwd, agent, description, base, branch, trust, setup}),
  );
  for (const notice of made.notices) output.notice(`amux: ${notice}`);
  return made;
}

export const list: Run = async context => {
  const {cwd, output} = context;
  const fleet = await context.fleet('read');
  const all = await fleet.workspaces({cwd});
  const now = Date.now() / 1000;
  if (output.json) output.value(all);
  else if (boolFlag(context, 'oneline')) {
    for (const {id, branch, path} of all) output.line([id, branch ?? '-', path].join('\t'));
  } else {
    await output.table(
      HEADER,
      all.map(each => row(each, now)),
    );
  }
  return 0;
};

function row(each: WorkspaceView, now: number): string[] {
  const {name, branch, base, agent, state, dirty, sessions, created_at, path} = each;
  const age = created_at === null ? '-' : duration(now - created_at);
  return [
    name,
    branch ?? '-',
    base ?? '-',
    agent ?? '-',
    state,
    dirty === null ? '-' : String(dirty.files),
    sessions.join(', ') || '-',
    age,
    path,
  ];
}

export const show: Run = async context => {
  const {output} = context;
  const found = await meant(context);
  if (output.json) {
    output.value(found);
    return 0;
  }
  const {id, name, path, branch, base, agent, description, context: files, created_at, state, locked, sessions} = found;
  const rows: [string, string | null][] = [
    ['Name', name],
    ['Id', id],
    ['Path', path],
    ['Branch', branch],
    ['Base', base],
    ['Agent', agent],
    ['Description', description],
    ['Context', files],
    ['Made', created_at === null ? null : `${duration(Date.now() / 1000 - created_at)} ago`],
    ['State', locked === null || locked === '' ? state : `${state}: ${locked}`],
    ['Changed', found.dirty === null ? null : `${found.dirty.files} file${found.dirty.files === 1 ? '' : 's'}`],
    ['Sessions', sessions.join(', ')],
    ['Only here', found.losses === null ? null : lossText(found.losses)],
  ];
  for (const [label, value] of rows) output.line(`${label.padEnd(12)}${value === null || value === '' ? '-' : value}`);
  return 0;
};

export const cd: Run = async context => {
  const {path, state, name} = await meant(context);
  if (state === 'missing') throw new AmuxError('workspace.missing', {workspace: name, path});
  if (context.output.json) context.output.value({path});
  else context.output.line(path);
  return 0;
};

export const contextShow: Run = async context => {
  const {output} = context;
  const {context: path} = await meant(context);
  const files = contextFileNames.map(name => join(path, name));
  if (output.json) output.value({path, files});
  else for (const file of files) output.line(file);
  return 0;
};

export const contextInit: Run = async context => {
  const {args, cwd, output} = context;
  const fleet = await context.fleet('write');
  const done = await fleet.initContext(args[0] ?? null, {cwd});
  if (output.json) output.value(done);
  else if (done.made.length === 0) output.line(`all of them are there already, in ${done.path}`);
  else output.line(`made ${done.made.join(', ')} in ${done.path}`);
  return 0;
};

/** The one that was named, else the one of this directory, else the latest. */
async function meant({args, cwd, fleet}: Context): Promise<WorkspaceView> {
  return (await fleet('read')).workspace(args[0] ?? null, {cwd});
}
