import {boardCommands} from './board-commands.ts';
import type {Command, FlagSpec} from './command.ts';
import {mcpCommands} from './mcp-commands.ts';
import {scheduleCommands} from './schedule-commands.ts';
import {sessionCommands} from './session-commands.ts';
import {systemCommands} from './system-commands.ts';
import {workspaceCommands} from './workspace-commands.ts';

export const globalFlags: Record<string, FlagSpec> = {
  home: {type: 'string', value: 'DIR', completes: 'directories', about: 'another home than $AMUX_HOME or ~/.amux'},
  url: {
    type: 'string',
    value: 'URL',
    about: 'a fleet elsewhere, https://HOST:PORT; default $AMUX_URL, which --home overrules',
  },
  token: {type: 'string', value: 'T', about: 'the token for that URL; default the one that it holds'},
  ca: {
    type: 'string',
    value: 'FILE',
    completes: 'files',
    about: 'its certificate or CA (PEM), or sha256:FINGERPRINT; default $AMUX_CA',
  },
  json: {type: 'boolean', about: 'print JSON'},
  color: {type: 'boolean', negative: true, about: 'no colour'},
  help: {type: 'boolean', short: 'h', about: 'show help'},
  version: {type: 'boolean', about: 'print the version'},
};

/** Every command; the longest path that matches the words wins. */
export const commands: readonly Command[] = [
  ...sessionCommands,
  ...workspaceCommands,
  ...boardCommands,
  ...scheduleCommands,
  ...mcpCommands,
  ...systemCommands,
];
