import {gone, type Tour} from './tour.ts';

/** Marks, tags and groups of `ada` and `bob`, tagged `shop`, and `eve`, who has no tag. None of them runs. */
export async function markAndGroup(tour: Tour): Promise<void> {
  await tour.press('mark', 'm', /1 marked/);
  await tour.press('mark-down', 'shift+down', /2 marked/);
  await tour.press('mark-down', 'J', /3 marked/);
  await tour.press('mark-all', '*', gone(/marked/));
  await tour.press('mark-up', 'shift+up', /2 marked/);
  await tour.press('mark-up', 'K', /3 marked/);
  await tour.press('tag', '#', /tags of 3 marked ❯/);
  await tour.write('+all', /❯ \+all/);
  await tour.press('tag.keep', 'enter', /\+all for 3 sessions/);
  await tour.write('\x1b', gone(/\+all for/)); // The notice goes, then the marks.
  await tour.press('back', 'esc', gone(/marked/));

  await tour.press('group', 'o', /▾ #shop ─/);
  await tour.press('fold', '-', /▸ #shop ─/);
  await tour.press('fold-here', 'enter', /▾ #shop ─/);
  await tour.write('o', gone(/#shop/));
}
