import {gone, type Tour} from './tour.ts';

/** The prompt bar of a session `ada` that does not run. */
export async function writePrompts(tour: Tour): Promise<void> {
  const bar = /→ ada (now )?❯/;
  for (const key of ['esc', 'ctrl+c']) {
    await tour.press('send', 'space', bar);
    await tour.press('dialog.close', key, gone(bar));
  }
  await tour.write(' one', /→ ada ❯ one/);
  await tour.press('prompt.send', 'enter', /ada: queued/);
  await tour.write(' a', /→ ada ❯ a/);
  await tour.press('prompt.newline', 'alt+enter', /^ {9}b/m, 'b');
  await tour.press('prompt.newline', 'shift+enter', /^ {9}c/m, 'c');
  await tour.press('prompt.newline', 'ctrl+j', /^ {9}d/m, 'd');
  await tour.press('prompt.newline', 'ctrl+o', /^ {9}e/m, 'e');
  await tour.press('prompt.up', 'up', /^ {9}d1/m, '1');
  await tour.press('prompt.up', 'ctrl+p', /^ {9}c2/m, '2');
  await tour.press('prompt.down', 'down', /^ {9}d13/m, '3');
  await tour.press('prompt.down', 'ctrl+n', /^ {9}e4/m, '4');
  await tour.press('prompt.now', 'tab', /→ ada now ❯/);
  await tour.write('\x1b', gone(bar));
  await tour.write(' ', bar);
  await tour.press('prompt.up', 'up', /→ ada ❯ one/);
  await tour.press('prompt.down', 'down', gone(/→ ada ❯ one/));
  await tour.write('\x1b', gone(bar));
}
