import type {Environment} from './theme.ts';

/** Asks the terminal for the colour of its background (xterm, OSC 11). Who does not know it says nothing. */
export const ASK_BACKGROUND = '\x1b]11;?\x1b\\';

const REPORT = /^\x1b\]11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i;

/** From this relative luminance (WCAG 2) on, black stands out more than white. */
const LIGHT_FROM = 0.179;

/** Colours of the sixteen that are light, as `COLORFGBG` (rxvt, Konsole) counts them. */
const LIGHT_COLOURS: ReadonlySet<string> = new Set(['7', '15']);

/** Whether a report of the background tells of a light one; null: it is no such report. */
export function lightBackground(sequence: string): boolean | null {
  const parts = REPORT.exec(sequence)?.slice(1);
  if (parts === undefined) return null;
  const [red, green, blue] = parts.map(hex => linear(Number.parseInt(hex, 16) / (16 ** hex.length - 1)));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue! > LIGHT_FROM;
}

/** What some terminals say of it in the environment, where nothing else is known yet. */
export function hasLightBackground(env: Environment): boolean {
  return LIGHT_COLOURS.has(env['COLORFGBG']?.split(';').at(-1) ?? '');
}

/** From sRGB. */
const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
