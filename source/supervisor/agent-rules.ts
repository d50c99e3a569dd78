import {statSync} from 'node:fs';
import {basename, delimiter, isAbsolute, join} from 'node:path';
import type {Agent} from '../agents/agent.ts';
import {covers, versionIn} from '../agents/coverage.ts';
import {withRules} from '../agents/reader.ts';
import {agentOf} from '../agents/registry.ts';
import {type RulesFile, readRules} from '../config/screen-rules.ts';
import type {Session} from '../domain/session.ts';

export type AgentRulesOptions = {
  /** Directory of the home's own rules. */
  dir: string;
  /** Asks a program for its version, with a bound; null: it says nothing, or nobody asks. */
  versionOf: (file: string, flags: string[]) => Promise<string | null>;
  note: (reason: string) => void;
};

/** Which rules hold for a session: those for its program's version, and the home's own. */
export class AgentRules {
  readonly #options: AgentRulesOptions;
  /** By program and the time it was written. */
  readonly #asked = new Map<string, Promise<string | null>>();
  readonly #agents = new Map<string, Agent>();
  readonly #noted = new Set<string>();
  #files: RulesFile[] | null = null;

  constructor(options: AgentRulesOptions) {
    this.#options = options;
  }

  agentOf({agentType, run}: Session): Agent {
    const agent = agentOf(agentType);
    const version = run?.version ?? null;
    const key = `${agent.name} ${version}`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    this.#files ??= this.#readFiles();
    const rules = this.#files.filter(file => file.agent === agent.name).flatMap(file => file.rules);
    const onSlow = (rule: string) =>
      this.#note(`the rule "${rule}" of ${agent.name} takes too long on a screen and is not used any more`);
    const ruled = withRules(agent, {version, rules, onSlow});
    this.#agents.set(key, ruled);
    return ruled;
  }

  /** A launch reads the files again. Resolves with the version of the agent that was started; null: nobody knows. */
  async launched(
    {agentType}: Session,
    argv: readonly string[],
    env: Readonly<NodeJS.ProcessEnv>,
  ): Promise<string | null> {
    this.#files = this.#readFiles();
    this.#agents.clear();
    const agent = agentOf(agentType);
    // A wrapper under another name may do anything when it is run once more.
    const [first = ''] = argv;
    if (agent.versionFlags === null || basename(first) !== agent.command) return null;
    const program = findProgram(first, env['PATH'] ?? '');
    if (program === null) return null;
    const said = await this.#ask(program, agent.versionFlags);
    const version = said === null ? null : versionIn(said);
    if (version === null || covers(agent, version)) return version;
    const known = agent.knownVersions?.join(', ') ?? 'none';
    this.#note(
      `${agent.title} ${version} is not known here (known: ${known}); its screens are read by the newest rules`,
    );
    return version;
  }

  #ask({file, at}: Program, flags: string[]): Promise<string | null> {
    const key = `${file} ${at}`;
    const asked = this.#asked.get(key) ?? this.#options.versionOf(file, flags).catch(() => null);
    this.#asked.set(key, asked);
    return asked;
  }

  #readFiles(): RulesFile[] {
    const files = readRules(this.#options.dir);
    for (const {file, problems} of files) for (const {line, why} of problems) this.#note(`${file}:${line}: ${why}`);
    return files;
  }

  /** Each reason once. */
  #note(reason: string): void {
    if (this.#noted.has(reason)) return;
    this.#noted.add(reason);
    this.#options.note(reason);
  }
}

type Program = {file: string; at: number};

function findProgram(name: string, path: string): Program | null {
  const files = isAbsolute(name) ? [name] : path.split(delimiter).map(dir => join(dir, name));
  for (const file of files) {
    try {
      const stat = statSync(file);
      if (stat.isFile() && isAbsolute(file)) return {file, at: stat.mtimeMs};
    } catch {
      // Not in this directory.
    }
  }
  return null;
}
