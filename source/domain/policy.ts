import type {Request} from './approvals.ts';
import {matchesName, matchesPath, matchesText, resolvePath} from './glob.ts';
import {inputText} from './requests.ts';

/** A rule of the configuration: what all its conditions match is decided so. The first rule that matches counts. */
export type PolicyRule = {
  /** Globs over the profile's id, the session's name and the tool's name. */
  agent?: string | null | undefined;
  session?: string | null | undefined;
  tool?: string | null | undefined;
  /** Over the text of the input (command, address): a glob over all of it, or `/a regular expression/`. */
  pattern?: string | null | undefined;
  /** A glob over the files that the input names; relative ones begin in the session's directory. */
  path?: string | null | undefined;
  decide: 'allow' | 'deny' | 'ask';
  message?: string | null | undefined;
};

/** What a rule is held against. `paths` are absolute, with links followed. */
export type Matter = {agent: string; session: string; dir: string; request: Request; paths: readonly string[]};

export type Ruling<Rule extends PolicyRule = PolicyRule> = {rule: Rule; decide: 'allow' | 'deny'};

/** Longer inputs are held against no pattern, in characters: a person reads them. */
const TEXT_MAX = 20_000;
/** What a screen shows of longer dialogs is cut, in characters. */
const TITLE_MAX = 300;

/** What a rule can decide about: tools. Questions, logins and trust are a person's. */
const ruled: ReadonlySet<Request['kind']> = new Set(['permission', 'plan', 'mcp']);

/** The decision of the first rule that matches; null: a person is asked. */
export function ruleOn<Rule extends PolicyRule>(rules: readonly Rule[], matter: Matter): Ruling<Rule> | null {
  if (!ruled.has(matter.request.kind)) return null;
  for (const rule of rules) {
    const {decide} = rule;
    switch (matches(rule, matter)) {
      case 'no':
        break;
      case 'yes':
        return decide === 'ask' ? null : {rule, decide};
      case 'unknown':
        // It may be what a rule denies or leaves to a person: no later rule may allow it.
        if (decide !== 'allow') return null;
    }
  }
  return null;
}

/** Whether the trust dialog of a session is accepted without a person: only in a worktree of a project they trust. */
export function trusts(about: {trustWorktrees: boolean; worktree: {projectTrusted: boolean} | null}): boolean {
  return about.trustWorktrees && about.worktree?.projectTrusted === true;
}

/** A rule in one line, for the journal. */
export function ruleText({decide, agent, session, tool, pattern, path}: PolicyRule): string {
  const conditions = Object.entries({agent, session, tool, pattern, path}).flatMap(([name, value]) =>
    value == null ? [] : [`${name} ${value}`],
  );
  return [decide, ...conditions].join(', ');
}

type Match = 'yes' | 'no' | 'unknown';

function matches(rule: PolicyRule, matter: Matter): Match {
  const {agent, session, request} = matter;
  if (rule.agent != null && !matchesName(rule.agent, agent)) return 'no';
  if (rule.session != null && !matchesName(rule.session, session)) return 'no';
  if (request.tool === null) return matchesDialog(rule, request);
  if (rule.tool != null && !matchesName(rule.tool, request.tool)) return 'no';
  if (rule.pattern != null) {
    const text = inputText(request.input);
    if (text === '' || text.length > TEXT_MAX) return 'unknown';
    if (!matchesPattern(rule, {text, oneCommand: isCommand(request.input)})) return 'no';
  }
  return rule.path == null ? 'yes' : matchesPaths(rule, matter);
}

/** Only the text of its dialog is known: the rule has to mean all of it. */
function matchesDialog(rule: PolicyRule, {title}: Request): Match {
  const patterns = [rule.tool, rule.pattern].filter(each => each != null);
  if (patterns.length === 0 || rule.path != null) return 'unknown';
  const text = {text: title, oneCommand: true, whole: true};
  if (patterns.every(pattern => matchesPattern({decide: rule.decide, pattern}, text))) {
    return rule.decide === 'allow' && isCut(title) ? 'unknown' : 'yes';
  }
  // What a pattern means that stands nowhere in it is not what it is about.
  const somewhere =
    rule.pattern == null || matchesPattern({decide: 'ask', pattern: around(rule.pattern)}, {...text, whole: false});
  return somewhere || isCut(title) ? 'unknown' : 'no';
}

const isCut = (title: string): boolean => title.length >= TITLE_MAX || title.endsWith('…');
const around = (pattern: string): string => (expressionOf(pattern) === null ? `*${pattern}*` : pattern);

/** All files have to be allowed; one that is denied is enough. */
function matchesPaths({path, decide}: PolicyRule, {dir, paths}: Matter): Match {
  if (paths.length === 0) return 'no';
  const glob = resolvePath(dir, path ?? '');
  const inside = (each: string) => matchesPath(glob, each);
  return (decide === 'allow' ? paths.every(inside) : paths.some(inside)) ? 'yes' : 'no';
}

type Text = {text: string; oneCommand: boolean; whole?: boolean};

function matchesPattern({pattern, decide}: PolicyRule, {text, oneCommand, whole = false}: Text): boolean {
  if (pattern == null) return true;
  const expression = expressionOf(pattern);
  if (expression === null) return matchesText(pattern, text, {oneCommand: oneCommand && decide === 'allow'});
  const found = expression.exec(text);
  return found !== null && (!whole || found[0].length === text.length);
}

/** `/…/` with its flags; null for a glob. Throws for one that is malformed. */
export function expressionOf(pattern: string): RegExp | null {
  const match = /^\/(.+)\/([imsu]*)$/s.exec(pattern);
  return match === null ? null : new RegExp(match[1]!, match[2]);
}

function isCommand(input: unknown): boolean {
  return typeof input !== 'object' || input === null || Array.isArray(input) || 'command' in input || 'cmd' in input;
}
