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

export function fish(): string {
  const next = nextWords();
  const valued = flagsOf({}, {all: true}).filter(takesWord);
  const paths = shown().flatMap(pathsOf);
  const lines = [
    '# amux completion for fish: amux completion fish | source',
    HELPERS.replaceAll('VALUED', valued.map(({long}) => long).join(' ')).replace('PATHS', paths.map(quoted).join(' ')),
    'complete -c amux -f',
    `complete -c amux-cd -f -a ${quoted(argumentOf(offerOf('workspaces')))}`,
    ...flagsOf({}, {all: true}).map(flag => flagLine(flag, '')),
  ];
  for (const [before, words] of next) {
    const condition = `__amux_is ${before}`.trim();
    for (const word of words) {
      const path = `${before} ${word}`.trim();
      const about = shown().find(command => pathsOf(command).includes(path))?.summary ?? '';
      lines.push(`complete -c amux -n ${quoted(condition)} -a ${quoted(word)} -d ${quoted(about)}`);
    }
  }
  for (const command of shown()) for (const path of pathsOf(command)) lines.push(...linesOf(command, path));
  return `${lines.join('\n')}\n`;
}

const HELPERS = `function amux-cd; set -l dir (amux ws cd $argv); and cd -- $dir; end
function __amux_words
  set -l skip 0
  for word in (commandline -opc)[2..]
    if test $skip = 1; set skip 0
    else if contains -- $word VALUED; set skip 1
    else if not string match -q -- '-*' $word; echo $word; end
  end
end
# The flags that say which fleet: names are those of that one.
function __amux_fleet
  set -l flag ''
  for word in (commandline -opc)[2..]
    if test -n "$flag"; printf '%s\\n' $flag (string replace -r '^~/' "$HOME/" -- $word); set flag ''
    else if contains -- $word VALUED; set flag $word
    else if contains -- (string split -m 1 = -- $word)[1] VALUED; echo $word; end
  end
end
function __amux_is; set -l words (__amux_words); test "$words" = "$argv"; end
# Whether a command was typed, and, where a number is given, so many of its arguments.
function __amux_in
  set -l words (__amux_words)
  for count in 3 2 1
    if test (count $words) -ge $count; and contains -- "$words[1..$count]" PATHS
      test "$words[1..$count]" = $argv[1]; or return 1
      set -q argv[2]; or return 0
      test (math (count $words) - $count) -eq $argv[2]
      return
    end
  end
  return 1
end`;

/** fish completes words behind a flag by itself, once it knows of what they are. */
function linesOf(command: Command, path: string): string[] {
  const offers = argumentOffers(command);
  const lines = offers.flatMap((offer, i) => {
    if (offer === null) return [];
    const at = offers.length === 1 ? '' : ` ${i}`;
    const start = `complete -c amux -n ${quoted(`__amux_in '${path}'${at}`)}`;
    return 'paths' in offer ? [`${start} -F`] : [`${start} -a ${quoted(argumentOf(offer))}`];
  });
  return [
    ...lines,
    ...flagsOf(command, {all: false}).map(flag => flagLine(flag, ` -n ${quoted(`__amux_in '${path}'`)}`)),
  ];
}

function flagLine(flag: Flag, condition: string): string {
  const {long, short, about, completes} = flag;
  const line = `complete -c amux${condition} -l ${long.slice(2)}${short === undefined ? '' : ` -s ${short}`}`;
  const offer = completes === undefined ? null : offerOf(completes);
  const value = takesWord(flag) ? (offer !== null && 'paths' in offer ? ' -r -F' : ' -x') : '';
  const words = offer === null || 'paths' in offer ? '' : ` -a ${quoted(argumentOf(offer))}`;
  return `${line}${value}${words} -d ${quoted(about)}`;
}

function argumentOf(offer: Offer): string {
  if ('words' in offer) return offer.words.join(' ');
  return 'prints' in offer ? `(${offer.prints('--json (__amux_fleet)')})` : '';
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
