import type {Program} from '../program.ts';
import type {Stage} from '../stage.ts';

export type Case = {
  name: string;
  /** `new`: a directory that the program has never seen. `fresh`: a session that has just started. */
  begins: 'new' | 'fresh' | 'ready';
  /** The session is of no use afterwards. */
  spoils?: true;
  /** Why this program has no such case; null: it has. */
  without?: (program: Program) => string | null;
  play: (stage: Stage) => Promise<void>;
};
