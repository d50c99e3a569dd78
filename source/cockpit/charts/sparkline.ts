import Sparkline from 'blessed-contrib/lib/widget/sparkline.js';
import {offScreen} from './off-screen.ts';

/** More than a line of the widest terminal shows. */
const COLS_MAX = 500;
/** Lines remembered, many times what is in sight at once. */
const KEPT_MAX = 1000;
/** The widget's highest bar. It works with 32-bit numbers, so that it gets steps and not tokens. */
const TOP = 7;

let widget: Sparkline | undefined;
const drawn = new Map<string, string>();

/** One block (`▁` to `█`) for each number, the highest for the largest; none of them above zero is as low as zero. */
export function sparkline(numbers: readonly number[]): string {
  const key = numbers.join();
  const known = drawn.get(key);
  if (known !== undefined) return known;
  if (drawn.size >= KEPT_MAX) drawn.clear();
  const line = numbers.length === 0 ? '' : draw(numbers.slice(-COLS_MAX));
  drawn.set(key, line);
  return line;
}

function draw(numbers: readonly number[]): string {
  widget ??= new Sparkline({parent: offScreen(), width: COLS_MAX + 8, height: 8});
  const max = Math.max(...numbers);
  const steps = numbers.map(number => (number > 0 ? Math.max(1, Math.round((number / max) * TOP)) : 0));
  // It draws from the smallest of its numbers up: a zero in front makes that zero.
  widget.setData([''], [[0, ...steps]]);
  const line = widget.getLines().find(text => text.startsWith('▁')) ?? '';
  return line.slice(1);
}
