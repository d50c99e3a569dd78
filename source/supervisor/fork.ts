import {existsSync} from 'node:fs';
import {join, relative} from 'node:path';
import {findProject} from '../config/project.ts';
import {findRepository} from '../config/repository.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Fleet, ForkInput} from '../domain/fleet.ts';
import {HANDOFF_FILE, handoffMessage, handoffText} from '../domain/handoff.ts';
import {checkName} from '../domain/names.ts';
import {isLive, type Session} from '../domain/session.ts';
import {isWithin, MAIN, type WorkspaceView} from '../domain/workspace.ts';
import {branchOf} from '../workspace/branch.ts';
import {addContextFile, contextOf} from '../workspace/context-files.ts';
import {placeOf} from '../workspace/list.ts';
import {unbegun} from './fork-conversation.ts';
import type {Life} from './life.ts';
import {checkFree, newSession} from './new-session.ts';
import type {Profiles} from './profiles.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';
import {type Located, locate, realDirectory} from './workspace-places.ts';
import {withoutOutput} from './workspace-setup.ts';
import type {WorkspaceFork} from './workspaces.ts';

/** Of a conversation or a terminal so much is looked at for a hand-off. */
const ENTRIES = 2000;
const LINES = 2000;

type Options = {
  roster: Roster;
  life: Life;
  profiles: Profiles;
  forkWorkspace: (fork: WorkspaceFork, actor: string) => Promise<WorkspaceView>;
  /** Reads what a session said and showed. */
  reading: Pick<Fleet, 'transcript' | 'logs'>;
  enqueue: (runner: Runner, message: {text: string; actor: string}) => void;
  now: () => number;
};

/**
 * A second session from one: with its conversation, and in a workspace of its own with its changes. The first is looked
 * at, and otherwise left alone. What can be refused is refused before anything is made.
 */
export function forking(options: Options): {as: (actor: string) => Pick<Fleet, 'fork'>} {
  const {roster, profiles, forkWorkspace} = options;

  const fork = async (
    source: Runner,
    input: ForkInput,
    actor: string,
  ): Promise<{runner: Runner; notices: string[]}> => {
    const {session} = source;
    const {name, clean = false, handoff = false, branch, trust, setup} = input;
    profiles.resolve(session.agent, findProject(session.dir));
    const tree = treeOf(session);
    const conversation = handoff ? null : await conversationFor(options, {source, name});
    const summary = handoff ? await summaryOf(options, {session, carried: !clean}) : null;
    const made = await forkWorkspace(
      {here: tree.here, top: tree.top, name, agent: session.agent, branch, clean, trust, setup, from: session.name},
      actor,
    );
    const inside = join(made.path, relative(tree.top, tree.dir));
    const dir = existsSync(inside) ? inside : made.path;
    const prompt = input.prompt?.trim() === '' ? '' : (input.prompt ?? '');
    const file = summary === null ? null : addContextFile(made.path, {name: HANDOFF_FILE, text: summary});
    const text = file === null ? prompt : handoffMessage(relative(dir, file), {name: session.name, prompt});
    const asks = session.yolo && input.yolo !== true;
    const notices = [
      ...made.notices,
      ...(asks ? [`${session.name} runs without permission prompts, ${name} asks; --yolo takes that along`] : []),
    ];
    const runner = add(options, {source, input, dir, made, conversation, actor, notices});
    if (text !== '') options.enqueue(runner, {text, actor});
    return {runner, notices};
  };

  return {
    as: actor => ({
      async fork(ref, input) {
        const source = roster.find(ref);
        checkName(input.name);
        checkFree(roster, input.name);
        // Until the session is there, which a check-out and its setup may delay for minutes.
        roster.reserved.add(input.name);
        let made: {runner: Runner; notices: string[]};
        try {
          made = await fork(source, input, actor);
        } finally {
          roster.reserved.delete(input.name);
        }
        await begin(options, {runner: made.runner, callerEnv: input.callerEnv, actor});
        const notice = made.notices.join('; ');
        const view = roster.view(made.runner);
        return {...view, notice: [view.notice ?? '', notice].filter(Boolean).join('; ') || null};
      },
    }),
  };
}

/** Where it works, as a working tree. Throws `session.orphaned` and `fork.cannot`. */
function treeOf({name, dir: given, workspace}: Session): {here: Located; top: string; dir: string} {
  if (!existsSync(given)) throw new AmuxError('session.orphaned', {name, dir: given});
  const dir = realDirectory(given);
  const here = locate(dir);
  const found = findRepository(dir);
  if (here === null || found === null) {
    const next = 'git init and a first commit make it one; amux register makes another session in the same directory';
    throw new AmuxError('fork.cannot', {name, why: `${given} is in no git repository`, next});
  }
  const {repository} = here;
  const lost = found.top === found.root && isWithin(dir, join(found.root, '.amux', 'workspaces'));
  const other = workspace.id !== MAIN && placeOf(repository, workspace.id) !== workspace.path;
  if (lost || other) {
    const why = `${given} is ${lost ? 'no worktree any more' : 'another repository than it was'}`;
    throw new AmuxError('fork.cannot', {name, why, next: 'amux ws list shows what there is'});
  }
  return {here, top: found.top, dir};
}

/** The one that its agent can go on from. Throws `fork.conversation`, with what can be done instead. */
async function conversationFor({roster}: Options, {source, name}: {source: Runner; name: string}): Promise<string> {
  const {session} = source;
  const agent = roster.agentOf(session);
  const instead = `amux fork ${session.name} ${name} --handoff begins a fresh one with a summary of what was said`;
  if (agent.fork === null) {
    const who = agent.command === null ? 'a plain command' : agent.title;
    const why = `${who} cannot copy a conversation`;
    throw new AmuxError('fork.conversation', {name: session.name, why, next: instead});
  }
  const id = (await ownConversation(source, agent.transcript !== null)) ?? unbegun(agent, session)?.id;
  if (id !== undefined) return id;
  throw new AmuxError('fork.conversation', {name: session.name, why: 'it has no conversation yet', next: instead});
}

/** Null while nothing was said: an id alone leads to no history. */
async function ownConversation({session, files}: Runner, keepsFile: boolean): Promise<string | null> {
  const {conversation, run} = session;
  if (conversation === null) return null;
  // One of an earlier life is not what its screen shows.
  if (isLive(session) && run !== null && conversation.at < run.startedAt) return null;
  if (!keepsFile) return conversation.id;
  const file = conversation.file ?? (await files.catchUp({find: true}))?.file ?? null;
  return file?.includes(conversation.id) && existsSync(file) ? conversation.id : null;
}

type Summary = {session: Session; carried: boolean};

/** What was said so far, and where more of it stands, for somebody who was not there. */
async function summaryOf({reading}: Options, {session, carried}: Summary): Promise<string> {
  const {id, name, agent, dir, workspace} = session;
  const entries = await reading.transcript(id, {limit: ENTRIES});
  const lines = entries.length > 0 ? [] : await reading.logs(id, {lines: LINES});
  const from = {name, agent, dir, branch: branchOf(dir), context: contextOf(workspace.path)};
  return handoffText({from, entries, lines, carried});
}

type Adding = {
  source: Runner;
  input: ForkInput;
  dir: string;
  made: WorkspaceView;
  conversation: string | null;
  actor: string;
  notices: readonly string[];
};

/** The session of the fork, not started yet; it knows what it goes on from, whatever happens before it starts. */
function add(
  {roster, profiles, now}: Options,
  {source, input, dir, made, conversation, actor, notices}: Adding,
): Runner {
  const {session} = source;
  const {name, yolo} = input;
  const project = findProject(dir);
  const {id, path} = made;
  const how = conversation === null ? 'with a hand-off' : `with its conversation ${conversation}`;
  const told = notices.length === 0 ? '' : `; ${withoutOutput(notices).join('; ')}`;
  const forked: Session = {
    ...newSession(
      {roster, now},
      {
        name,
        dir,
        yolo,
        profile: profiles.resolve(session.agent, project),
        project: project?.root ?? null,
        kind: session.kind,
        workspace: {id, name: made.name, path},
        model: session.model ?? undefined,
        command: session.command ?? undefined,
        env: session.env,
        tags: session.tags,
        restart: session.restart,
      },
    ),
    origin: {session: session.id, name: session.name, conversation, begun: conversation === null},
  };
  const reason = `${name} forked from ${session.name} into ${path}, ${how}${told}`;
  const runner = roster.admit(forked, {reason, actor});
  runner.extra = {...source.extra};
  runner.remembered = {...source.remembered};
  return runner;
}

type Beginning = {runner: Runner; callerEnv: Record<string, string> | undefined; actor: string};

/** Throws `fork.start`: what was made stays, and says so. */
async function begin({life}: Options, {runner, callerEnv, actor}: Beginning): Promise<void> {
  try {
    await life.start(runner, {callerEnv}, actor);
  } catch (error) {
    const {name, kind, workspace} = runner.session;
    const {message, hint} = asAmuxError(error);
    const again = kind === 'durable' ? `amux start ${name} tries again` : hint;
    throw new AmuxError('fork.start', {name, why: message, again, path: workspace.path}, error);
  }
}
