import type {Argument, Command} from './command.ts';

/** A command line as far as it is written. */
export type Written = {
  command: Command;
  /** Words of the arguments that are done. */
  before: readonly string[];
  /** The argument that is being written, and what of it is there; null: there are no more. */
  argument: Argument | null;
  word: string;
  /** All that stands before `word`. */
  head: string;
};

/** Reads a line whose first word is a command, once a blank stands behind it; null: it is none yet. */
export function readLine(text: string, commands: readonly Command[]): Written | null {
  const name = /^\s*(\S+)\s/.exec(text);
  const command = name === null ? undefined : commands.find(each => each.name === name[1]);
  if (name === null || command === undefined) return null;
  let head = name[0];
  const before: string[] = [];
  for (;;) {
    const argument = argumentAt(command, before.length);
    const rest = text.slice(head.length);
    const next = argument?.rest === 'text' ? null : /^\s*(\S+)\s+/.exec(rest);
    if (next === null) return {command, before, argument, word: rest.trimStart(), head};
    before.push(next[1]!);
    head += next[0];
  }
}

/** What is given to the command: all words, the one that is being written too. */
export function givenBy({before, word}: Written): string[] {
  return word.trim() === '' ? [...before] : [...before, word.trimEnd()];
}

/** What is still missing, by its name in the usage; null: nothing. */
export function missing({args}: Command, given: readonly string[]): string | null {
  return args.slice(given.length).find(({optional}) => optional !== true)?.name ?? null;
}

function argumentAt({args}: Command, index: number): Argument | null {
  const last = args.at(-1);
  return args[index] ?? (last?.rest === 'words' ? last : null);
}
