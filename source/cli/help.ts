import type {Command, FlagSpec} from './command.ts';
import {flagWord} from './flags.ts';
import {commands, globalFlags} from './registry.ts';

export function overview(): string {
  const shown = commands.filter(command => command.hidden !== true);
  const wide = Math.max(...shown.map(({path}) => path.length));
  const lines = shown.map(({path, summary}) => `  ${path.padEnd(wide)}  ${summary}`);
  return [
    'amux — a terminal cockpit for a fleet of coding agents',
    '',
    'Usage',
    '  amux                      open the cockpit',
    '  amux COMMAND [ARGUMENTS]  the same from a script',
    '',
    'Commands',
    ...lines,
    '',
    'Flags of every command',
    ...flagLines(globalFlags),
    '',
    'A session is named by its name, its id, its row in ps, or an unambiguous prefix.',
    'Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 conflict, 5 no supervisor.',
  ].join('\n');
}

export function commandHelp({path, usage, summary, aliases, flags}: Command): string {
  const lines = [`amux ${path} ${usage}`.trim(), '', `  ${summary}`];
  if (aliases !== undefined) lines.push(`  also: ${aliases.map(alias => `amux ${alias}`).join(', ')}`);
  if (flags !== undefined) lines.push('', 'Flags', ...flagLines(flags));
  lines.push('', 'Flags of every command', ...flagLines(globalFlags));
  return lines.join('\n');
}

function flagLines(flags: Record<string, FlagSpec>): string[] {
  const told = Object.entries(flags).filter(([, {hidden}]) => hidden !== true);
  const rows = told.map(([name, {short, value, negative, about}]): [string, string] => {
    const long = `${flagWord(name, negative)}${value === undefined ? '' : ` ${value}`}`;
    return [short === undefined ? `    ${long}` : `-${short}, ${long}`, about];
  });
  const wide = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, about]) => `  ${left.padEnd(wide)}  ${about}`);
}
