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
  // What happens meanwhile goes on in the events below.
  const [asks = ''] = popup.exec(tour.seen()) ?? [];
  const first = new RegExp(asks.slice(asks.indexOf('┏')));
  for (const [next, previous] of [
    ['tab', 'shift+tab'],
    ['j', 'k'],
    ['down', 'up'],
  ] as const) {
    await tour.press('answer.next', next, gone(first));
    await tour.press('answer.previous', previous, first);
  }
  await tour.write('\x1b', gone(popup));
}
