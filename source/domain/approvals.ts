import type {WaitingKind} from './evidence.ts';

/** What a key or an answer does to a request. `answer`: picks one of the offered answers. */
export type Means = 'allow' | 'always' | 'deny' | 'answer' | 'other';

/** One line of a dialog that can be chosen, and the keys that choose it there (see `terminal/keys`). */
export type Choice = {label: string; means: Means; keys: string[]};

/** What an agent asks a person for, as it tells it. */
export type Asked = {
  /** The agent's own name for it; null where it has none (seen on its screen). */
  ref: string | null;
  kind: Extract<WaitingKind, 'permission' | 'question' | 'plan' | 'trust' | 'mcp' | 'login'>;
  /** The tool that it wants to use, and with what; null where that is not known. */
  tool: string | null;
  input: unknown;
  /** One line for people. */
  title: string;
  /** Rules that "always" would add, in the agent's own form. */
  suggestions: unknown[];
  /** What its dialog offers, while that is on screen; empty: not seen. */
  choices: Choice[];
};

/** Something that one session waits for a person to decide. Times are ms since the epoch. */
export type Request = Asked & {
  /** Unique in the home. */
  id: string;
  /** Where it can be answered: over the door that asked, or only by the keys of its dialog. */
  via: 'hook' | 'stream' | 'screen';
  at: number;
};

/** What a person, or a rule of the configuration, says to a request. */
export type Decision = {
  behaviour: 'allow' | 'always' | 'deny';
  /** Told to the agent with a denial. */
  message?: string;
  /** Which of the offered answers, from 1, or a text. */
  answer?: string;
  /** Replaces the tool's whole input. */
  input?: unknown;
};
