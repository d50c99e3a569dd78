import {gone, type Tour} from './tour.ts';

/** The command palette and the help, over sessions `s01` to `s24` that do not run. */
export async function findCommands(tour: Tour): Promise<void> {
  const palette = /━ Command ━/;
  for (const key of ['esc', 'ctrl+c']) {
    await tour.press('palette', ':', palette);
    await tour.press('palette.close', key, gone(palette));
  }
  await tour.write(':', palette);
  const go = (n: string): RegExp => new RegExp(`^» +s${n}`, 'm');
  await tour.write('go s', go('01'));
  await tour.press('palette.down', 'down', go('02'));
  await tour.press('palette.down', 'ctrl+n', go('03'));
  await tour.press('palette.up', 'up', go('02'));
  await tour.press('palette.up', 'ctrl+p', go('01'));
  await tour.press('palette.page-down', 'pagedown', go('11'));
  await tour.press('palette.page-up', 'pageup', go('01'));
  await tour.write('\x15go 07', go('07'));
  await tour.press('palette.complete', 'tab', /❯ go s07/, ' ');
  await tour.press('palette.run', 'enter', /┏━ s07 /);
  await tour.write('g', /┏━ s01 /);

  const help = /━ Keys ━/;
  await tour.press('help', '?', help);
  await tour.write('zz top', /no key does that/);
  await tour.write('\x1b', gone(help));
}
