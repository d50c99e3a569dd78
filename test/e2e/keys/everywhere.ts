import {gone, type Tour} from './tour.ts';

const tabs = [
  ['fleet', '1', 'Fleet'],
  ['board', '2', 'Board'],
  ['approvals', '3', 'Approvals'],
  ['events', '5', 'Events'],
] as const;

/** From each screen to every other, and what reaches everywhere. */
export async function goEverywhere(tour: Tour): Promise<void> {
  await tour.write('5', /\[5 Events\]/);
  for (const [id, key, title] of tabs) await tour.press(id, key, new RegExp(`\\[${key} ${title}\\]`));
  for (const [id, key, title] of tabs) await tour.press(id, `alt+${key}`, new RegExp(`\\[${key} ${title}\\]`));
  await tour.terminal.settled();
  await tour.terminal.damage('NOISE');
  await tour.press('repaint', 'ctrl+l', gone(/NOISE/));

  await tour.write('1', /\[1 Fleet\]/);
  await tour.write('5', /\[5 Events\]/);
  for (const key of ['esc', 'enter', 'q', 'space', 'ctrl+c']) {
    await tour.press('read-event', 'enter', /┏━ (\d\d-\d\d )?\d\d:\d\d:\d\d/);
    await tour.press('message.close', key, gone(/┏━ (\d\d-\d\d )?\d\d:\d\d:\d\d/));
  }
  await tour.press('events-filter', '/', /^ filter ❯/m);
  await tour.write('c30\r', gone(/s24/));
  await tour.write('\x1b', /s24/);
  await tour.press('events-commands', 'x', /external commands/);
  await tour.write('1', /\[1 Fleet\]/);
}

/** A message that is longer than the screen. All sessions are marked, and none of them takes a model. */
export async function readALongMessage(tour: Tour): Promise<void> {
  await tour.write('*', /24 marked/);
  await tour.write('Mopus\r', /refused by 24 of 24/);
  await tour.thereAndBack(['message.down', 'j'], ['message.up', 'k']);
  await tour.thereAndBack(['message.down', 'down'], ['message.up', 'up']);
  await tour.thereAndBack(['message.page-down', 'pagedown'], ['message.page-up', 'pageup']);
  await tour.thereAndBack(['message.page-down', 'ctrl+d'], ['message.page-up', 'ctrl+u']);
  await tour.write('\x1b', gone(/refused by/));
}
