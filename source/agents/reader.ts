import type {Agent} from './agent.ts';
import {type RuleData, ruleOf} from './rule-data.ts';
import {type ScreenLayout, screenReader} from './screen-rules.ts';
import {isFor} from './versions.ts';

export type Ruling = {
  /** The version of the program; null: not known. */
  version: string | null;
  /** Rules from the home. */
  rules: readonly RuleData[];
  /** A rule took so long on a screen that it is not used any more. */
  onSlow: (rule: string) => void;
};

/** Of a program of which nothing is known: no input line, no prompt. */
const NEVER = /(?!)/;
const NO_LAYOUT: ScreenLayout = {input: () => null, marker: NEVER, prompt: NEVER, placeholder: NEVER};

/** The agent with the rules for its version and those of the home: higher priority first, then the home's, then its own. */
export function withRules<T extends Agent>(agent: T, {version, rules, onSlow}: Ruling): T {
  if (agent.screens === null && rules.length === 0) return agent;
  const {layout, rules: own} = agent.screens ?? {layout: NO_LAYOUT, rules: []};
  const all = [...rules.map(rule => ruleOf(rule, onSlow)), ...own].filter(({versions}) =>
    isFor(versions, {agent, version}),
  );
  // Sorting is stable: among equals the order above stays.
  const sorted = all.sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
  return {...agent, screens: {layout, rules: sorted}, read: screenReader(layout, sorted)};
}
