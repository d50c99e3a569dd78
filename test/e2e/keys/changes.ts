import {gone, type Tour} from './tour.ts';

/** Reading changes and commenting them. The selected session has some, in two files, of which the first has two hunks. */
export async function readChanges(tour: Tour, change: () => void): Promise<void> {
  for (const key of ['esc', 'q', 'ctrl+c']) {
    await tour.press('diff', 'd', /against HEAD/);
    await tour.press('diff.close', key, gone(/against HEAD/));
  }
  await tour.write('d', /against HEAD/);
  change();
  await tour.press('diff.read', 'r', /changed meanwhile/);
  await tour.thereAndBack(['diff.down', 'j'], ['diff.up', 'k']);
  await tour.thereAndBack(['diff.down', 'down'], ['diff.up', 'up']);
  await tour.thereAndBack(['diff.file', 'n'], ['diff.file-before', 'p']);
  await tour.write('n', /▌changed zz\.txt/);
  await tour.press('diff.file-before', 'N', gone(/▌changed zz\.txt/));
  await tour.write('gj', /▌ +@@/);
  await tour.thereAndBack(['diff.hunk', 'tab'], ['diff.hunk-before', 'shift+tab']);
  await tour.thereAndBack(['diff.hunk', ']'], ['diff.hunk-before', '[']);
  await tour.write('g', gone(/▌ +@@/));
  await tour.thereAndBack(['diff.page-down', 'pagedown'], ['diff.page-up', 'pageup']);
  await tour.thereAndBack(['diff.page-down', 'ctrl+d'], ['diff.page-up', 'ctrl+u']);
  await tour.thereAndBack(['diff.page-down', 'space'], ['diff.first', 'home']);
  await tour.thereAndBack(['diff.last', 'G'], ['diff.first', 'g']);
  await tour.thereAndBack(['diff.last', 'end'], ['diff.first', 'home']);
  await tour.thereAndBack(['diff.right', 'l'], ['diff.left', 'h']);
  await tour.thereAndBack(['diff.right', 'right'], ['diff.left', 'left']);

  await tour.press('diff.comment', 'c', /❯.*esc cancel/);
  await tour.write('say why', /say why/);
  await tour.press('comment.keep', 'enter', /S send 1/);
  await tour.write('j', /x remove/);
  await tour.press('diff.drop', 'x', gone(/say why/));
  await tour.press('diff.comment', 'enter', /❯.*esc cancel/);
  await tour.write('once more\r', /S send 1/);
  await tour.write('j', /x remove/);
  await tour.press('diff.drop', 'delete', gone(/once more/));
  await tour.write('cfirst\r', /S send 1/);
  await tour.press('diff.send', 'S', gone(/S send 1/));
  await tour.write('csecond\r', /● second/);
  await tour.press('diff.send', 'ctrl+s', gone(/● second/));
  await tour.write('\x1b', gone(/against HEAD/));
}
