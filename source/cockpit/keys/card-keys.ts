import type {Deeds} from '../deeds.ts';
import type {Binding} from './binding.ts';

/** Keys of what lies over the board. */
export const cardDialogKeys: readonly Binding[] = [
  {
    id: 'card-title.keep',
    keys: ['enter'],
    where: ['card-title'],
    label: state => (state.dialog.kind === 'card-title' && state.dialog.card !== null ? 'keep' : 'create'),
    help: 'make the card, or keep the title',
    footer: 1,
    run: deeds => deeds.keepTitle(),
  },
  {
    id: 'claim.take',
    keys: ['enter'],
    where: ['claim'],
    label: 'claim',
    help: 'claim the card for this session',
    footer: 1,
    run: deeds => deeds.claimForChosen(),
  },
  {
    id: 'claim.down',
    keys: ['j', 'down', 'tab'],
    where: ['claim'],
    label: 'down',
    help: 'one down',
    footer: 2,
    run: deeds => deeds.scrollDialog(1),
  },
  {
    id: 'claim.up',
    keys: ['k', 'up', 'shift+tab'],
    where: ['claim'],
    label: 'up',
    help: 'one up',
    footer: 3,
    run: deeds => deeds.scrollDialog(-1),
  },
  {
    id: 'card.down',
    keys: ['j', 'down'],
    where: ['card'],
    label: 'down',
    help: 'one line down',
    footer: 2,
    run: deeds => deeds.scrollDialog(1),
  },
  {
    id: 'card.up',
    keys: ['k', 'up'],
    where: ['card'],
    label: 'up',
    help: 'one line up',
    footer: 3,
    run: deeds => deeds.scrollDialog(-1),
  },
  {
    id: 'card.page-down',
    keys: ['pagedown', 'ctrl+d', 'space'],
    where: ['card'],
    label: 'page down',
    help: 'half a page down',
    run: deeds => deeds.scrollDialog(PAGE),
  },
  {
    id: 'card.page-up',
    keys: ['pageup', 'ctrl+u'],
    where: ['card'],
    label: 'page up',
    help: 'half a page up',
    run: deeds => deeds.scrollDialog(-PAGE),
  },
  {
    id: 'card.close',
    keys: ['esc', 'enter', 'q', 'ctrl+c'],
    where: ['card'],
    label: 'close',
    help: 'close it',
    footer: 9,
    run: close,
  },
  {
    id: 'claim.close',
    keys: ['esc', 'q', 'ctrl+c'],
    where: ['claim'],
    label: 'cancel',
    help: 'close it without claiming',
    footer: 9,
    run: close,
  },
];

function close(deeds: Deeds): void {
  deeds.dispatch({type: 'dialog', dialog: {kind: 'none'}});
}

const PAGE = 10;
