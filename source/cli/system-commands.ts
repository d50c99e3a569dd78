import type {Command, FlagSpec} from './command.ts';
import {command, env} from './shared-flags.ts';

const profileFlags: Record<string, FlagSpec> = {
  name: {type: 'string', value: 'NAME', about: 'name shown to people'},
  type: {type: 'string', value: 'TYPE', about: 'kind of program: claude, codex, gemini, opencode or generic'},
  command,
  model: {type: 'string', value: 'M', about: 'model it starts with'},
  quiet: {type: 'string', value: 'SECONDS', about: 'quiet time that ends a turn'},
  env,
};

const profiles = () => import('./commands/profiles.ts');
const config = () => import('./commands/config.ts');

/** Commands over the home, the project and amux itself. */
export const systemCommands: readonly Command[] = [
  {
    path: 'agent config add',
    usage: 'ID --command C [--name N] [--type T] [--env K=V]…',
    summary: 'a new agent profile',
    flags: profileFlags,
    args: [1, 1],
    load: async () => (await profiles()).add,
  },
  {
    path: 'agent config update',
    usage: 'ID [--command C] [--name N] [--type T] [--env K=V]…',
    summary: 'change a profile, or override a built-in one',
    flags: profileFlags,
    args: [1, 1],
    completes: 'agents',
    load: async () => (await profiles()).update,
  },
  {
    path: 'agent config remove',
    aliases: ['agent config rm'],
    usage: 'ID',
    summary: 'take a profile out of the project',
    args: [1, 1],
    completes: 'agents',
    load: async () => (await profiles()).remove,
  },
  {
    path: 'agent config list',
    aliases: ['agent config ls'],
    usage: '',
    summary: 'the profiles that count here',
    args: [0, 0],
    load: async () => (await profiles()).list,
  },
  {
    path: 'agent config show',
    usage: 'ID',
    summary: 'one profile, secrets masked',
    args: [1, 1],
    completes: 'agents',
    load: async () => (await profiles()).show,
  },
  {
    path: 'serve',
    usage: '[--port N] [--host ADDRESS] [--detach | --stop] [--no-tls] [--cert F --key F]',
    summary: 'supervise this home without a cockpit',
    flags: {
      port: {type: 'string', value: 'N', about: 'of the API; without it 8822, or one that is free'},
      host: {type: 'string', value: 'ADDRESS', about: 'to listen on; without it 127.0.0.1, this machine alone'},
      tls: {type: 'boolean', negative: true, about: 'plain HTTP'},
      cert: {type: 'string', value: 'F', about: 'a certificate (PEM) instead of the one that amux made'},
      key: {type: 'string', value: 'F', about: 'its key'},
      detach: {type: 'boolean', about: 'in the background; returns once it answers'},
      stop: {type: 'boolean', about: 'end the supervisor; sessions live on'},
      auto: {type: 'boolean', about: 'started by another command'},
    },
    args: [0, 0],
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    path: 'doctor',
    usage: '',
    summary: 'what amux found on this machine',
    args: [0, 0],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    path: 'config show',
    usage: '',
    summary: 'the settings of this home',
    args: [0, 0],
    load: async () => (await config()).show,
  },
  {
    path: 'config edit',
    usage: '',
    summary: 'open them in $EDITOR',
    args: [0, 0],
    load: async () => (await config()).edit,
  },
  {
    path: 'config validate',
    usage: '[FILE]',
    summary: 'check the home’s and the project’s configuration',
    args: [0, 1],
    completes: 'files',
    load: async () => (await config()).validate,
  },
  {
    path: 'completion',
    usage: 'bash|zsh|fish',
    summary: 'completion for a shell, to be evaluated by it',
    args: [1, 1],
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    path: 'pty-host',
    usage: '--socket PATH',
    summary: 'owner of terminals where tmux is not used',
    flags: {socket: {type: 'string', value: 'PATH', about: 'where it listens'}},
    args: [0, 0],
    hidden: true,
    load: async () => (await import('./commands/pty-host.ts')).ptyHost,
  },
  {
    path: 'pty-attach',
    usage: '--socket PATH --terminal ID --detach KEYS',
    summary: 'joins this terminal to one of the pty host',
    flags: {
      socket: {type: 'string', value: 'PATH', about: 'of the host'},
      terminal: {type: 'string', value: 'ID', about: 'which one'},
      detach: {type: 'string', value: 'KEYS', about: 'what leaves it'},
    },
    args: [0, 0],
    hidden: true,
    load: async () => (await import('./commands/attach.ts')).ptyAttach,
  },
  {
    path: 'demo-agent',
    usage: 'ROLE',
    summary: 'one scripted agent of the demo',
    args: [1, 1],
    hidden: true,
    load: async () => (await import('./commands/demo-agent.ts')).demoAgent,
  },
];
