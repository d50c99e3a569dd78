import type {Command, FlagSpec} from './command.ts';
import {sessionCommands} from './session-commands.ts';
import {systemCommands} from './system-commands.ts';

export const globalFlags: Record<string, FlagSpec> = {
  home: {type: 'string', value: 'DIR', about: 'another home than $AMUX_HOME or ~/.amux'},
  json: {type: 'boolean', about: 'print JSON'},
  color: {type: 'boolean', negative: true, about: 'no colour'},
  help: {type: 'boolean', short: 'h', about: 'show help'},
  version: {type: 'boolean', about: 'print the version'},
};

/** Every command; the longest path that matches the words wins. */
export const commands: readonly Command[] = [...sessionCommands, ...systemCommands];
