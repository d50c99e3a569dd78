import type {Colour, Style} from '../../source/domain/screen.ts';
import {parseSgrScreen} from '../../source/terminal/sgr.ts';

/** The first sixteen as xterm has them; terminals differ. */
const SIXTEEN = [
  ...['#000000', '#cd0000', '#00cd00', '#cdcd00', '#0000ee', '#cd00cd', '#00cdcd', '#e5e5e5'],
  ...['#7f7f7f', '#ff0000', '#00ff00', '#ffff00', '#5c5cff', '#ff00ff', '#00ffff', '#ffffff'],
];

/** The colour of a painted text as `#rrggbb`; null: the terminal's own. */
export const colourOf = (painted: string): string | null => hex(styleOf(painted).fg);
export const colourBehind = (painted: string): string | null => hex(styleOf(painted).bg);

const styleOf = (painted: string): Style => parseSgrScreen(painted)[0]![0]!.style;

function hex(colour: Colour | undefined): string | null {
  if (colour === undefined || typeof colour === 'string') return colour ?? null;
  if (colour < 16) return SIXTEEN[colour]!;
  const parts =
    colour >= 232
      ? [colour, colour, colour].map(index => 8 + (index - 232) * 10)
      : [36, 6, 1].map(step => [0, 95, 135, 175, 215, 255][Math.floor((colour - 16) / step) % 6]!);
  return `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`;
}

/** WCAG 2.2: from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = linear(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Red, green and blue as amounts of light, 0 to 1. */
export function linear(colour: string): [number, number, number] {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}
