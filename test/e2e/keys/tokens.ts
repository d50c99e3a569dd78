import {gone, type Tour} from './tour.ts';

/** What was spent, by what and how far back. The fleet's only session is `one`, which spent something. */
export async function lookAtTokens(tour: Tour): Promise<void> {
  await tour.press('tokens', '4', /\[4 Tokens\]/);
  await tour.write('1', /\[1 Fleet\]/);
  await tour.press('tokens', 'alt+4', /\[4 Tokens\]/);
  await tour.terminal.expect(/^▌? ?one +/m);
  await tour.press('tokens.group', 'b', /\[model\]/);
  await tour.press('tokens.group', 'tab', /\[agent\]/);
  await tour.press('tokens.group-back', 'B', /\[model\]/);
  await tour.press('tokens.group-back', 'shift+tab', /\[session\]/);
  await tour.press('tokens.longer', 'l', /\[7d\]/);
  await tour.press('tokens.longer', 'right', /\[30d\]/);
  await tour.press('tokens.shorter', 'h', /\[7d\]/);
  await tour.press('tokens.shorter', 'left', /\[24h\]/);
  await tour.press('tokens.all', 'a', /a this fleet/);
  await tour.write('a', /a whole machine/);
  await tour.press('tokens.budget', 'n', /━ .*[Bb]udget/);
  await tour.write('\x1b', gone(/━ .*[Bb]udget/));
  await tour.press('tokens.show', 'enter', /\[1 Fleet\]/);
}
