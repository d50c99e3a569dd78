import {AmuxError} from '../../domain/errors.ts';
import type {Command, Run} from '../command.ts';
import {flagWord} from '../flags.ts';
import {commands, globalFlags} from '../registry.ts';

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

const shown = (): Command[] => commands.filter(command => command.hidden !== true);

const pathsOf = ({path, aliases = []}: Command): string[] => [path, ...aliases];

const flagsOf = ({flags}: Command): string[] =>
  Object.entries({...flags, ...globalFlags}).map(([flag, {negative}]) => flagWord(flag, negative));

/** First words of all commands, then for each first word the second ones, and so on. */
function words(): Map<string, Set<string>> {
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

const LIST = {
  sessions: `amux ps --json 2>/dev/null | sed -n 's/^    "name": "\\(.*\\)",$/\\1/p'`,
  workspaces: `amux ws list --json 2>/dev/null | sed -n 's/^    "id": "\\(.*\\)",$/\\1/p'`,
  schedules: `amux schedule ls --json 2>/dev/null | sed -n 's/^    "name": "\\(.*\\)",$/\\1/p'`,
  agents: `amux agent config list --json 2>/dev/null | sed -n 's/^    "id": "\\(.*\\)",$/\\1/p'`,
};

/** Cases of a POSIX `case` over the words so far. */
function cases(): string {
  const lines: string[] = [];
  for (const command of shown()) {
    for (const path of pathsOf(command)) {
      const values =
        command.completes === 'files'
          ? '$(compgen -f -- "$current")'
          : command.completes === undefined
            ? ''
            : `$(${LIST[command.completes]})`;
      lines.push(`    "${path}"*) candidates="${values} ${flagsOf(command).join(' ')}" ;;`);
    }
  }
  // Longer paths first: "agent config add" before "agent".
  lines.sort((a, b) => b.indexOf('"*)') - a.indexOf('"*)'));
  for (const [before, next] of [...words()].sort((a, b) => b[0].length - a[0].length)) {
    lines.push(`    "${before}") candidates="${[...next].join(' ')}" ;;`);
  }
  return lines.join('\n');
}

function bash(): string {
  return `# amux completion for bash: eval "$(amux completion bash)"
_amux() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word candidates=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases()}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -F _amux amux
# Changes to the directory of a workspace.
amux-cd() { local dir; dir="$(amux ws cd "$@")" && cd -- "$dir"; }
`;
}

function zsh(): string {
  return `#compdef amux
# amux completion for zsh: eval "$(amux completion zsh)"
autoload -Uz bashcompinit && bashcompinit
${bash()}`;
}

function fish(): string {
  const lines = ['# amux completion for fish: amux completion fish | source', 'complete -c amux -f'];
  lines.push('function amux-cd; set -l dir (amux ws cd $argv); and cd -- $dir; end');
  const quoted = (text: string) => `'${text.replaceAll("'", "\\'")}'`;
  for (const [before, next] of words()) {
    const condition = before === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${before}`;
    for (const word of next) {
      const about = shown().find(({path}) => path === `${before} ${word}`.trim())?.summary ?? '';
      lines.push(`complete -c amux -n ${quoted(condition)} -a ${quoted(word)} -d ${quoted(about)}`);
    }
  }
  for (const command of shown()) {
    const [first = ''] = command.path.split(' ').slice(-1);
    const seen = `__fish_seen_subcommand_from ${first}`;
    if (command.completes !== undefined && command.completes !== 'files') {
      lines.push(`complete -c amux -n ${quoted(seen)} -a ${quoted(`(${LIST[command.completes]})`)}`);
    }
    for (const [flag, {about}] of Object.entries(command.flags ?? {})) {
      lines.push(`complete -c amux -n ${quoted(seen)} -l ${flagWord(flag).slice(2)} -d ${quoted(about)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
