import type {FlagSpec} from './command.ts';

export const env: FlagSpec = {
  type: 'string',
  short: 'e',
  multiple: true,
  value: 'K=V',
  about: 'an environment variable; may be repeated',
};
export const command: FlagSpec = {
  type: 'string',
  short: 'c',
  value: 'C',
  about: 'a command line instead of the profile’s',
};
export const trust: FlagSpec = {type: 'boolean', about: 'accept the commands that the project declares for this'};
