import {randomBytes} from 'node:crypto';
import {existsSync, rmSync} from 'node:fs';
import {agentOf} from '../agents/registry.ts';
import type {Backend} from '../backends/backend.ts';
import {isAlive} from '../backends/process-tree.ts';
import type {Paths} from '../config/paths.ts';
import type {Profile} from '../config/profiles.ts';
import {findProject} from '../config/project.ts';
import {withArguments} from '../domain/argv.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {LaunchTarget, RegisterInput, RunInput, StartInput} from '../domain/fleet.ts';
import {mcpNotice} from '../domain/mcp-run.ts';
import {checkName} from '../domain/names.ts';
import type {RunRecord} from '../domain/run.ts';
import {checkNotOver, isAway, isLive, type Session} from '../domain/session.ts';
import {hashToken, newToken} from './access.ts';
import type {AgentRules} from './agent-rules.ts';
import {endProcessTree} from './ending.ts';
import {equip, filesOf, runsItself} from './equip.ts';
import {forkConversation, unbegun} from './fork-conversation.ts';
import type {Door} from './hooks.ts';
import {askedFor, checkContinues, inheritedEnvironment, planLaunch, variablesOf} from './launch.ts';
import type {FleetMcpFile} from './mcp-file.ts';
import {checkFree, freeName, newSession} from './new-session.ts';
import type {Profiles} from './profiles.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';
import {startFailure} from './start-failure.ts';
import {placeOfRun, realDirectory, workspaceAt} from './workspace-places.ts';

/** How long a start may stay undecided, in ms. */
const START_BOUND_MS = 10_000;
/** How long the terminal's owner may take to report an end that the process table shows already, in ms. */
const EXIT_SEEN_MS = 3000;

type LifeOptions = {
  paths: Paths;
  backends: Backend[];
  profiles: Profiles;
  now: () => number;
  roster: Roster;
  enqueue: (runner: Runner, message: {text: string; actor: string}) => void;
  door: Door | null;
  /** argv that runs this amux, for the MCP server of sessions; null: they get none. */
  self?: readonly string[] | null;
  rules: Pick<AgentRules, 'launched'>;
  /** The fleet's MCP servers. */
  mcp: Pick<FleetMcpFile, 'current'>;
  /** Where the API answers to sessions, without a token; null: nowhere over TCP. */
  apiUrl: () => string | null;
  /** The command line by which the system holds it to its caps, where it is to. */
  capped: (session: Session, launch: {argv: string[]; env: Record<string, string>}) => Promise<string[]>;
};

type Launching = Pick<StartInput, 'callerEnv' | 'conversation'> & {size?: {cols: number; rows: number} | undefined};
type Planning = {
  callerEnv: Record<string, string>;
  conversation: StartInput['conversation'] | undefined;
  url: string | null;
};

/** Registers, starts and ends sessions. Each session does one of these at a time. */
export class Life {
  readonly #options: LifeOptions;
  /** Of new terminals: the cockpit's peek decides it, once there is one. */
  size = {cols: 120, rows: 40};

  constructor(options: LifeOptions) {
    this.#options = options;
  }

  register(input: RegisterInput, actor: string): Runner {
    checkName(input.name);
    checkFree(this.#options.roster, input.name);
    const dir = realDirectory(input.dir);
    const project = findProject(dir);
    const id = input.agent ?? this.#options.profiles.defaultAgent(project);
    const profile = this.#options.profiles.resolve(id, project);
    const session = newSession(this.#options, {
      ...input,
      dir,
      profile,
      project: project?.root ?? null,
      kind: 'durable',
      workspace: workspaceAt(dir),
    });
    return this.#options.roster.admit(session, {reason: `${input.name} registered in ${dir}`, actor});
  }

  async run(input: RunInput, actor: string): Promise<Runner> {
    const {workspace, dir, project, profile} = this.#aim(input);
    const name = input.name ?? freeName(this.#options.roster, profile.id);
    checkName(name);
    checkFree(this.#options.roster, name);
    const session = newSession(this.#options, {
      name,
      dir,
      profile,
      project: project?.root ?? null,
      kind: 'one-shot',
      workspace,
      command: input.command,
      restart: 'never',
    });
    const runner = this.#options.roster.admit(session, {reason: `${name} made by amux run`, actor});
    runner.extra = input.env ?? {};
    await this.start(runner, {prompt: input.prompt, callerEnv: input.callerEnv}, actor);
    return runner;
  }

  async start(runner: Runner, given: StartInput, actor: string): Promise<void> {
    await runner.exclusively(async () => {
      const {session} = runner;
      const agent = agentOf(session.agentType);
      if (isAway(session) && given.conversation === undefined) return this.#hasten(runner, given, actor);
      const input = {...given, conversation: given.conversation ?? unbegun(agent, session)};
      if (isLive(session)) throw new AmuxError('session.running', {name: session.name});
      checkNotOver(session);
      const at = this.#options.now();
      if (!existsSync(session.dir)) {
        runner.observe({source: 'directory', at, state: 'gone'}, actor);
        throw new AmuxError('session.orphaned', {name: session.name, dir: session.dir});
      }
      const conversation = input.conversation?.fork === false ? input.conversation.id : null;
      if (conversation !== null) this.#checkNotHeld(conversation);
      if (input.conversation !== undefined) checkContinues(agent, input.conversation);
      const {origin} = session;
      if (origin !== null && !origin.begun && input.conversation?.fork !== true) {
        runner.update({origin: {...origin, begun: true}}, `${session.name} goes on by itself`, actor);
      }
      if (input.prompt !== undefined && input.prompt !== '') this.#options.enqueue(runner, {text: input.prompt, actor});
      runner.observe({source: 'request', at, act: 'start', conversation: input.conversation}, actor);
      if (conversation !== null) runner.observe({source: 'conversation', at, id: conversation, file: null});
      await this.launch(runner, input);
    });
    await runner.until(session => session.status !== 'starting', START_BOUND_MS);
    const pid = runner.session.run?.pid ?? null;
    // The terminal's owner may tell an end later than the process table does.
    if (pid !== null && !isAlive(pid)) await runner.until(each => !isLive(each), EXIT_SEEN_MS);
    const {session} = runner;
    if (session.status === 'failed') throw startFailure(session, this.#options.paths.screens);
  }

  /** One that crashed comes back now, and with its conversation. */
  #hasten(runner: Runner, {prompt}: StartInput, actor: string): void {
    if (prompt !== undefined && prompt !== '') this.#options.enqueue(runner, {text: prompt, actor});
    runner.observe({source: 'request', at: this.#options.now(), act: 'start'}, actor);
  }

  async stop(runner: Runner, force: boolean, actor: string): Promise<void> {
    await runner.exclusively(async () => {
      const {session} = runner;
      if (!isLive(session)) return;
      await runner.screen.now();
      runner.observe({source: 'request', at: this.#options.now(), act: 'stop'}, actor);
      await this.end(runner, {force});
    });
  }

  /** What was generated for it may hold secrets that stand in the fleet's configuration. */
  forget({id}: Session): void {
    rmSync(filesOf(this.#options.paths, id), {recursive: true, force: true});
  }

  /** Ends its process, whatever follows then. Only for whoever has the session exclusively. */
  async end(runner: Runner, {force = false} = {}): Promise<void> {
    const {run} = runner.session;
    const pid = run === null || run.endedAt !== null ? null : run.pid;
    if (pid !== null) await endProcessTree(pid, {force});
    const isOver = (each: Session) => !isLive(each) || (pid !== null && each.run?.endedAt !== null);
    if (!(await runner.until(isOver, pid === null ? 0 : EXIT_SEEN_MS))) {
      const exit = run?.exit ?? {code: null, signal: null, at: this.#options.now()};
      await runner.ended({source: 'process', at: exit.at, state: 'exited', exit});
    }
    await runner.settled();
  }

  /** Throws when a launch would not even begin. */
  check(runner: Runner, {conversation}: Pick<Launching, 'conversation'>): void {
    this.#plan(runner, {conversation, callerEnv: {}, url: null});
  }

  /** In which its process would run; what cannot be found is left out. */
  environment(runner: Runner): Record<string, string> {
    try {
      return this.#plan(runner, {conversation: undefined, callerEnv: {}, url: null}).env;
    } catch {
      return inheritedEnvironment(process.env);
    }
  }

  variables(target: LaunchTarget): string[] {
    return this.#asked(this.#aim(target).profile, target.env ?? {});
  }

  variablesOf({agent, dir, env}: Pick<Session, 'agent' | 'dir' | 'env'>): string[] {
    return this.#asked(this.#options.profiles.resolve(agent, findProject(dir)), env);
  }

  #asked(profile: Profile, env: Record<string, string>): string[] {
    return [...new Set([...variablesOf(profile, env), ...this.#askedForMcp(profile)])];
  }

  #askedForMcp({type, mcpServers}: Profile): string[] {
    const {self = null, mcp} = this.#options;
    return self === null || agentOf(type).mcp === null ? [] : askedFor(mcp.current.servers, mcpServers);
  }

  /** Where a one-shot session works, and as what: its caller's word counts, then the workspace's, then the project's. */
  #aim({agent, cwd, workspace}: Pick<RunInput, 'agent' | 'cwd' | 'workspace'>) {
    const {profiles} = this.#options;
    const place = placeOfRun({cwd: realDirectory(cwd), workspace});
    const id = agent ?? place.agent ?? profiles.defaultAgent(place.project);
    return {...place, profile: profiles.resolve(id, place.project)};
  }

  /** Two programs in one conversation fork its history without a word. */
  #checkNotHeld(conversation: string): void {
    const holder = this.#options.roster.liveOnes.find(({session}) => {
      if (session.conversation?.id !== conversation) return false;
      return session.run === null || session.run.endedAt !== null || session.conversation.at >= session.run.startedAt;
    });
    if (holder !== undefined) throw new AmuxError('conversation.held', {conversation, holder: holder.session.name});
  }

  #plan(runner: Runner, {callerEnv, conversation, url}: Planning) {
    const {profiles, paths} = this.#options;
    const {session, extra, remembered} = runner;
    const profile = profiles.resolve(session.agent, findProject(session.dir));
    const agent = agentOf(profile.type);
    const {home} = paths;
    const asked = this.#askedForMcp(profile);
    const input = {session, profile, agent, extra, callerEnv, remembered, asked, home, url};
    const resumed = conversation?.fork === false ? conversation.id : null;
    return {agent, profile, ...planLaunch({...input, conversation: resumed})};
  }

  /** Only for whoever has the session exclusively. */
  async launch(runner: Runner, {callerEnv = {}, conversation, size = this.size}: Launching): Promise<void> {
    const {backends, paths, now, door, self} = this.#options;
    const {session} = runner;
    const [backend] = backends;
    runner.sizeToCome = null;
    const run: RunRecord = {
      id: `run-${randomBytes(5).toString('hex')}`,
      pid: null,
      argv: [],
      backend: backend!.kind,
      startedAt: now(),
      endedAt: null,
      exit: null,
    };
    try {
      const plan = this.#plan(runner, {callerEnv, conversation, url: this.#grantApi(run)});
      const {agent, profile} = plan;
      runner.remembered = plan.remember;
      if (agent.modelFlags !== null) Object.assign(run, {model: plan.model, ownModel: session.model});
      if (conversation?.fork === false) run.resumed = conversation.id;
      const names = Object.keys(runner.extra);
      if (names.length > 0) run.variables = names;
      const {id: own, dir} = session;
      const forked =
        conversation?.fork === true
          ? await forkConversation({...plan, dir, conversation: conversation.id, files: filesOf(paths, own)})
          : null;
      const mcp = {
        self: self ?? null,
        own: profile.mcp,
        file: this.#options.mcp.current,
        wish: profile.mcpServers,
      };
      const planned = withArguments(plan.argv, forked?.flags ?? []);
      const equipped = await equip({agent, session, argv: planned, env: plan.env, door, paths, mcp});
      run.argv = equipped.argv;
      run.hookToken = equipped.hookToken;
      run.mcp = equipped.mcp;
      const lack = mcpNotice(equipped.mcp, null);
      if (lack !== null) this.#options.roster.note('notice', `${session.name}: ${lack}`);
      await backend!.close(session.id); // A terminal that an earlier run left behind.
      runner.observe({source: 'process', at: run.startedAt, state: 'started', run});
      // Nobody else may go on with it, long before it tells of it itself.
      const begins = forked === null ? conversation?.id : forked.conversation;
      if (begins != null) runner.observe({source: 'conversation', at: run.startedAt, id: begins, file: null});
      const {id: terminal, name, dir: cwd} = session;
      const {argv} = equipped;
      const env = {...plan.env, ...equipped.env};
      // Another program under this agent's name would get the answer as input.
      const asksForStatus = agent.asksForStatus && runsItself(agent, argv);
      const capped = await this.#options.capped(session, {argv, env});
      const pid = await backend!.launch({terminal, run: run.id, name, argv: capped, cwd, env, ...size, asksForStatus});
      runner.launched(pid);
      void this.#options.rules.launched(runner.session, argv, env).then(version => runner.isOfVersion(run.id, version));
      runner.listen({argv, env});
      if (runner.sizeToCome !== null) {
        await backend!.resize(terminal, runner.sizeToCome).catch(() => {}); // It ended.
        runner.screen.resized();
      }
    } catch (error) {
      const failure = asAmuxError(error);
      const exit = failure.code === 'command.missing' ? {code: 127, signal: null, at: now()} : null;
      runner.observe({source: 'process', at: now(), state: 'refused', why: failure.message, run: {...run, exit}});
      throw failure;
    }
  }

  /** A token of the session's own, valid while this run lives; null when there is no API to use it for. */
  #grantApi(run: RunRecord): string | null {
    const base = this.#options.apiUrl();
    if (base === null) return null;
    const token = newToken();
    run.apiToken = hashToken(token);
    run.url = base;
    return base.replace('://', `://amux:${token}@`);
  }
}
