import {linear} from './colours.ts';

type Light = [number, number, number];
/** A colour (`#rrggbb`) as amounts of red, green and blue light for somebody who sees like that. */
export type Vision = (colour: string) => Light;

/** Machado, Oliveira and Fernandes 2009, severity 1: https://doi.org/10.1109/TVCG.2009.113 */
export const visions = {
  deuteranopia: seenBy([0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]),
  protanopia: seenBy([0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]),
} satisfies Record<string, Vision>;

function seenBy(...rows: [Light, Light, Light]): Vision {
  return colour => {
    const light = linear(colour);
    const clamped = rows.map(row => row.reduce((sum, part, i) => sum + part * light[i]!, 0));
    return clamped.map(value => Math.max(0, Math.min(1, value))) as Light;
  };
}

/** CIE76 in L*a*b*: 2.3 is just noticeable side by side. */
export function distance(a: Light, b: Light): number {
  const [from, to] = [lab(a), lab(b)];
  return Math.hypot(...from.map((value, i) => value - to[i]!));
}

function lab([r, g, b]: Light): [number, number, number] {
  const curve = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
