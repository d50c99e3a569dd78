import {agentOf} from '../agents/registry.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import {type Exchange, isSwitching, maySwitch, wantsOther} from '../domain/model.ts';
import {rowText} from '../domain/screen.ts';
import {describeExit, isLive, type Session} from '../domain/session.ts';
import {unbegun} from './fork-conversation.ts';
import type {Life} from './life.ts';
import type {Runner} from './runner.ts';

/** So long it must have stood at its turn boundary, in ms: a restart costs more than a message does. */
const STOOD_MS = 1000;
/** The last line of a refusal that is told, in characters. */
const LINE_MAX = 200;

type Options = {life: Life; now: () => number};

/**
 * Gives a session the model that it is to have: its process is exchanged for one that goes on with its conversation. What
 * is to be stands in the session (`model`), what its process has in its run; so nothing is lost with a supervisor.
 */
export class ModelSwitch {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** At a turn boundary, with a free input line. What is launched next comes with the end of its process. */
  async begin(runner: Runner): Promise<void> {
    await runner.exclusively(async () => {
      const {session} = runner;
      if (!wantsOther(session) || !maySwitch(session)) return;
      if (this.#options.now() - session.activitySince < STOOD_MS) return;
      try {
        const conversation = await conversationOf(runner);
        this.#options.life.check(runner, going(conversation));
        if (conversation?.fork === false) await runner.doors.stream?.giveModel(conversation.id, session.model);
        if (maySwitch(runner.session)) await this.#end(runner, conversation);
      } catch (error) {
        const before = session.run?.ownModel ?? null;
        this.#refuse(runner, {model: before, why: asAmuxError(error).message});
      }
    });
  }

  /** Its process has ended for another. */
  async goOn(runner: Runner): Promise<void> {
    await runner.exclusively(() => this.#launch(runner));
  }

  /** An exchange that an earlier supervisor began, whose process is still there. */
  async resume(runner: Runner): Promise<void> {
    await runner.exclusively(async () => {
      const {exchange, run, signals} = runner.session;
      if (exchange === null || run?.id !== exchange.run || run.endedAt !== null) return;
      const reading = signals.screen?.reading;
      const at = this.#options.now();
      // Somebody may have gone on with it meanwhile: then it comes to its next turn boundary first.
      if (reading?.activity === 'working' || reading?.dialog === true) {
        runner.observe({source: 'exchange', at, exchange: null, why: ''});
      } else await this.#options.life.end(runner);
    });
  }

  async #end(runner: Runner, conversation: Exchange['conversation']): Promise<void> {
    const {run, model} = runner.session;
    const last = runner.screen.last;
    const exchange: Exchange = {
      from: run!.ownModel ?? null,
      conversation,
      run: run!.id,
      back: false,
      size: last === null ? null : {cols: last.cols, rows: last.rows},
    };
    const kept = conversation === null ? 'it has no conversation yet' : 'its conversation goes on';
    const why = `model ${run!.model ?? 'default'} → ${model ?? 'default'}: ${kept}`;
    await runner.screen.now();
    runner.observe({source: 'exchange', at: this.#options.now(), exchange, why});
    await this.#options.life.end(runner);
  }

  async #launch(runner: Runner): Promise<void> {
    while (!runner.closed && isSwitching(runner.session)) {
      const {exchange, run} = runner.session;
      if (run!.id !== exchange!.run) this.#goBack(runner, whyEnded(runner));
      const {conversation, size} = runner.session.exchange!;
      try {
        await this.#options.life.launch(runner, {...going(conversation), size: size ?? undefined});
        return;
      } catch (error) {
        if (!runner.closed && isSwitching(runner.session)) this.#goBack(runner, asAmuxError(error).message);
      }
    }
  }

  /** What it was launched with was refused. Another model that was asked for meanwhile is tried all the same. */
  #goBack(runner: Runner, why: string): void {
    const {exchange, run} = runner.session;
    const next = {...exchange!, run: run!.id};
    if (wantsOther(runner.session)) runner.becomes({exchange: next}, `launched again: ${why}`);
    else this.#refuse(runner, {model: next.from, why, exchange: {...next, back: true}});
  }

  #refuse(runner: Runner, {model, why, exchange}: {model: string | null; why: string; exchange?: Exchange}): void {
    const {session} = runner;
    if (runner.closed || !isLive(session)) return;
    const refused = {model: session.model, why};
    const reason = `model ${session.model ?? 'default'} refused: ${why}; it goes on with ${model ?? 'default'}`;
    runner.becomes({model, refused, ...(exchange && {exchange})}, reason);
  }
}

const going = (conversation: Exchange['conversation']) => (conversation === null ? {} : {conversation});

/** The conversation that must not be lost; null: nothing was said in it yet. Throws `conversation.unknown`. */
async function conversationOf({session, files}: Runner): Promise<Exchange['conversation']> {
  const {conversation, run, name} = session;
  const agent = agentOf(session.agentType);
  const known = conversation !== null && run !== null && conversation.at >= run.startedAt ? conversation.id : null;
  if (known !== null) {
    // Some open their history only with the next prompt, some have an id before anything was said in it.
    const isThere = known === run?.resumed || agent.transcript === null || (await files.hasPrompts());
    if (isThere) return {id: known, fork: false};
  }
  if (hadTurn(session)) throw new AmuxError('conversation.unknown', {name});
  return unbegun(agent, session) ?? null;
}

/** Something was said to it in this run. */
const hadTurn = ({signals, activity}: Session): boolean =>
  activity === 'finished' || (signals.submitted !== null && signals.submitted.command !== true);

function whyEnded({session, screen}: Runner): string {
  const line = screen.last?.lines.map(rowText).findLast(text => text.trim() !== '') ?? '';
  const shown = line === '' ? '' : `, "${line.trim().slice(0, LINE_MAX)}"`;
  return `${session.agent} ended with it: ${describeExit(session.run?.exit ?? null)}${shown}`;
}
