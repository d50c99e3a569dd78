import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import type {SpendReport} from '../../../source/domain/spending.ts';
import {expect} from '../judge.ts';
import type {Stage} from '../stage.ts';
import type {Counts, ModelRequest} from '../stand-in.ts';
import {until} from '../until.ts';
import type {Case} from './case.ts';

/** A process that comes up, or is exchanged for another, in ms. */
const UP_MS = 90_000;
/** A turn with its tools and sub-agents, in ms. */
const TURN_MS = 90_000;
/** So long nothing is asked and the screen is quiet before a turn counts as over, in ms. */
const QUIET_MS = 2500;
/** How long what was answered may take until it is counted: the programs write a little later than they draw, in ms. */
const COUNTED_MS = 10_000;

/** The stand-ins find such a word in what the person said. */
const SAID = 'msg-7101';

/**
 * What the stand-ins say that their answers cost is what has to be counted: by session, by conversation and in all.
 * Not part of the truth are titles and summaries for a program's own screen (requests without tools): no program writes
 * down what those cost.
 */
export const tokens: readonly Case[] = [
  {
    name: 'tokens',
    begins: 'fresh',
    spoils: true,
    async play(stage) {
      const {home, mark, program, ref} = stage;
      const {client} = home;
      const since = Date.now();
      stage.becomes(expect.anything, {earliest: 0, shown: 0});
      await ready(stage, 0);
      const book = new Book(stage, since);
      const conversation = async (of = ref) => (await client.explain(of)).conversation ?? '';

      await turn(stage, `${mark}-one ${SAID} USAGE:1000,50,400,30 SAY:one`);
      const tool = (name: string) => `RUN:python3 tool.py ${mark}-${name} 0`;
      await turn(stage, `${mark}-tools USAGE:1210,61,500,7 ${tool('x')}\n${tool('y')}`);
      await book.matches('after two turns');
      if (program.says.delegate !== undefined) {
        const {delegate} = program.says;
        const prompt = `${mark}-sub USAGE:71,8,5,1 SAY:fine\n${tool('z')}`;
        await turn(stage, `${mark}-delegates USAGE:1320,22,3,4 ${delegate(prompt)}`);
        stage.must(book.requests(`${mark}-sub`).length >= 2, 'no sub-agent was asked');
        await book.matches('after a sub-agent');
      }

      await client.restart(ref, {conversation: {id: await conversation(), fork: false}});
      await ready(stage, Date.now());
      await turn(stage, `${mark}-resumed USAGE:1430,33,900,12 SAY:three`);
      stage.must(
        book.requests(`${mark}-resumed`)[0]?.markers?.includes(SAID) === true,
        'its conversation did not go on',
      );
      await book.matches('after a restart');

      await client.switchModels({names: [ref]}, program.other.model);
      const exchanged = async () => (await client.session(ref)).model_state.launched === program.other.model;
      await until(() => `another process\n${stage.watch.screen}`, exchanged, UP_MS);
      await ready(stage, Date.now());
      await turn(stage, `${mark}-other USAGE:1540,44,901,13 ${tool('o')}`);
      await book.matches('after a switch of the model');

      const fork = `${mark}-${program.name}`;
      if (program.cannot['fork'] === undefined) {
        commit(home.trusted, mark);
        const made = await client.fork(ref, {name: fork, prompt: `${mark}-fork USAGE:1650,55,902,14 ${tool('f')}`});
        await settled(stage, `${mark}-fork`);
        book.forked = await conversation(made.id);
        await turn(stage, `${mark}-beside USAGE:1760,66,903,15 SAY:beside`);
        await book.matches('after a fork');
        await client.stop(made.id);
      }

      await client.send(ref, {text: `${mark}-killed USAGE:1870,77,904,16 WORDS:20/100`});
      await until('the request', () => book.requests(`${mark}-killed`).length > 0, TURN_MS);
      await home.killSupervisor();
      await home.serve();
      await settled(stage, `${mark}-killed`);
      await book.matches('after a kill of the supervisor');

      book.cleared = {before: await conversation(), at: Date.now()};
      await clear(stage);
      await turn(stage, `${mark}-anew USAGE:1980,88,905,17 SAY:anew`);
      book.source = await conversation();
      stage.must(book.source !== book.cleared.before, 'it went on in the same conversation');
      await book.matches('after a new conversation');

      await home.killSupervisor();
      await book.matches('without a supervisor');
      await home.serve();
      await book.matches('with the next supervisor');
      await book.matchesElsewhere(join(home.root, `${mark}-empty`));
      if (book.forked !== null) await client.removeWorkspace(fork, {cwd: home.trusted, discard: true});
    },
  },
];

/** The truth, and what amux says of it. */
class Book {
  forked: string | null = null;
  source = '';
  cleared: {before: string; at: number} | null = null;
  readonly #stage: Stage;
  readonly #since: number;

  constructor(stage: Stage, since: number) {
    this.#stage = stage;
    this.#since = since;
  }

  requests(text = ''): ModelRequest[] {
    return requestsSince(this.#stage, this.#since, text);
  }

  /** By session, and of each session alone. */
  async matches(when: string): Promise<void> {
    const {home, ref, mark, program} = this.#stage;
    const truth = this.#sums(({prompt}) => (prompt?.includes(`${mark}-fork`) ? `${mark}-${program.name}` : ref));
    const look = async () => {
      const told = (await home.said(['tokens'])) as SpendReport;
      const rows = told.rows.filter(({key}) => truth.has(key));
      const listed = (await home.said(['ps', '--all'])) as {name: string; token_count: number | null}[];
      const counts = Object.fromEntries(listed.map(({name, token_count}) => [name, token_count]));
      return {told: new Map(rows.map(row => [row.key, countsOf(row)])), counts};
    };
    await this.#compare(when, truth, look);
  }

  /** By conversation and by model, from a home that knows nothing of the fleet. */
  async matchesElsewhere(empty: string): Promise<void> {
    const {home, mark} = this.#stage;
    const {before, at} = this.cleared!;
    const sinceFlag = ['--since', String(Math.floor(this.#since / 1000))];
    const truth = this.#sums(({prompt, t}) =>
      prompt?.includes(`${mark}-fork`) ? this.forked! : t < at ? before : this.source,
    );
    await this.#compare('in an empty home', truth, async () => {
      const told = (await home.said(['tokens', '--by', 'session', ...sinceFlag], empty)) as SpendReport;
      return {told: new Map(told.rows.map(row => [row.key, countsOf(row)])), counts: null};
    });
    const models = this.#sums(() => 'all');
    await this.#compare('by model in an empty home', models, async () => {
      const told = (await home.said(['tokens', '--by', 'model', ...sinceFlag], empty)) as SpendReport;
      return {told: new Map([['all', countsOf(told.total)]]), counts: null};
    });
  }

  #sums(keyOf: (request: ModelRequest) => string): Map<string, Counts> {
    const sums = new Map<string, Counts>();
    for (const request of this.requests()) {
      if (request.usage === undefined) continue;
      const key = keyOf(request);
      sums.set(key, added(sums.get(key) ?? NOTHING, request.usage));
    }
    return sums;
  }

  async #compare(
    when: string,
    truth: ReadonlyMap<string, Counts>,
    look: () => Promise<{told: Map<string, Counts>; counts: Record<string, number | null> | null}>,
  ): Promise<void> {
    const wanted = shown(truth);
    let last = '';
    const same = async () => {
      const {told, counts} = await look();
      last = shown(told);
      if (counts === null || last !== wanted) return last === wanted;
      const wrong = [...truth].find(([name, sum]) => counts[name] !== totalOf(sum));
      if (wrong !== undefined) last = `token_count of ${wrong[0]} is ${counts[wrong[0]]}`;
      return wrong === undefined;
    };
    await until('the counts', same, COUNTED_MS).catch((error: Error) => {
      this.#stage.must(false, `${when}: counted ${last}, answered ${wanted} (${error.message})`);
    });
  }
}

const NOTHING: Counts = {input: 0, output: 0, cacheRead: 0, cacheWrite: 0};

const countsOf = ({input, output, cacheRead, cacheWrite}: Counts): Counts => ({input, output, cacheRead, cacheWrite});
const totalOf = ({input, output, cacheRead, cacheWrite}: Counts): number => input + output + cacheRead + cacheWrite;
const added = (a: Counts, b: Counts): Counts => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
});
const shown = (sums: ReadonlyMap<string, Counts>): string =>
  [...sums]
    .map(([key, counts]) => `${key} ${Object.values(countsOf(counts)).join('/')}`)
    .sort()
    .join(', ');

function requestsSince({standIn}: Stage, since: number, text: string): ModelRequest[] {
  return standIn.requests.filter(({t, prompt, side}) => t >= since && side === false && prompt?.includes(text));
}

async function ready(stage: Stage, since: number): Promise<void> {
  await stage.shows('its input line', text => stage.isQuiet(text), {since, boundMs: UP_MS});
  await stage.stay();
}

/** A turn with all that it starts. */
async function turn(stage: Stage, text: string): Promise<void> {
  await stage.send(text);
  await settled(stage, text.split(' ')[0]!);
}

async function settled(stage: Stage, text: string): Promise<void> {
  const since = Date.now() - TURN_MS;
  const look = (): boolean => {
    const all = requestsSince(stage, since, '');
    const quietFrom = Date.now() - QUIET_MS;
    const over = all.every(({done}) => done !== undefined && done < quietFrom);
    return over && all.some(({prompt}) => prompt?.includes(text)) && stage.isQuiet(stage.watch.screen);
  };
  await until(() => `the turn of ${text} to be over\n${stage.watch.screen}`, look, TURN_MS);
}

async function clear(stage: Stage): Promise<void> {
  const sent = Date.now();
  await stage.send(stage.program.says.clear, {asCommand: true});
  const {clearing} = stage.program.sees;
  if (clearing !== undefined) {
    await stage.shows('its question', clearing, {since: sent});
    await stage.press(['Enter']);
  }
  const isEmpty = (text: string): boolean => !text.includes(stage.mark) && stage.isQuiet(text);
  await stage.shows('an empty conversation', isEmpty, {since: sent});
  await stage.stay();
}

function commit(dir: string, message: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {cwd: dir});
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', message);
}
