import {gone, type Tour} from './tour.ts';

/** The list of what is done at set times: `s1`, `s2` and `s3`, none of which is due. */
export async function lookAtSchedules(tour: Tour): Promise<void> {
  const open = /━ Schedules/;
  await tour.press('schedules', 'S', open);
  for (const key of ['esc', 'q', 'S', 'ctrl+c']) {
    await tour.press('schedules.close', key, gone(open));
    await tour.write('S', open);
  }
  for (const [down, up] of [
    ['j', 'k'],
    ['down', 'up'],
    ['tab', 'shift+tab'],
  ] as const) {
    await tour.press('schedules.down', down, /2 of 3/);
    await tour.press('schedules.up', up, /1 of 3/);
  }
  await tour.press('schedules.pause', 'p', /s1 +paused/);
  await tour.press('schedules.pause', 'space', gone(/s1 +paused/));
  await tour.press('schedules.run', 'r', /its text is queued for worker[\s\S]*\(by cockpit\)/);
  await tour.press('schedules.remove', 'd', /Remove s1\?/);
  await tour.write('n', open);
  await tour.press('schedules.remove', 'delete', /Remove s1\?/);
  await tour.write('y', /1 of 2/);
  await tour.write('\x1b', gone(open));
}
