import type {WaitingKind} from './evidence.ts';

/** What a key or an answer does to a request. `answer`: picks one of the offered answers. */
export type Means = 'allow' | 'always' | 'deny' | 'answer' | 'other';

/** One line of a dialog that can be chosen, and the keys that choose it there (see `terminal/keys`). */
export type Choice = {label: string; means: Means; keys: string[]};

/** What a person can be asked for; the other kinds of waiting have no answer. */
export type AskingKind = Extract<WaitingKind, 'permission' | 'question' | 'plan' | 'trust' | 'mcp' | 'login'>;

/** What an agent asks a person for, as it tells it. */
export type Asked = {
  /** The agent's own name for it; null where it has none (seen on its screen). */
  ref: string | null;
  kind: AskingKind;
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

/** A dialog by what is known again of it; `since` and `at`: the first and the last capture that showed it. */
export type Shown = {rule: string; detail: string; since: number; at: number};

/** Something that one session waits for a person to decide. Times are ms since the epoch. */
export type Request = Asked & {
  /** Unique in the home. */
  id: string;
  /** Where it can be answered: over the door that asked, or only by the keys of its dialog. */
  via: 'hook' | 'stream' | 'screen';
  at: number;
  /** Its dialog, while it is on screen; null: not seen, or something else stands there. */
  shown: Shown | null;
  /** The first capture that should have shown a dialog and had none; null: none of late. */
  missedAt: number | null;
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

/** The choice that a decision means; null where its dialog offers none for that. */
export function choiceFor(choices: readonly Choice[], {behaviour, answer}: Decision): Choice | null {
  if (behaviour === 'deny') return choices.find(({means}) => means === 'deny') ?? null;
  if (answer !== undefined) {
    const said = answer.trim().toLowerCase();
    const named = choices.find(({label}) => label.trim().toLowerCase() === said);
    return named ?? (/^\d{1,2}$/.test(said) ? (choices[Number(said) - 1] ?? null) : null);
  }
  return choices.find(({means}) => means === behaviour) ?? null;
}

/** What the door of a request is told; null: only the keys of its dialog say just that. */
export function forDoor(request: Request, decision: Decision): Decision | null {
  const {kind, choices, suggestions, input, via} = request;
  const {behaviour, answer, message} = decision;
  // A hook takes rules: without one that it suggests, only its dialog knows what "always" would be.
  if (via === 'hook' && behaviour === 'always' && suggestions.length === 0) return null;
  // Nor does it take a bare yes to a plan: a line of the dialog says how its edits are approved, too.
  const takesYes = via !== 'hook' || kind !== 'plan' || decision.input !== undefined;
  if (answer === undefined) return behaviour === 'allow' && !takesYes ? null : decision;
  if (hasSeveralQuestions(input)) return null;
  const choice = choiceFor(choices, decision);
  // Answers in other words than the dialog's are for questions alone.
  if (choice === null) return kind === 'question' ? decision : null;
  switch (choice.means) {
    case 'allow':
      return takesYes ? {behaviour: 'allow'} : null;
    case 'deny':
      return message === undefined ? {behaviour: 'deny'} : {behaviour: 'deny', message};
    case 'answer':
      return decision;
    case 'always':
    case 'other':
      return null;
  }
}

/** One number cannot answer several: their dialogs come one after the other. */
function hasSeveralQuestions(input: unknown): boolean {
  const {questions} = (typeof input === 'object' && input !== null ? input : {}) as {questions?: unknown};
  return Array.isArray(questions) && questions.length > 1;
}
