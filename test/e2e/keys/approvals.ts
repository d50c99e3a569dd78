import {chosen} from './fleet.ts';
import {gone, type Tour} from './tour.ts';

/** Has a session ask: the promise resolves when the cockpit could know. */
export type Ask = (session: string, what: string) => Promise<void>;

const settledOne = gone(/Approvals 1\b/);

/** Answering what two agents ask, by every key that does. */
export async function answer(tour: Tour, {ask, answered}: {ask: Ask; answered: () => string[]}): Promise<void> {
  const {terminal} = tour;
  const settled = async (line: string) => terminal.until(() => answered().includes(line), line);
  await ask('asker', 'f1');
  await tour.press('allow', 'y', settledOne);
  await settled('chose 1 f1');
  await ask('asker', 'f2');
  await tour.press('deny-now', 'N', settledOne);
  await settled('chose 4 f2');

  await ask('chooser', 'n1');
  await tour.press('next', 'tab', chosen('chooser'));
  await tour.press('only-mine', 'w', gone(/─ asker ─/));
  await tour.press('only-mine', 'w', /─ asker ─/);
  await tour.write('3', /\[3 Approvals/);
  await tour.write('1', settledOne);
  await tour.write('1', /\[1 Fleet\]/);

  await tour.press('approvals', '3', /\[3 Approvals/);
  await ask('asker', 'g1');
  await tour.press('allow', 'y', settledOne);
  await ask('asker', 'g2');
  await tour.press('always', 'a', settledOne);
  await settled('chose 2 g2');
  await ask('denied', 'g3');
  await tour.press('deny', 'n', /deny → denied ❯/);
  await tour.write('not so', /not so/);
  await tour.press('reply.send', 'enter', settledOne);

  await ask('asker', 'h1');
  await tour.press('to-session', 'enter', /\[1 Fleet\]/);
  await tour.write('3', /\[3 Approvals/);
  // Less than fits.
  terminal.resize(terminal.cols, 12);
  await terminal.expect(/^ amux[^\n]*\n┏━/);
  await tour.press('scroll-down', 'pagedown', / \d-3 of 3/);
  await tour.press('scroll-up', 'pageup', / 1-\d of 3/);
  await tour.press('scroll-down', 'ctrl+d', / \d-3 of 3/);
  await tour.press('scroll-up', 'ctrl+u', / 1-\d of 3/);
  terminal.resize(terminal.cols, 50);
  await tour.write('y', settledOne);

  for (let n = 1; n <= 9; n++) {
    await ask('chooser', `q${n}`);
    await tour.press(`choose.${n}`, String(n), settledOne);
    await settled(`chose ${n} q${n}`);
  }
  await ask('chooser', 'own');
  await tour.press('answer', 'space', /answer → chooser ❯/);
  await tour.write('\x1b', gone(/answer → chooser/));
}
