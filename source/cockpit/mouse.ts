/** What a mouse did at a cell, from 0. `by`: -1 up, 1 down. */
export type MouseEvent = {x: number; y: number} & ({kind: 'press' | 'drag' | 'release'} | {kind: 'wheel'; by: 1 | -1});

/** Buttons and the wheel, moves while a button is held, coordinates as decimals (SGR). Plain motion is never asked for. */
export const MOUSE_ON = '\x1b[?1000h\x1b[?1002h\x1b[?1006h';
export const MOUSE_OFF = '\x1b[?1006l\x1b[?1002l\x1b[?1000l';

const REPORT = /^\x1b\[<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])$/;
/** Without SGR coordinates, which end at 223: such a mouse is not followed, but its reports are no keys. */
const OLD_REPORT = /^\x1b\[M[\s\S]{3}$/;
/** Of the first number: shift, alt and control do not matter; other buttons than the first do nothing. */
const MODIFIERS = 4 | 8 | 16;
const MOTION = 32;
const WHEEL_UP = 64;
const WHEEL_DOWN = 65;

/** Whether a unit of input is a report of the mouse: it is no key, whatever it says. */
export const isMouseReport = (unit: string): boolean => REPORT.test(unit) || OLD_REPORT.test(unit);

/** Null for what means nothing here: other buttons, plain motion, a wheel to the side. */
export function mouseEvent(unit: string): MouseEvent | null {
  const match = REPORT.exec(unit);
  if (match === null) return null;
  const [code, column, row] = match.slice(1, 4).map(Number) as [number, number, number];
  if (column === 0 || row === 0) return null;
  const at = {x: column - 1, y: row - 1};
  const what = code & ~MODIFIERS;
  if (what === WHEEL_UP || what === WHEEL_DOWN) return {kind: 'wheel', by: what === WHEEL_UP ? -1 : 1, ...at};
  if (what === MOTION && match[4] === 'M') return {kind: 'drag', ...at};
  if (what === 0) return {kind: match[4] === 'M' ? 'press' : 'release', ...at};
  return null;
}

/** Switches reports on while they are wanted and the terminal is ours; says nothing twice. */
export function mouseReports({allowed, write}: {allowed: boolean; write: (sequence: string) => void}) {
  let wanted = false;
  let lent = false;
  let on = false;
  const follow = (): void => {
    const next = allowed && wanted && !lent;
    if (next === on) return;
    on = next;
    write(on ? MOUSE_ON : MOUSE_OFF);
  };
  return {
    want(now: boolean): void {
      wanted = now;
      follow();
    },
    lend(now: boolean): void {
      lent = now;
      follow();
    },
  };
}
