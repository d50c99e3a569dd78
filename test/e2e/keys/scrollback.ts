import type {Client} from '../../../source/api/client.ts';
import {gone, type Tour} from './tour.ts';

const open = /· scrollback/;

/** Reading what scrolled away. The selected session is `lines`, which printed 300 of them; `$EDITOR` says so and waits. */
export async function readWhatScrolledAway(tour: Tour, fleet: Client): Promise<void> {
  for (const key of ['q', 'ctrl+c']) {
    await tour.press('scrollback', '[', open);
    await tour.press('scroll.close', key, gone(open));
  }
  await tour.press('scrollback', 'alt+pageup', open);
  await tour.press('scroll.back', 'esc', gone(open));
  await tour.write('z', /^╭─ lines/m);
  await tour.press('scrollback.zoomed', 'pageup', open);
  await tour.write('q', gone(open));
  await tour.write('z', /┏━ lines/);

  await tour.write('[', open);
  await tour.press('scroll.zoom', 'z', /^╭─ lines · scrollback/m);
  await tour.write('z', /┏━ lines/);
  await tour.thereAndBack(['scroll.up', 'k'], ['scroll.down', 'j']);
  await tour.thereAndBack(['scroll.up', 'up'], ['scroll.down', 'down']);
  await tour.thereAndBack(['scroll.half-up', 'ctrl+u'], ['scroll.half-down', 'ctrl+d']);
  await tour.thereAndBack(['scroll.page-up', 'pageup'], ['scroll.page-down', 'pagedown']);
  await tour.thereAndBack(['scroll.page-up', 'ctrl+b'], ['scroll.page-down', 'ctrl+f']);
  await tour.thereAndBack(['scroll.page-up', 'pageup'], ['scroll.page-down', 'space']);
  await tour.thereAndBack(['scroll.first', 'g'], ['scroll.last', 'G']);
  await tour.thereAndBack(['scroll.first', 'home'], ['scroll.last', 'end']);
  await tour.thereAndBack(['scroll.right', 'l'], ['scroll.left', 'h']);
  await tour.thereAndBack(['scroll.right', 'right'], ['scroll.left', 'left']);

  for (const key of ['esc', 'ctrl+c']) {
    await tour.press('scroll.search', '/', /^ search ❯/m);
    await tour.press('search.cancel', key, gone(/^ search ❯/m));
  }
  await tour.write('/', /^ search ❯/m);
  await tour.write('row 15', /^ search ❯ row 15/m);
  await tour.press('search.keep', 'enter', gone(/^ search ❯/m));
  await tour.press('scroll.next', 'n', /▌row 158/);
  await tour.press('scroll.previous', 'N', /▌row 159/);
  await tour.press('scroll.select', 'v', /v drop selection/);
  await tour.press('scroll.copy', 'y', /1 line copied/);
  await tour.press('scroll.edit', 'e', /EDITING row 1\b/);
  await tour.write('\r', open);
  await fleet.type('lines', 'something new\r');
  await tour.terminal.expect(/lines? since|changed since/);
  await tour.press('scroll.read', 'r', gone(/ since/));
  await tour.write('q', gone(open));
}

/** Two live screens side by side, and room for the list. */
export async function lookAtScreens(tour: Tour): Promise<void> {
  await tour.press('tiles', 'V', /┏━ \S lines .*╭─ \S other /);
  await tour.write('V', gone(/╭─ \S other .*╮$/m));
  await tour.terminal.settled();
  const [, , row = ''] = tour.terminal.text().split('\n');
  await tour.press('split', '|', gone(new RegExp(row.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))));
  await tour.press('theme', 't', /theme \S+ .*config\.yaml keeps it/);
}
