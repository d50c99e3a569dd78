import type {Colour, Style} from '../../domain/screen.ts';

/** What the terminal can show. */
export type Colours = 'none' | '16' | '256' | 'true';

/** https://no-color.org: set and not empty. */
export function coloursOf(env: Record<string, string | undefined>): Colours {
  if (env['NO_COLOR']) return 'none';
  const term = env['TERM'] ?? '';
  if (term === 'dumb') return 'none';
  if (/truecolor|24bit/i.test(env['COLORTERM'] ?? '') || /direct|kitty|ghostty|alacritty/.test(term)) return 'true';
  if (term.includes('256') || term.includes('tmux') || env['TERM_PROGRAM'] !== undefined) return '256';
  return term === 'linux' || term === 'ansi' || term === 'vt220' ? '16' : '256';
}

/** The sequence that switches a style on; empty for the plain one. */
export function sgr(style: Style, colours: Colours): string {
  const codes: string[] = [];
  if (style.bold) codes.push('1');
  if (style.dim) codes.push('2');
  if (style.italic) codes.push('3');
  if (style.underline) codes.push('4');
  if (style.inverse) codes.push('7');
  if (style.strike) codes.push('9');
  if (style.fg !== undefined) codes.push(...colourCodes(style.fg, {colours, base: 30}));
  if (style.bg !== undefined) codes.push(...colourCodes(style.bg, {colours, base: 40}));
  return codes.length === 0 ? '' : `\x1b[${codes.join(';')}m`;
}

function colourCodes(colour: Colour, {colours, base}: {colours: Colours; base: 30 | 40}): string[] {
  if (colours === 'none') return [];
  if (typeof colour === 'string' && colours === 'true') {
    return [`${base + 8};2;${rgb(colour).join(';')}`];
  }
  const index = typeof colour === 'number' ? colour : nearest256(rgb(colour));
  if (index < 16 || colours === '16') {
    const basic = index < 16 ? index : nearest16(index);
    return [String(basic < 8 ? base + basic : base + 60 + basic - 8)];
  }
  return [`${base + 8};5;${index}`];
}

function rgb(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

const CUBE = [0, 95, 135, 175, 215, 255];

function nearest256([r, g, b]: readonly [number, number, number]): number {
  const step = (value: number): number => (value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40));
  const [i, j, k] = [step(r), step(g), step(b)];
  const grey = Math.max(0, Math.min(23, Math.round(((r + g + b) / 3 - 8) / 10)));
  const level = 8 + grey * 10;
  const cubeDistance = distance([r, g, b], [CUBE[i]!, CUBE[j]!, CUBE[k]!]);
  return distance([r, g, b], [level, level, level]) < cubeDistance ? 232 + grey : 16 + 36 * i + 6 * j + k;
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}

function nearest16(index: number): number {
  const [r, g, b] =
    index >= 232
      ? Array.from({length: 3}, () => 8 + (index - 232) * 10)
      : [CUBE[Math.floor((index - 16) / 36)]!, CUBE[Math.floor((index - 16) / 6) % 6]!, CUBE[(index - 16) % 6]!];
  const max = Math.max(r!, g!, b!);
  if (max < 60) return 0;
  const bits = (r! > max / 2 ? 1 : 0) | (g! > max / 2 ? 2 : 0) | (b! > max / 2 ? 4 : 0);
  if (bits === 7) return max > 200 ? 15 : max > 120 ? 7 : 8;
  return max > 190 ? bits + 8 : bits;
}
