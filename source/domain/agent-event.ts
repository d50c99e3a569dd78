import type {Asked} from './approvals.ts';
import type {ProgramState} from './evidence.ts';

/**
 * Through which of its doors an agent told something. `stream`: its own API's events. `hook`: a request of its hooks.
 * `file`: its state file, its transcript. `title`: what it calls its terminal.
 */
export type Door = 'stream' | 'hook' | 'file' | 'title';

/** What an agent tells besides its screen, whatever the agent and the door. */
export type AgentEvent =
  /** Its own word on what it does; `clear` takes the last one back. */
  | {type: 'status'; state: ProgramState | 'clear'; kind: string; message: string}
  /** The conversation that it now has, and the file that holds its history, where there is one. */
  | {type: 'conversation'; id: string; file: string | null}
  /** A prompt was entered: it may still be lost when the agent dies now. */
  | {type: 'submitted'; text: string}
  /** A prompt stands in its history or its own queue: it has arrived. */
  | {type: 'prompt'; text: string}
  /** It asks a person. */
  | {type: 'asked'; request: Asked}
  /** A request is settled, here or there; null: all of them. */
  | {type: 'settled'; ref: string | null}
  /** It has compacted its conversation; `inTurn`: by itself, in a turn that goes on. */
  | {type: 'compacted'; inTurn?: boolean}
  /** The model that it runs. */
  | {type: 'model'; model: string};
