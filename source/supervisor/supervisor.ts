import type {Backend} from '../backends/backend.ts';
import {placeOf} from '../config/mcp.ts';
import type {Paths} from '../config/paths.ts';
import type {Caller} from '../domain/access.ts';
import type {Column} from '../domain/board.ts';
import {baseColumns} from '../domain/columns.ts';
import type {Fleet, Health} from '../domain/fleet.ts';
import type {PriceTable} from '../domain/prices.ts';
import {isAway} from '../domain/session.ts';
import type {Store} from '../store/store.ts';
import {countDirty} from '../workspace/dirty.ts';
import {access} from './access.ts';
import {AgentRules} from './agent-rules.ts';
import {answerersOf, approvals} from './approvals.ts';
import {board} from './board.ts';
import {budgetKeeper} from './budgets.ts';
import {Comebacks} from './comebacks.ts';
import {commandLog} from './command-log.ts';
import {compacting} from './compacting.ts';
import {contextTeller} from './context-teller.ts';
import {DirtyMarks} from './dirty-marks.ts';
import {forking} from './fork.ts';
import {GoingOn} from './going-on.ts';
import {handOff} from './hand-off.ts';
import {cappedBy} from './hard-caps.ts';
import {type Door, receiveHooks} from './hooks.ts';
import {journalled} from './journalled.ts';
import {keepDirtyMarks} from './keep-dirty-marks.ts';
import {knowledge} from './knowledge.ts';
import {Life} from './life.ts';
import {living} from './living.ts';
import {looking} from './looking.ts';
import {watchMassDeath} from './mass-death.ts';
import {FleetMcpFile} from './mcp-file.ts';
import {mcpServers} from './mcp-servers.ts';
import {ModelSwitch} from './model-switch.ts';
import {models} from './models.ts';
import {type NoticeOptions, noticeKeeper} from './notices.ts';
import {patrol} from './patrol.ts';
import {policyFor} from './policy.ts';
import {compactingBy, type Profiles} from './profiles.ts';
import {restore} from './restore.ts';
import {Roster} from './roster.ts';
import {type Later, scheduleKeeper} from './schedules.ts';
import {spending, spendingsOf, unlessFull} from './spends.ts';
import {lookAtClaims} from './stale-claims.ts';
import {steering} from './steering.ts';
import {takeUpCut} from './take-up.ts';
import {watchDeeds} from './watch-deeds.ts';
import {watchFiles} from './watch-settings.ts';
import {withRoom} from './with-room.ts';
import {keepWorkingLogs} from './working-log.ts';
import {workspaces} from './workspaces.ts';

/** How long a message that is being typed may take when the supervisor ends, in ms. */
const TYPED_MS = 3000;
/** A process that is being started or ended, in ms: one without a terminal that is known is looked for later. */
const LAUNCHED_MS = 3000;

export type SupervisorOptions = {
  paths: Paths;
  store: Store;
  /** The backend of new sessions first; the other still owns what was started with it. */
  backends: Backend[];
  profiles: Profiles;
  version: string;
  /** Asks a program for its version; without it nobody does. */
  versionOf?: (file: string, flags: string[]) => Promise<string | null>;
  hosted: Health['hosted'];
  detachKey: string;
  /** Of the board, from left to right; default those of every board. */
  columns?: readonly Column[];
  /** How many cards a session may hold at once; default 1. */
  claimsPerSession?: number;
  /** argv that runs this amux, for the MCP server of sessions; null: they get none. */
  self?: readonly string[] | null;
  /** Listens for the hooks of agents; null: nobody does. */
  door: Door | null;
  /** What models cost; default: the list of amux. */
  prices?: PriceTable;
  /** By which the histories of agents are found; default: none are read. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Of notices; for tests. */
  outside?: NoticeOptions['outside'];
  /** Where the API answers to sessions, without a token; null: nowhere over TCP. */
  apiUrl: () => string | null;
  /** ms since the epoch. */
  now: () => number;
  /** What wakes schedules; default: timers. */
  later?: Later;
  /** Between two looks at the processes of all sessions, in ms; default ten seconds. */
  patrolMs?: number;
  /** By how much that is ahead of the machine's clock, ms; default: not at all. */
  ahead?: () => number;
  /** Called when somebody asks it to end. */
  onShutdown: () => void;
};

/** The one writer of a home. Whoever acts is named in the journal, so each caller has a `Fleet` of its own. */
export type Supervisor = {
  as: (actor: string) => Fleet;
  /** Whose token this is; null: nobody's (any more). */
  callerOf: (token: string) => Caller | null;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * The only writer of a home, whose lock is held: restores what runs, ends what died while nobody watched,
 * then answers.
 */
export async function openSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const {store, backends, now, paths, detachKey} = options;
  const screensDir = paths.screens;
  const startedAt = now();
  const commands = commandLog(now);
  const rules = new AgentRules({
    dir: paths.rules,
    versionOf: options.versionOf ?? (async () => null),
    note: why => roster.note('notice', why),
  });
  const mcpFile = new FleetMcpFile(paths.mcp, what =>
    roster.note('mcp.changed', `MCP servers, in their file: ${what}`),
  );
  const marks = new DirtyMarks({
    look: countDirty,
    changed: (top, {files}) =>
      roster.note('workspace.changed', `${top}: ${files} file${files === 1 ? '' : 's'} not committed`),
  });
  const watching = watchFiles({
    config: paths.config,
    home: paths.home,
    now,
    note: why => roster.note('notice', why),
  });
  const roster: Roster = new Roster({
    store,
    backends,
    home: paths.home,
    screensDir,
    rules,
    apiUrl: options.apiUrl,
    mcp: () => mcpFile.now,
    now,
    ahead: options.ahead,
    marks,
    spent: session => spendings.of(session),
    held: session => caps.held(session),
    onEnvironment: ({agentType}, env) => spendings.runsIn(agentType, env),
    onAsked: (runner, request) => asks.asked(runner, request),
    onSettled: (runner, request, why) => asks.settled(runner, request, why),
    watch: session => watching.of(session),
    deeds: {
      'give-model': runner => switches.begin(runner),
      'launch-again': runner => (isAway(runner.session) ? comebacks.add(runner) : void switches.goOn(runner)),
      'take-up': runner => takeUpCut(runner, {life, now}),
      interrupt: runner => deeds.interrupt(runner),
      planned: runner => deeds.planned(runner).catch(error => roster.note('notice', (error as Error).message)),
      compact: runner => goingOn.compact(runner),
      'go-on': runner => goingOn.goOn(runner),
    },
  });
  const deeds = watchDeeds({roster: () => roster, life: () => life, now});
  const spendings = spendingsOf({...options, roster: () => roster});
  const told = noticeKeeper({...options, env: options.env ?? {}, note: why => roster.note('notice', why)});
  const caps = budgetKeeper({store, roster: () => roster, spendings, watching, now});
  const known = knowledge({store, memoryDir: paths.memory, now});
  const steers = steering({roster, now});
  const {enqueue} = steers;
  const compactsOnClaim = compactingBy(options.profiles);
  const cards = board({
    roster,
    store,
    columns: options.columns ?? baseColumns,
    handOff: handOff({roster, enqueue, compactsOnClaim}),
    claimsPerSession: options.claimsPerSession ?? 1,
    now,
    ahead: options.ahead,
  });
  const plans = scheduleKeeper({...options, roster, send: steers.send, planned: cards.planned});
  const policy = policyFor({config: paths.config, home: paths.home});
  const asks = approvals({roster, answerers: answerersOf(roster), policy, enqueue, now});
  const places = workspaces({roster, paths, profiles: options.profiles, marks, now});
  const capped = cappedBy({now, settings: watching.of, note: why => roster.note('notice', why)});
  const life = new Life({...options, roster, rules, enqueue, mcp: mcpFile, capped});
  const servers = mcpServers({file: mcpFile, path: paths.mcp, roster, store, now});
  const reading = looking({roster, screensDir, detachKey, now});
  const {profiles} = options;
  const forks = forking({roster, life, profiles, forkWorkspace: places.fork, reading, enqueue, now});
  const switches = new ModelSwitch({life, now});
  const comebacks = new Comebacks({life, now});
  const goingOn = new GoingOn({runners: () => roster.all, now});
  const tellContexts = contextTeller({roster, spendings, now});
  const modelsOf = models({roster});
  const compactions = compacting({roster, now});
  for (const backend of backends) {
    backend.onEvent(event => {
      if (event.type === 'lost') void backendLost(roster, backend, event.why);
      else roster.runners.get(event.terminal)?.onBackend(event);
    });
  }
  watching.of(null); // What is wrong with it is told from the start.
  const masses = watchMassDeath({
    store,
    now,
    mode: () => watching.of(null).modes['mass-death'],
    alarm: reason => roster.note('watchdog.alarm', reason),
  });
  keepDirtyMarks({store, marks});
  keepWorkingLogs({store, note: why => roster.note('notice', why)});
  options.door?.handle(receiveHooks({roster, now}));
  roster.note('supervisor.started', `supervisor of pid ${process.pid} took over`);
  for (const problem of mcpFile.current.problems)
    roster.note('notice', `an MCP server is of no use: ${placeOf(paths.mcp, problem)}`);
  // By what was counted before: a message that a budget held is not delivered while histories are still being read.
  unlessFull(caps.look);
  await restore({runners: roster.runners, backends, now, note: why => roster.note('notice', why)});
  // What was asked while nobody supervised, or before a rule could be applied.
  for (const runner of roster.liveOnes) for (const request of runner.session.requests) asks.asked(runner, request);
  for (const runner of roster.liveOnes) {
    const {run} = runner.session;
    if (run === null || run.version != null) continue;
    void rules.launched(runner.session, run.argv, process.env).then(version => runner.isOfVersion(run.id, version));
  }

  for (const {session} of roster.listed(false)) marks.want(session.dir);
  for (const runner of roster.liveOnes) void switches.resume(runner);

  const ending = new AbortController();
  void spendings.keep({signal: ending.signal, onCounted: () => unlessFull(tellContexts, caps.look)});
  const lookAtCards = () => lookAtClaims({board: cards.state, roster, store, watching, now});
  patrol({roster, home: paths.home, now, signal: ending.signal, everyMs: options.patrolMs, also: lookAtCards});
  const tokens = access({roster, store, now});
  plans.start();
  /** Who asked for its end: nobody but itself where its process is stopped. */
  let ender = 'supervisor';
  const dispose = async () => {
    ending.abort();
    plans.close();
    goingOn.close();
    comebacks.close();
    marks.close();
    await told.close();
    // What a successor finds half typed it can only judge by evidence, which not every program gives.
    await Promise.all(roster.all.flatMap(runner => [runner.outbox.rest(TYPED_MS), runner.done(LAUNCHED_MS)]));
    mcpFile.close();
    for (const runner of roster.all) {
      await runner.settled();
      runner.close();
    }
    commands[Symbol.dispose]();
    masses[Symbol.dispose]();
    const reason = 'supervisor ended; sessions live on';
    roster.keep({type: 'supervisor.stopped', actor: ender, session: null, reason, changes: []});
  };

  /** What waited for the journal goes on as soon as that is written again. */
  store.onEntry(({type}) => {
    if (type !== 'notice' || !store.writable) return;
    for (const runner of roster.liveOnes) if (runner.queue.pending.length > 0) void runner.outbox.deliver();
  });

  const as = (actor: string): Fleet => withRoom(fleetOf(actor), store);
  const fleetOf = (actor: string): Fleet => ({
    ...reading,
    ...steers.as(actor),
    approvals: asks.approvals,
    decide: (ref, decision) => asks.decide(ref, decision, actor),
    ...living({roster, life, screensDir, actor}),
    ...tokens.as(actor),
    ...cards.as(actor),
    ...known.as(actor),
    ...places.as(actor),
    ...servers.as(actor),
    ...forks.as(actor),
    ...modelsOf.as(actor),
    ...compactions.as(actor),
    ...spending({roster, spendings}),
    ...caps.as(actor),
    lookAt: told.lookAt,
    testNotices: told.testNotices,
    ...plans.as(actor),

    async health(): Promise<Health> {
      const {version, hosted} = options;
      return {
        pid: process.pid,
        version,
        home: paths.home,
        hosted,
        url: options.apiUrl(),
        backend: backends[0]!.kind,
        desktop: told.desktop(),
        started_at: Math.floor(startedAt / 1000),
        sessions: roster.all.length,
        running: roster.liveOnes.length,
        cursor: store.cursor,
        first: store.first,
        trouble: store.trouble,
        notices: [...store.notices],
      };
    },

    commands: async () => commands.list(),

    events: ({since, signal}) => journalled({store, since, signal}),

    async shutdown() {
      ender = actor;
      options.onShutdown();
    },

    async [Symbol.asyncDispose]() {
      // The supervisor goes on without this caller.
    },
  });
  const callerOf = (token: string): Caller | null => {
    const caller = tokens.callerOf(token);
    if (caller !== null && caller.session !== null) cards.heard(caller.session);
    return caller;
  };
  return {as, callerOf, [Symbol.asyncDispose]: dispose};
}

/** In the order in which they were made: so they come back, too. */
async function backendLost(roster: Roster, backend: Backend, why: string): Promise<void> {
  const gone = roster.liveOnes.filter(({session}) => session.run?.backend === backend.kind);
  roster.note('backend.lost', `${why}: ${gone.length} sessions went with it`);
  const runs = gone.map(({session}) => session.run?.id);
  // One that came back meanwhile lives elsewhere.
  for (const [i, runner] of gone.entries()) if (runner.session.run?.id === runs[i]) await runner.lost(why);
}
