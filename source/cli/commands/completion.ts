import {AmuxError} from '../../domain/errors.ts';
import type {Run} from '../command.ts';
import {bash} from './completion-bash.ts';
import {fish} from './completion-fish.ts';

const shells = {bash, zsh, fish};

/** Prints a script for the shell; names of sessions and agents are asked for when completing. */
export const completion: Run = async ({args, output}) => {
  const shell = args[0] as keyof typeof shells;
  if (!Object.hasOwn(shells, shell)) {
    throw new AmuxError('input.invalid', {why: `no completion for "${args[0]}"`, next: 'bash, zsh or fish'});
  }
  output.raw(shells[shell]());
  return 0;
};

function zsh(): string {
  return `#compdef amux
# amux completion for zsh: eval "$(amux completion zsh)"
autoload -Uz bashcompinit && bashcompinit
${bash()}`;
}
