import type {Agent, Launch} from '../agents/agent.ts';
import type {BackendEvent} from '../backends/backend.ts';
import type {AgentEvent, Door} from '../domain/agent-event.ts';
import type {Evidence} from '../domain/evidence.ts';
import type {Screen} from '../domain/screen.ts';
import {isLive, type Session} from '../domain/session.ts';
import type {AgentFiles} from './agent-files.ts';
import type {Asks} from './asks.ts';
import {EventStream} from './event-stream.ts';
import {HeldRequests} from './hooks.ts';
import type {Outbox} from './outbox.ts';

/** tmux tells the time of the last output in whole seconds: so much later may still be the report itself, in ms. */
const PRINTED_SLACK_MS = 1500;

type DoorsOptions = {
  session: () => Session;
  agent: () => Agent;
  now: () => number;
  outbox: Outbox;
  files: AgentFiles;
  asks: () => Asks;
  observe: (evidence: Evidence) => void;
  capture: () => Promise<Screen>;
  /** It said something new: its screen shows what its word leaves out. */
  onNews: () => void;
  /** Its conversation is another one than before. */
  onConversation: (id: string) => void;
  /** Its agent says that it runs another model than it said before. */
  onModel: (model: string) => void;
};

/** Through which an agent tells of itself, and what is made of each thing that it tells. */
export class Doors {
  readonly #options: DoorsOptions;
  /** What its agent waits for on open connections. */
  readonly held: HeldRequests;
  /** Its program's own API; null: it serves none. */
  stream: EventStream | null = null;

  constructor(options: DoorsOptions) {
    this.#options = options;
    this.held = new HeldRequests(ref => this.tell([{type: 'settled', ref}], {door: 'hook', at: options.now()}));
  }

  /** What its agent told through one of its doors; `at` is when, in ms since the epoch. */
  tell(events: readonly AgentEvent[], {door, at}: {door: Door; at: number}): void {
    const {session, outbox, asks, observe} = this.#options;
    for (const event of events) {
      // What stands in the history of a program that has just ended still says what it got.
      if (event.type === 'prompt' || event.type === 'submitted') {
        outbox.hear(event.type, event.text, {at, streamed: door === 'stream'});
      }
      if (!isLive(session())) continue;
      switch (event.type) {
        case 'status': {
          const {state, kind, message} = event;
          observe({source: door, at, state, kind, message});
          break;
        }
        case 'conversation':
          this.#converses(event, at);
          break;
        case 'submitted':
        case 'prompt':
          break;
        case 'asked':
          if (door === 'hook' || door === 'stream') asks().told(event.request, {via: door, at});
          break;
        case 'model':
          this.#runs(event.model, at);
          break;
        case 'compacted':
          observe({source: 'compaction', at, state: 'confirmed', inTurn: event.inTurn === true});
          break;
        case 'settled':
          observe({source: 'settled', at, ref: event.ref});
          break;
      }
    }
  }

  /** What its program told its terminal. */
  heard(event: Extract<BackendEvent, {type: 'program' | 'title'}>): void {
    const {session, agent, observe, onNews} = this.#options;
    const {at} = event;
    if (event.type === 'program') {
      const {state, kind, message} = event;
      const before = session().signals.program?.state;
      observe({source: 'program', at, state, kind, message});
      if (state !== before) onNews();
      return;
    }
    const said = agent().readTitle?.(event.title) ?? null;
    if (said === null) return;
    const before = session().signals.title?.at;
    this.tell([said], {door: 'title', at});
    if (session().signals.title?.at !== before) onNews();
  }

  /**
   * After an absence of the supervisor: what was told last was perhaps heard by nobody, so that an old word is no
   * evidence any more. Its title still stands there. `printedAt`: when it last printed, ms since the epoch; null: all that
   * it told is told again.
   */
  async forgetUnheard(printedAt: number | null): Promise<void> {
    const {session, observe, capture, now} = this.#options;
    const {signals, hasScreenRules, id} = session();
    for (const source of ['program', 'hook', 'title'] as const) {
      const word = signals[source];
      if (word === null || printedAt === null) continue;
      // Its screen says what it does now; without rules for that, a word stands unless something came clearly after it.
      if (!hasScreenRules && printedAt <= word.at + PRINTED_SLACK_MS) continue;
      observe({source, at: printedAt, state: 'clear', kind: '', message: ''});
    }
    // No younger than what was printed last, or it would outweigh a dialog that its screen shows and its title does not.
    const at = printedAt ?? now();
    const screen = await capture().catch(() => null); // Its end is told by its exit.
    if (screen !== null) this.heard({type: 'title', terminal: id, at, title: screen.title});
  }

  /** Its program was made like this: what it serves itself is listened to. */
  listen(launch: Launch): void {
    const {session, agent, now} = this.#options;
    this.stream?.close();
    const reader = isLive(session()) ? (agent().readStream?.(launch) ?? null) : null;
    const since = session().run?.startedAt ?? now();
    const known = () => {
      const {conversation, requests} = session();
      const refs = requests.filter(({via}) => via === 'stream').map(({ref}) => ref ?? '');
      // That of an earlier run is not the one that this process shows.
      return {conversation: conversation !== null && conversation.at >= since ? conversation.id : null, refs};
    };
    const tell = (events: readonly AgentEvent[], at: number) => this.tell(events, {door: 'stream', at});
    this.stream = reader === null ? null : new EventStream({reader, now, since, known, tell});
  }

  /** Its program has ended. */
  close(): void {
    this.stream?.close();
  }

  #runs(model: string, at: number): void {
    const {session, observe, onModel} = this.#options;
    if (session().run?.saidModel === model) return;
    observe({source: 'model', at, model});
    if (session().run?.saidModel === model) onModel(model);
  }

  #converses({id, file}: Extract<AgentEvent, {type: 'conversation'}>, at: number): void {
    const {session, files, observe, onConversation} = this.#options;
    const before = session().conversation;
    observe({source: 'conversation', at, id, file});
    if (before?.id === id) return;
    onConversation(id);
    if (before !== null) files.changed();
  }
}
