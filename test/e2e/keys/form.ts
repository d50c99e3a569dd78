import {gone, type Tour} from './tour.ts';

/** The dialog for a new session, in a directory that holds `sub-a` and `sub-b`. */
export async function makeSessions(tour: Tour, dir: string): Promise<void> {
  const dialog = /━ New session ━/;
  const on = (title: string): RegExp => new RegExp(`▌ *${title}`);
  await tour.press('new', 'n', dialog);
  await tour.write('kit', /name +kit/);
  await tour.press('form.next', 'enter', on('agent'));
  await tour.press('form.choice-next', 'right', gone(/‹ claude ›/));
  await tour.press('form.choice-previous', 'left', /‹ claude ›/);
  await tour.press('form.choice-next', 'space', gone(/‹ claude ›/));
  await tour.press('form.previous', 'shift+tab', on('name'));
  await tour.press('form.next', 'tab', on('agent'));
  await tour.press('form.previous', 'up', on('name'));
  await tour.press('form.next', 'down', on('agent'));
  await tour.write('\r', on('directory'));
  await tour.write(`\x15${dir}/su`, /sub-a {2}1 of 2/);
  await tour.press('form.other', 'ctrl+n', /sub-b {2}2 of 2/);
  await tour.press('form.other-before', 'ctrl+p', /sub-a {2}1 of 2/);
  await tour.press('form.complete', 'tab', gone(/1 of 2/));
  await tour.write('\x7f', /sub-a {2}1 of 2/);
  await tour.press('form.complete', 'right', gone(/1 of 2/));
  await tour.press('form.create', 'ctrl+s', gone(dialog));
  await tour.terminal.expect(/━ kit ━/);

  await tour.write('n', dialog);
  await tour.write('kat', /name +kat/);
  await tour.write('\x1b[A', on('prompt'));
  await tour.press('form.submit', 'enter', gone(dialog));
  await tour.terminal.expect(/━ kat ━/);

  await tour.press('fork', 'f', /━ Fork k[ai]t ━/);
  await tour.write('\x1b', gone(/━ Fork /));
}
