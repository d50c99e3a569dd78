import {gone, type Tour} from './tour.ts';

const LEAVE = '\x1d';
/** Of tmux: what follows is for itself. */
const PREFIX = '\x02';

/** Typing, attaching, starting and stopping. The selected session is `worker`, which works for long on what it is sent. */
export async function steer(tour: Tour): Promise<void> {
  await tour.press('type', 'i', /TYPING → worker/);
  await tour.write('hello', /> hello/);
  await tour.write(LEAVE, gone(/TYPING/));
  await tour.press('attach', 'enter', gone(/COMMAND/));
  await tour.terminal.settled();
  tour.terminal.press(PREFIX);
  await tour.terminal.settled(); // What comes in one piece is a paste to tmux.
  await tour.write('d', /COMMAND/);

  await tour.write('i', /TYPING/);
  await tour.write('\r', /▶ working/);
  await tour.write(LEAVE, gone(/TYPING/));
  const question = /Stop worker\?/;
  for (const key of ['esc', 'n', 'q', 'ctrl+c']) {
    await tour.press('start-stop', 's', question);
    await tour.press('confirm.no', key, gone(question));
  }
  for (const key of ['enter', 'y']) {
    await tour.write('s', question);
    await tour.press('confirm.yes', key, /■ stopped/);
    await tour.press('restart', 'r', gone(/■ stopped/));
    await tour.terminal.expect(/○ idle/); // It reads keys now.
    await tour.write('i', /TYPING/);
    await tour.write('again\r', /▶ working/);
    await tour.write(LEAVE, gone(/TYPING/));
  }
}

/** The selected session runs a program that has no command for it, which is said. */
export async function compact(tour: Tour): Promise<void> {
  const refused = /worker cannot be compacted/;
  await tour.press('compact', 'C', refused);
  await tour.write('\x1b', gone(refused));
}

/** Another model for the selected session, which has `opus`; another session has `sonnet`. */
export async function switchModel(tour: Tour): Promise<void> {
  const dialog = /━ Another model/;
  await tour.press('model', 'M', dialog);
  await tour.press('model.down', 'down', /^» opus/m);
  await tour.write('\x1b[B', /^» sonnet/m);
  await tour.press('model.up', 'up', /^» opus/m);
  await tour.write('son', /model +son/);
  await tour.press('model.take', 'tab', /model +sonnet/);
  await tour.press('model.give', 'enter', gone(dialog));
  await tour.terminal.expect(/claude sonnet ━┓/);
}
