import type {Command} from '../command.ts';
import {
  argumentOffers,
  type Flag,
  flagsOf,
  nextWords,
  type Offer,
  offerOf,
  pathsOf,
  shown,
  takesWord,
} from './completion-offers.ts';

/** A script for bash, which zsh takes as well. */
export function bash(): string {
  const valued = flagsOf({}, {all: true})
    .filter(takesWord)
    .map(({long}) => long);
  return `# amux completion for bash: eval "$(amux completion bash)"
_amux() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" typed="" word="" last="" candidates="" fleet=(--json)
  # bash takes --flag=value for three words. In zsh, "path" would be the PATH.
  if [ "$current" = "=" ]; then current=""
  elif [ "$before" = "=" ] && [ "$COMP_CWORD" -gt 1 ]; then before="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
    case "$last" in ${valued.join('|')})
      [ "$word" = "=" ] && continue
      # Names are those of the fleet that the line speaks of.
      fleet+=("$last" "\${word/#\\~\\//$HOME/}"); last=""; continue ;; esac
    last="$word"
    case "$word" in ${valued.map(flag => `${flag}=*`).join('|')}) fleet+=("$word") ;; -*|=) ;; *) typed="\${typed:+$typed }$word" ;; esac
  done
  case "$before" in
${valueArms(flagsOf({}, {all: true}))}
    *) case "$typed" in
${arms().join('\n')}
    esac ;;
  esac
  # A shell with "set -e" would end where nothing fits.
  COMPREPLY=($(compgen -W "$candidates" -- "$current" || true))
}
complete -F _amux amux
# Changes to the directory of a workspace.
amux-cd() { local dir; dir="$(amux ws cd "$@")" && cd -- "$dir"; }
_amux_cd() { local fleet=(--json); COMPREPLY=($(compgen -W "${textOf(offerOf('workspaces'))}" -- "\${COMP_WORDS[COMP_CWORD]}" || true)); }
complete -F _amux_cd amux-cd
`;
}

/** Cases over the words so far, the longest first: what is known of "board show" comes before what is of "board". */
function arms(): string[] {
  const next = nextWords();
  const known = shown().flatMap(command => pathsOf(command).map(path => ({path, command})));
  const groups = [...next].filter(([path]) => known.every(each => each.path !== path));
  return [
    ...known
      .sort((a, b) => wordsIn(b.path) - wordsIn(a.path))
      .flatMap(({path, command}) => armsOf(command, {path, next: next.get(path) ?? new Set()})),
    ...groups.map(([path, words]) => `    "${path}") candidates="${[...words].join(' ')}" ;;`),
  ];
}

function armsOf(command: Command, {path, next}: {path: string; next: ReadonlySet<string>}): string[] {
  const flags = flagsOf(command, {all: true}).map(({long}) => long);
  const values = valueArms(flagsOf(command, {all: false}));
  const offers = argumentOffers(command);
  const lines: string[] = [];
  for (let count = Math.max(1, offers.length - 1); count >= 0; count--) {
    const offer = offers[Math.min(count, offers.length - 1)] ?? null;
    const more = count === 0 ? [...next] : [];
    const candidates = `candidates="${[textOf(offer), ...more, ...flags].join(' ').trim()}"`;
    const text = values === '' ? candidates : `case "$before" in\n${values}\n    *) ${candidates} ;; esac`;
    lines.push(`    "${path}${count === 0 ? '' : ' '}"${Array(count).fill('*').join('" "')}) ${text} ;;`);
  }
  return lines;
}

const wordsIn = (path: string): number => path.split(' ').length;

/** What stands behind a flag that takes a word: what fits, or nothing, since no other argument does. */
function valueArms(flags: readonly Flag[]): string {
  return flags
    .filter(takesWord)
    .map(({long, short, completes}) => {
      const words = short === undefined ? long : `${long}|-${short}`;
      return `    ${words}) candidates="${textOf(completes === undefined ? null : offerOf(completes))}" ;;`;
    })
    .join('\n');
}

function textOf(offer: Offer | null): string {
  if (offer === null) return '';
  if ('words' in offer) return offer.words.join(' ');
  if ('prints' in offer) return `$(${offer.prints(`"\${fleet[@]}"`)})`;
  return `$(compgen ${offer.paths === 'files' ? '-f' : '-d'} -- "$current")`;
}
