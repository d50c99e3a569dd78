import type {Choice, Means} from '../domain/approvals.ts';
import type {WaitingKind} from '../domain/evidence.ts';
import type {Row} from '../domain/screen.ts';
import {buttonsOf} from './buttons.ts';
import {type Line, listOf} from './dialog-list.ts';

/**
 * How a line of a dialog is chosen. `digit`: its number answers at once. `walk`: arrows from the marked line, then
 * Enter. `row`: buttons side by side, arrows from the marked one, then Enter. `none`: there are no lines to choose.
 */
export type Choosing = 'digit' | 'walk' | 'row' | 'none';

/** What is known of a dialog's keys, apart from what stands on the screen. */
export type Offer = {
  kind: WaitingKind;
  choose: Choosing;
  /** Escape leaves it without an answer, under this name; offered where no line denies. */
  cancel?: string | undefined;
  /** What is offered besides the lines. */
  also?: readonly Choice[] | undefined;
  /** Keys that follow a choice of this meaning: the dialog asks once more. */
  after?: Partial<Record<Means, readonly string[]>> | undefined;
};

/** Highest number that one key can type. */
const DIGIT_MAX = 9;

/**
 * What a dialog at the end of `rows` offers. The keys are right for what is marked in these rows, and are to be
 * pressed one at a time: programs take several that arrive together for a paste.
 */
export function choicesOf(rows: readonly Row[], {kind, choose, cancel, also = [], after = {}}: Offer): Choice[] {
  const lines = choose === 'none' ? [] : choose === 'row' ? buttonsOf(rows) : listOf(rows);
  const ticked = lines.filter(({tick}) => tick !== null);
  const choices = lines.map((line, i): Choice => {
    const means = meaningOf(line.label, kind);
    const keys =
      ticked.length > 0 && choose === 'digit' ? tickKeys({line, means, ticked}) : keysOf({line, i, lines, choose});
    return {label: line.label, means, keys: [...keys, ...(after[means] ?? [])]};
  });
  const offered = [...choices.filter(({keys}) => keys.length > 0), ...also];
  if (cancel !== undefined && !offered.some(({means}) => means === 'deny')) {
    offered.push({label: cancel, means: 'deny', keys: ['Escape']});
  }
  return offered;
}

type At = {line: Line; i: number; lines: readonly Line[]; choose: Choosing};

function keysOf({line, i, lines, choose}: At): string[] {
  // Enter on a line with a box would only tick it.
  if (line.tick !== null) return [];
  if (choose === 'digit' && line.number !== null && line.number <= DIGIT_MAX) return [String(line.number)];
  const from = lines.findIndex(({marked}) => marked);
  if (from === -1) return [];
  const [back, on] = choose === 'row' ? ['Left', 'Right'] : ['Up', 'Down'];
  const steps = Array.from({length: Math.abs(i - from)}, () => (i < from ? back : on));
  return [...steps, 'Enter'];
}

/** A list where several can be ticked: its number ticks or unticks, Tab goes on with what is ticked. */
function tickKeys({line, means, ticked}: {line: Line; means: Means; ticked: readonly Line[]}): string[] {
  if (line.tick === null || means === 'other' || ticked.some(({number}) => number === null || number > DIGIT_MAX))
    return [];
  const wrong = ticked.filter(each => each.tick !== (each === line));
  return [...wrong.map(({number}) => String(number)), 'Tab'];
}

type Meaning = {pattern: RegExp; means: Means};

/** First match wins. */
const ANSWERS: readonly Meaning[] = [
  {
    pattern: /^(Type something|Chat about this|Enter a custom value|Type your own answer|None of the above)/i,
    means: 'other',
  },
  {pattern: /./, means: 'answer'},
];
const DECISIONS: readonly Meaning[] = [
  {
    pattern:
      /^(No\b|Reject|Deny|Decline|Cancel|Disable|Don['’]t (trust|allow)|Back to|Continue without|Exit|Quit|Keep planning)/i,
    means: 'deny',
  },
  // It changes what is asked from now on, far beyond what this dialog is about.
  {pattern: /\b(switch to auto|bypass permissions|all (future )?tools)\b/i, means: 'other'},
  {
    pattern:
      /\b(always|don['’]t ask|(for|during) this session|all edits|auto-accept|auto mode|parent folder|future)\b/i,
    means: 'always',
  },
  {pattern: /^(Yes|Allow|Trust|Accept|Approve|Continue|Proceed|Confirm|Enable|Use |Submit)/i, means: 'allow'},
  {pattern: /./, means: 'other'},
];
/** A plan is approved once; what differs is how the work goes on. */
const PLANS: readonly Meaning[] = [
  {pattern: /^No\b|^Keep planning/i, means: 'deny'},
  {pattern: /^Yes[^\n]*\b(auto|bypass)/i, means: 'always'},
  {pattern: /^Yes/i, means: 'allow'},
  {pattern: /./, means: 'other'},
];

/** Ways to sign in are a person's to choose. */
const LOGINS: readonly Meaning[] = [
  {pattern: /^(No\b|Cancel)/i, means: 'deny'},
  {pattern: /^Yes/i, means: 'allow'},
  {pattern: /./, means: 'other'},
];
const TABLES: Partial<Record<WaitingKind, readonly Meaning[]>> = {question: ANSWERS, plan: PLANS, login: LOGINS};

function meaningOf(label: string, kind: WaitingKind): Means {
  const table = TABLES[kind] ?? DECISIONS;
  return table.find(({pattern}) => pattern.test(label))?.means ?? 'other';
}
