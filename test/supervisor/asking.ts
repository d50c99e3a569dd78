import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {fileURLToPath} from 'node:url';
import type {Agent} from '../../source/agents/agent.ts';
import {generic} from '../../source/agents/generic.ts';
import {TmuxBackend} from '../../source/backends/tmux.ts';
import {pathsOf, prepareHome} from '../../source/config/paths.ts';
import type {Asked, Choice, Decision} from '../../source/domain/approvals.ts';
import type {Reading} from '../../source/domain/evidence.ts';
import {type Screen, screenText} from '../../source/domain/screen.ts';
import {openStore} from '../../source/store/store.ts';
import {AgentRules} from '../../source/supervisor/agent-rules.ts';
import {type Answerers, approvals} from '../../source/supervisor/approvals.ts';
import type {Ruled} from '../../source/supervisor/policy.ts';
import {Roster} from '../../source/supervisor/roster.ts';
import {launchOf, until} from '../backends/probe.ts';
import {session as stored} from '../store/records.ts';

const fixture = fileURLToPath(new URL('../fixtures/asking-program.mjs', import.meta.url));

/** Rules for the screen of the program that asks; `numbers`: its numbers choose at once. */
const agentOf = (numbers: boolean): Agent => ({...generic, read: screen => read(screen, numbers)});

function read(screen: Screen, numbers: boolean): Reading {
  const lines = screenText(screen);
  const quiet = {activity: null, waitingFor: null, dialog: false, composer: false, choices: [], rule: 'none'};
  if (lines.some(line => line.startsWith('>'))) {
    return {...quiet, activity: 'idle', composer: true, rule: 'input line'};
  }
  const detail = /^Allow\? (.*)/.exec(lines[0] ?? '')?.[1];
  if (detail === undefined) return quiet;
  const options = lines.filter(line => /^[* ] \d\. /.test(line));
  const marked = options.findIndex(line => line.startsWith('*'));
  const choices = options.map((line, i): Choice => {
    const label = line.slice(5);
    const means = {Yes: 'allow', 'Yes, always': 'always', Confirm: 'allow'}[label] ?? 'deny';
    const walk = Array.from({length: Math.abs(i - marked)}, () => (i < marked ? 'Up' : 'Down'));
    const again = label === 'Yes, always' ? ['Enter'] : [];
    return {
      label,
      means: means as Choice['means'],
      keys: [...(numbers ? [String(i + 1)] : [...walk, 'Enter']), ...again],
    };
  });
  const waitingFor = {kind: 'permission' as const, detail};
  return {activity: 'waiting', waitingFor, dialog: true, composer: false, rule: 'allow', choices};
}

type Options = {
  flags?: string[];
  answerers?: Answerers;
  policy?: (tool: string | null) => Ruled | null;
};

/** One session of the program that asks, in a tmux of its own, and what decides its requests. */
export async function asking(context: TestContext, {flags = [], answerers = {}, policy = () => null}: Options = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'amux-asking-'));
  const paths = pathsOf(join(dir, 'home'));
  prepareHome(paths);
  const store = await openStore({paths, readOnly: false, now: Date.now});
  const backend = new TmuxBackend({socket: paths.tmuxSocket, conf: paths.tmuxConf, detachKey: 'C-b d'});
  const agent = agentOf(flags.includes('--numbers'));
  const sent: string[] = [];
  class OneAgent extends Roster {
    override agentOf(): Agent {
      return agent;
    }
  }
  const roster = new OneAgent({
    store,
    backends: [backend],
    home: paths.home,
    screensDir: paths.screens,
    rules: new AgentRules({dir: paths.rules, versionOf: async () => null, note: () => {}}),
    apiUrl: () => null,
    mcp: () => null,
    now: Date.now,
    onAsked: (runner, request) => asks.asked(runner, request),
    onSettled: (runner, request, why) => asks.settled(runner, request, why),
  });
  const asks = approvals({
    roster,
    answerers,
    policy: (_, {tool}) => policy(tool),
    enqueue: (_, {text}) => sent.push(text),
    now: Date.now,
  });
  context.after(async () => {
    for (const runner of roster.all) runner.close();
    await backend.close('s1').catch(() => {}); // A test may have ended it.
    await backend.end();
    await backend[Symbol.asyncDispose]();
    await store.close();
    rmSync(dir, {recursive: true, force: true});
  });

  const log = join(dir, 'log');
  const argv = [process.execPath, fixture, '--log', log, ...flags];
  const run = {
    id: 'r-one',
    pid: null,
    argv,
    backend: 'tmux' as const,
    startedAt: Date.now(),
    endedAt: null,
    exit: null,
  };
  const runner = roster.add(stored('s1', {name: 'one', hasScreenRules: true}));
  backend.onEvent(event => {
    if (event.type !== 'lost' && event.terminal === 's1') runner.onBackend(event);
  });
  // As a cockpit does: screens are captured ten times a second.
  runner.screen.watch(() => {});
  await backend.open();
  runner.observe({source: 'request', at: Date.now(), act: 'start'});
  runner.observe({source: 'process', at: Date.now(), state: 'started', run});
  runner.launched(await backend.launch(launchOf({terminal: 's1', argv, cwd: dir})));
  await runner.until(session => session.signals.screen?.reading.composer === true, 10_000);

  return {
    runner,
    asks: {
      ...asks,
      decide: (ref: string, decision: Decision) => asks.decide(ref, decision, 'operator'),
    },
    backend,
    sent,
    /** Choices and prompts as the program logged them. */
    logged: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    /** Types the words that open a dialog, and waits for its request. */
    async ask(what: string) {
      await backend.write('s1', `ask ${what}\r`);
      const found = () => runner.session.requests.find(({title}) => title === what);
      return until(`a request for ${what}`, async () => found());
    },
    /** The same over one of its doors. */
    tell(door: 'hook' | 'stream', asked: Partial<Asked>) {
      const request = {ref: 'r1', kind: 'permission' as const, tool: 'Bash', input: {}, title: 'it', suggestions: []};
      runner.doors.tell([{type: 'asked', request: {...request, choices: [], ...asked}}], {door, at: Date.now()});
    },
    journal: () => store.read({after: 0, limit: 1000}).filter(({type}) => type.startsWith('approval.')),
  };
}
