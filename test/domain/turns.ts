import {type Evidence, noSignals, type WaitingFor} from '../../source/domain/evidence.ts';
import type {Session} from '../../source/domain/session.ts';
import {type Transition, transition} from '../../source/domain/transition.ts';
import {defaultWatch, type RuleMode, type RuleName, type WatchSettings} from '../../source/domain/watch.ts';
import {session as stored} from '../store/records.ts';

export const T0 = 1_000_000_000_000;
export const MINUTE = 60_000;
const run = {
  id: 'r1',
  pid: 7,
  argv: ['x'],
  backend: 'tmux' as const,
  startedAt: T0 - 10_000,
  endedAt: null,
  exit: null,
};

/** A session at rest whose agent tells of itself, and what happens to it: each step takes a time and tells what came of it. */
export class Turns {
  session: Session;
  readonly firings: string[] = [];
  last: Transition | null = null;
  readonly #settings: WatchSettings;

  constructor({id = 's1', settings = {}}: {id?: string; settings?: Partial<WatchSettings>} = {}) {
    this.#settings = {...defaultWatch, ...settings};
    const change = {status: 'running' as const, wanted: true, activity: 'idle' as const, ready: true};
    this.session = stored(id, {...change, run, signals: noSignals()});
    this.says('idle', T0 - 9000);
  }

  see(evidence: Evidence): this {
    this.last = transition(this.session, evidence, evidence.at, this.#settings);
    this.session = this.last.session;
    for (const {rule, verdict, dryRun} of this.last.firings)
      this.firings.push(`${rule} ${dryRun ? '?' : ''}${verdict}`);
    return this;
  }

  clock(at: number): this {
    return this.see({source: 'clock', at});
  }

  /** A message is entered and taken up. */
  prompt(at: number, message = 'm1'): this {
    this.see({source: 'delivery', at, message});
    return this.says('working', at + 100);
  }

  command(at: number, message: string): this {
    this.see({source: 'delivery', at, message, command: true, compacts: true});
    return this.says('working', at + 100);
  }

  says(state: 'working' | 'done' | 'idle', at: number): this {
    return this.see({source: 'hook', at, state, kind: '', message: ''});
  }

  fails(kind: WaitingFor['kind'], at: number, message = 'API Error: 529 Overloaded'): this {
    return this.see({source: 'hook', at, state: 'error', kind, message});
  }

  /** A prompt that comes to a bad end. */
  failedTurn(kind: WaitingFor['kind'], at: number, message?: string): this {
    return this.prompt(at)
      .fails(kind, at + 3400, message)
      .clock(at + 5000);
  }

  /** What the supervisor does when it is asked to: the message comes first, and that is one change with this. */
  put(watch: Partial<Session['watch']>): this {
    this.session = {...this.session, watch: {...this.session.watch, ...watch}};
    return this;
  }

  get does(): string[] {
    return (this.last?.effects ?? []).map(effect => effect.do);
  }
}

export const moded = (rule: RuleName, mode: RuleMode): Partial<WatchSettings> => {
  return {modes: {...defaultWatch.modes, [rule]: mode}};
};
