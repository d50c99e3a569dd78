import {existsSync} from 'node:fs';
import {agentOf} from '../agents/registry.ts';
import {processTree} from '../backends/process-tree.ts';
import type {StartInput} from '../domain/fleet.ts';
import type {Conversation} from '../domain/run.ts';
import {isAway, type Session} from '../domain/session.ts';
import {runsItself} from './equip.ts';
import {unbegun} from './fork-conversation.ts';
import {headOf} from './history.ts';
import type {Life} from './life.ts';
import type {Runner} from './runner.ts';

/** So many processes are launched at once when many are due: each takes a core for a while. */
const AT_ONCE = 3;

type Options = {life: Life; now: () => number};

/** Launches the processes of crashed sessions again, in the order in which they are due, a few at a time. */
export class Comebacks {
  readonly #options: Options;
  readonly #due: Runner[] = [];
  readonly #underWay = new Set<Runner>();
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Its time has come. */
  add(runner: Runner): void {
    if (this.#due.includes(runner) || this.#underWay.has(runner)) return;
    this.#due.push(runner);
    this.#next();
  }

  /** Launches nothing more. */
  close(): void {
    this.#isClosed = true;
  }

  #next(): void {
    while (!this.#isClosed && this.#underWay.size < AT_ONCE) {
      const runner = this.#first();
      if (runner === undefined) return;
      this.#underWay.add(runner);
      void runner
        .exclusively(() => this.#goOn(runner))
        .catch(() => {}) // What refused the launch stands in the session, and counts as a crash.
        .finally(() => {
          this.#underWay.delete(runner);
          // Its launch took longer than the pause after its end.
          const {comeback} = runner.session.watch;
          const isDue = isAway(runner.session) && comeback !== null && comeback <= this.#options.now();
          if (!runner.closed && isDue) this.add(runner);
          this.#next();
        });
    }
  }

  /** Timers tell of those whose times lie close together in any order. */
  #first(): Runner | undefined {
    const at = ({session}: Runner) => session.watch.comeback ?? 0;
    const [first] = this.#due.toSorted((a, b) => at(a) - at(b));
    if (first !== undefined) this.#due.splice(this.#due.indexOf(first), 1);
    return first;
  }

  async #goOn(runner: Runner): Promise<void> {
    const {life, now} = this.#options;
    await runner.settled();
    await runner.outbox.idle();
    const {session} = runner;
    if (runner.closed || !isAway(session)) return;
    if (!existsSync(session.dir)) {
      runner.observe({source: 'directory', at: now(), state: 'gone'});
      return;
    }
    const {last} = runner.screen;
    const size = last === null ? undefined : {cols: last.cols, rows: last.rows};
    const conversation = await conversationOf(runner, life);
    if (runner.closed) return; // The next supervisor does it.
    await life.launch(runner, {...(conversation === undefined ? {} : {conversation}), size});
  }
}

/**
 * The conversation that its process had; undefined: none in which anything was said. What a dead process did not write
 * down it did not get.
 */
export async function conversationOf(runner: Runner, life: Life): Promise<StartInput['conversation']> {
  const {session} = runner;
  const {run, watch} = session;
  if (watch.starting !== null) return watch.starting.conversation ?? undefined;
  const agent = agentOf(session.agentType);
  if (agent.resumeFlags === null || run === null || !runsItself(agent, run.argv)) return undefined;
  const own = ownConversation(session);
  if (own !== null && (own.id === run.resumed || agent.transcript === null)) return {id: own.id, fork: false};
  const file = await historyOf(runner, life);
  const head = file === null || agent.transcript === null ? null : await headOf(agent.transcript, file);
  const id = own?.id ?? head?.id ?? null;
  if (head?.said === true && id !== null) return {id, fork: false};
  return unbegun(agent, session);
}

/** That of its last run; null: it told of none. One from before was left by whoever started it anew. */
function ownConversation({conversation, run}: Session): Conversation | null {
  return conversation !== null && run !== null && conversation.at >= run.startedAt ? conversation : null;
}

/** The file of its last conversation, also when its process is gone. */
export async function historyOf(runner: Runner, life: Life): Promise<string | null> {
  const {run, dir, agentType} = runner.session;
  const {transcript} = agentOf(agentType);
  if (transcript === null || run === null) return null;
  const conversation = ownConversation(runner.session);
  const {file = null} = conversation ?? {};
  if (file !== null && existsSync(file)) return file;
  const env = life.environment(runner);
  const processes = run.pid === null || run.endedAt !== null ? [] : processTree(run.pid);
  const {startedAt} = run;
  return transcript.find({processes, dir, startedAt, env, conversation, taken: new Set()}).catch(() => null);
}
