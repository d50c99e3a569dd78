import type {Terminal} from '../../helpers/terminal.ts';
import {gone, Tour} from './tour.ts';

const card = (title: string): RegExp => new RegExp(`▌AMX-\\d+ ${title}`);
const lane = (title: string, count: number): RegExp => new RegExp(`${title} ${count}\\b`);

/** Walking over a board of thirty cards, in every layout. */
export async function walkTheBoard(terminal: Terminal, pressed: Set<string>): Promise<void> {
  const tour = new Tour(terminal, pressed);
  await tour.write('2', card('c01'));
  await tour.press('down', 'j', card('c02'));
  await tour.press('up', 'k', card('c01'));
  await tour.press('last', 'G', card('c30'));
  await tour.press('first', 'g', card('c01'));
  await tour.press('card-page-down', 'pagedown', gone(card('c01')));
  await tour.press('card-page-up', 'pageup', card('c01'));
  await tour.press('card-page-down', 'ctrl+d', gone(card('c01')));
  await tour.press('card-page-up', 'ctrl+u', card('c01'));
  await tour.press('card-right', 'l', lane('DOING', 0));
  await tour.press('card-left', 'h', lane('TODO', 30));
  await tour.press('card-right', 'right', lane('DOING', 0));
  await tour.press('card-left', 'left', lane('TODO', 30));
}

/** What is done with cards, and the dialogs over them. */
export async function workOnTheBoard(tour: Tour): Promise<void> {
  await tour.press('board', '2', /\[2 Board\]/);
  await tour.press('card-new', 'n', /new in todo ❯/);
  await tour.write('one', /new in todo ❯ one/);
  await tour.press('card-title.keep', 'enter', card('one'));
  await tour.write('ntwo\r', card('two'));
  await tour.press('card-up', 'K', /AMX-2 two[\s\S]*AMX-1 one/);
  await tour.press('card-down', 'J', /AMX-1 one[\s\S]*AMX-2 two/);
  await tour.press('card-undo', 'u', /AMX-2 two[\s\S]*AMX-1 one/);
  await tour.press('card-move-right', 'L', lane('DOING', 1));
  await tour.press('card-move-left', 'H', lane('TODO', 2));
  await tour.press('card-mark', 'm', /1 marked/);
  await tour.write('\x1b', gone(/took back/));
  await tour.press('back', 'esc', gone(/1 marked/));
  await tour.press('board-filter', '/', /filter ❯/);
  await tour.write('one\r', gone(/AMX-2/));
  await tour.press('back', 'esc', /AMX-2/);
  await tour.press('card-edit', 'e', card('edited'));

  const details = /┏━ AMX-1 ━/;
  const close = ['esc', 'enter', 'q', 'ctrl+c'];
  for (const key of close) {
    await tour.press('card-details', 'enter', details);
    await tour.press('card.close', key, gone(details));
  }
  await tour.write('\r', details);
  await tour.thereAndBack(['card.down', 'j'], ['card.up', 'k']);
  await tour.thereAndBack(['card.down', 'down'], ['card.up', 'up']);
  await tour.thereAndBack(['card.page-down', 'pagedown'], ['card.page-up', 'pageup']);
  await tour.thereAndBack(['card.page-down', 'ctrl+d'], ['card.page-up', 'ctrl+u']);
  await tour.press('card.page-down', 'space', gone(/line 1 /));
  await tour.write('\x1b', gone(details));

  const claim = /Claim AMX-1 for/;
  for (const key of ['esc', 'q', 'ctrl+c']) {
    await tour.press('card-claim', 'c', claim);
    await tour.press('claim.close', key, gone(claim));
  }
  await tour.write('c', claim);
  await tour.thereAndBack(['claim.down', 'j'], ['claim.up', 'k']);
  await tour.thereAndBack(['claim.down', 'down'], ['claim.up', 'up']);
  await tour.thereAndBack(['claim.down', 'tab'], ['claim.up', 'shift+tab']);
  await tour.press('claim.take', 'enter', /AMX-1 is ada's/);
  await tour.press('card-session', 's', /\[1 Fleet\]/);
  await tour.press('to-card', 'b', /▌AMX-1/);
}
