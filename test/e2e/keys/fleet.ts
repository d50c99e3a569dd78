import type {Terminal} from '../../helpers/terminal.ts';
import {gone, Tour} from './tour.ts';

/** The card or the line of the selected session. */
export const chosen = (name: string): RegExp => new RegExp(`(┏━|▌\\S) ${name}\\b`);

/** Walking through two dozen sessions, and every way of looking at them. */
export async function walkTheFleet(terminal: Terminal, pressed: Set<string>): Promise<void> {
  const tour = new Tour(terminal, pressed);
  const {cols} = terminal;
  await terminal.expect(chosen('s01'));
  const columns = cols >= 200 ? 2 : 1;
  const below = name(1 + columns);
  await tour.press('down', 'j', chosen(below));
  await tour.press('up', 'k', chosen('s01'));
  await tour.press('down', 'down', chosen(below));
  await tour.press('up', 'up', chosen('s01'));
  await tour.press('last', 'G', chosen('s24'));
  await tour.press('first', 'g', chosen('s01'));
  await tour.press('last', 'end', chosen('s24'));
  await tour.press('first', 'home', chosen('s01'));
  await tour.press('page-down', 'pagedown', gone(chosen('s01')));
  await tour.press('page-up', 'pageup', chosen('s01'));
  await tour.press('page-down', 'ctrl+d', gone(chosen('s01')));
  await tour.press('page-up', 'ctrl+u', chosen('s01'));

  await tour.press('zoom', 'z', /^╭─ s01 · /m);
  await tour.press('back', 'esc', chosen('s01'));
  if (cols >= 80) {
    const across = cols >= 200 ? 5 : cols >= 120 ? 3 : 2;
    await tour.press('grid', 'v', new RegExp(`^┏━ s01 .*╭─ ${name(across)} ─+ generic ─╮$`, 'm'));
    await tour.press('right', 'l', chosen('s02'));
    await tour.press('left', 'h', chosen('s01'));
    await tour.press('right', 'right', chosen('s02'));
    await tour.press('left', 'left', chosen('s01'));
    await tour.press('down', 'j', chosen(name(1 + across)));
    await tour.press('first', 'g', chosen('s01'));
    await tour.press('grid', 'v', /╭─ s01 · /);
  }
  await tour.press('filter', '/', /^ filter/m);
  await tour.write('s17', chosen('s17'));
  await tour.press('filter.keep', 'enter', gone(/^ filter/m));
  await tour.press('back', 'esc', /s16|s18/);
  await tour.write('g', chosen('s01'));
  await tour.press('mark', 'm', cols < 50 ? /● s01/ : /1 marked/);
}

const name = (n: number): string => `s${String(n).padStart(2, '0')}`;
