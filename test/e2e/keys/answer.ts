import {gone, type Tour} from './tour.ts';

/** The popup over the Events screen, while two sessions ask. */
export async function answerFromAnywhere(tour: Tour): Promise<void> {
  const popup = /^.*┏━ \w+ · claude ━/m;
  await tour.write('\x1b5', /\[5 Events\]/);
  for (const key of ['esc', 'A', 'q', 'ctrl+c']) {
    await tour.press('answer-any', 'A', popup);
    await tour.press('answer.close', key, gone(popup));
  }
  await tour.write('A', popup);
  await tour.thereAndBack(['answer.next', 'tab'], ['answer.previous', 'shift+tab']);
  await tour.thereAndBack(['answer.next', 'j'], ['answer.previous', 'k']);
  await tour.thereAndBack(['answer.next', 'down'], ['answer.previous', 'up']);
  await tour.write('\x1b', gone(popup));
}
