import {randomBytes} from 'node:crypto';
import {withArguments} from '../domain/argv.ts';
import type {Equipment, Equipping} from './agent.ts';
import {withoutProxy} from './proxy.ts';

/** Its other commands either serve no terminal or talk to somebody else's server. */
const COMMANDS =
  /^(completion|acp|mcp|attach|run|debug|providers|auth|agent|upgrade|uninstall|serve|web|models|stats|export|import|github|pr|session|plugin|plug|db)$/;

/**
 * Its terminal program serves its own API where it is told a port. Other users of the machine could drive it, so it gets
 * a password; what the command line or the user's environment gives already stays.
 */
export function equipOpencode({argv, env, port}: Equipping): Equipment {
  const words = wordsOf(argv);
  if (words === null) return {argv: [...argv], env: {}, files: {}};
  const flags = [
    ...(optionOf(words, 'port') === null ? ['--port', String(port)] : []),
    ...(optionOf(words, 'hostname') === null ? ['--hostname', '127.0.0.1'] : []),
  ];
  const password = env['OPENCODE_SERVER_PASSWORD'] || randomBytes(24).toString('base64url');
  return {
    argv: withArguments(argv, flags),
    // It speaks to its own server over HTTP then: through a proxy it would not even start.
    env: {OPENCODE_SERVER_PASSWORD: password, ...withoutProxy(env)},
    files: {},
  };
}

/** The words after its name; null when it does not run its terminal program. A shell's line is read as words, too. */
export function wordsOf(argv: readonly string[]): string[] | null {
  const words = argv.flatMap(word => word.split(/\s+/));
  const at = words.findIndex(word => /(^|\/)opencode$/.test(word));
  const first = words.slice(at + 1).find(word => !word.startsWith('-'));
  return at === -1 || (first !== undefined && COMMANDS.test(first)) ? null : words.slice(at + 1);
}

export function optionOf(words: readonly string[], name: string): string | null {
  const at = words.findLastIndex(word => word === `--${name}` || word.startsWith(`--${name}=`));
  if (at === -1) return null;
  return words[at]!.split('=')[1] ?? words[at + 1] ?? '';
}
