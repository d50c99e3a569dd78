import {agents} from '../../agents/registry.ts';
import {roles} from '../../domain/access.ts';
import {baseColumns} from '../../domain/columns.ts';
import {goals} from '../../domain/reach.ts';
import {restartPolicies} from '../../domain/session.ts';
import {groupings} from '../../domain/spending.ts';
import {ruleModes, ruleNames} from '../../domain/watch.ts';
import type {Command, Completes, FlagSpec} from '../command.ts';
import {flagWord} from '../flags.ts';
import {commands, globalFlags} from '../registry.ts';

/** Words that are known, a command that prints some with the flags that it is given, or what lies in the file system. */
export type Offer = {words: readonly string[]} | {prints: (flags: string) => string} | {paths: 'files' | 'directories'};

/** JSON of a list, each item indented by four: no tool is needed to read one field of each. */
const printed = (command: string, field: string): Offer => ({
  prints: flags => `amux ${command} ${flags} 2>/dev/null | sed -n 's/^    "${field}": "\\(.*\\)",$/\\1/p'`,
});

const OFFERS: Record<Extract<Completes, string>, Offer> = {
  sessions: printed('ps', 'name'),
  workspaces: printed('ws list', 'id'),
  schedules: printed('schedule ls', 'name'),
  agents: printed('agent config list', 'id'),
  cards: printed('board', 'id'),
  columns: {words: baseColumns},
  goals: {words: goals},
  groups: {words: groupings},
  restarts: {words: restartPolicies},
  roles: {words: roles},
  rules: {words: [...ruleNames, 'all']},
  modes: {words: [...ruleModes, 'default']},
  types: {words: agents.map(({name}) => name)},
  files: {paths: 'files'},
  directories: {paths: 'directories'},
};

export const offerOf = (completes: Completes): Offer =>
  typeof completes === 'string' ? OFFERS[completes] : {words: completes.words};

export const shown = (): Command[] => commands.filter(command => command.hidden !== true);

export const pathsOf = ({path, aliases = []}: Command): string[] => [path, ...aliases];

export type Flag = FlagSpec & {long: string};

/** Those that people may write, with those of every command where `all`. */
export function flagsOf({flags}: Pick<Command, 'flags'>, {all}: {all: boolean}): Flag[] {
  return Object.entries({...flags, ...(all ? globalFlags : {})})
    .filter(([, {hidden}]) => hidden !== true)
    .map(([name, flag]) => ({...flag, long: flagWord(name, flag.negative)}));
}

/** Whether the word behind it is its value. */
export const takesWord = ({type, optional}: FlagSpec): boolean => type === 'string' && optional !== true;

/** First words of all commands, then for each first word the second ones, and so on. */
export function nextWords(): Map<string, Set<string>> {
  const next = new Map<string, Set<string>>();
  for (const command of shown()) {
    for (const path of pathsOf(command)) {
      const parts = path.split(' ');
      parts.forEach((part, i) => {
        const before = parts.slice(0, i).join(' ');
        next.set(before, (next.get(before) ?? new Set()).add(part));
      });
    }
  }
  return next;
}

/** What is offered for each argument; the last one counts for all that follow. Null: nothing is known. */
export function argumentOffers({completes = []}: Pick<Command, 'completes'>): (Offer | null)[] {
  if (!isList(completes)) return [offerOf(completes)];
  return [...completes.map(offerOf), null];
}

const isList = (completes: Completes | readonly Completes[]): completes is readonly Completes[] =>
  Array.isArray(completes);
