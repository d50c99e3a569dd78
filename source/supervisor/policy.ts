import {realpathSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {loadConfig} from '../config/profiles.ts';
import {findProject} from '../config/project.ts';
import {loadSettings} from '../config/settings.ts';
import type {Decision, Request} from '../domain/approvals.ts';
import {resolvePath} from '../domain/glob.ts';
import {type PolicyRule, ruleOn, ruleText, trusts} from '../domain/policy.ts';
import {inputPaths} from '../domain/requests.ts';
import type {Session} from '../domain/session.ts';

/** A decision that no person was asked for; `why` names the rule. */
export type Ruled = {decision: Decision; why: string};

type Placed = PolicyRule & {place: string};

/**
 * What the configuration says to a request; null: a person is asked. The home's rules come before the project's: what a
 * cloned repository allows never undoes what its user denies. Both files are read at each request.
 */
export function policyFor({
  config,
  home,
}: {
  config: string;
  home: string;
}): (of: Session, asks: Request) => Ruled | null {
  return (session, request) => {
    const {settings} = loadSettings(config);
    if (request.kind === 'trust') {
      // Whether its user trusts the project is known to its agent alone, so a worktree is for a person to trust, too.
      const trusted = trusts({trustWorktrees: settings.trustWorktrees, worktree: null});
      return trusted ? {decision: {behaviour: 'allow'}, why: 'allowed by trustWorktrees'} : null;
    }
    const project = findProject(session.dir, {home});
    const rules: Placed[] = settings.approvals.map((rule, i) => ({...rule, place: `rule ${i + 1} of the home`}));
    if (project?.configFile != null) {
      const own = loadConfig(project.configFile).config.approvals;
      rules.push(...own.map((rule, i) => ({...rule, place: `rule ${i + 1} of the project`})));
    }
    const {agent, name, dir} = session;
    const paths = inputPaths(request.input).map(path => realPath(resolvePath(dir, path)));
    const ruling = ruleOn(rules, {agent, session: name, dir: realPath(dir), request, paths});
    if (ruling === null) return null;
    const {rule, decide: behaviour} = ruling;
    const decision: Decision = rule.message == null ? {behaviour} : {behaviour, message: rule.message};
    return {decision, why: `${behaviour === 'allow' ? 'allowed' : 'denied'} by ${rule.place} (${ruleText(rule)})`};
  };
}

/** With the links of what exists followed: a link out of a directory does not lead around a rule about that. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), path.slice(parent.length).replace(/^\//, ''));
  }
}
