import type {Deeds} from '../deeds.ts';
import type {Binding, Where} from './binding.ts';

const lists: readonly Where[] = ['palette', 'help'];
const PAGE = 10;

const close = (deeds: Deeds): void => deeds.dispatch({type: 'dialog', dialog: {kind: 'none'}});

/** Keys of the command palette and of the help: letters go into what is searched for. */
export const paletteKeys: readonly Binding[] = [
  {
    id: 'palette.run',
    keys: ['enter'],
    where: lists,
    label: 'do it',
    help: 'do what the chosen line says',
    footer: 1,
    run: deeds => deeds.runChosen(),
  },
  {
    id: 'palette.complete',
    keys: ['tab'],
    where: ['palette'],
    label: 'complete',
    help: 'write the chosen line, to go on with it',
    footer: 2,
    run: deeds => deeds.complete(),
  },
  {
    id: 'palette.down',
    keys: ['down', 'ctrl+n'],
    where: lists,
    label: 'choose',
    help: 'one line down',
    footer: 3,
    footerKey: () => '<palette.down> <palette.up>',
    run: deeds => deeds.choose(1),
  },
  {
    id: 'palette.up',
    keys: ['up', 'ctrl+p'],
    where: lists,
    label: 'up',
    help: 'one line up',
    run: deeds => deeds.choose(-1),
  },
  {
    id: 'palette.page-down',
    keys: ['pagedown'],
    where: lists,
    label: 'page down',
    help: 'ten lines down',
    run: deeds => deeds.choose(PAGE),
  },
  {
    id: 'palette.page-up',
    keys: ['pageup'],
    where: lists,
    label: 'page up',
    help: 'ten lines up',
    run: deeds => deeds.choose(-PAGE),
  },
  {
    id: 'palette.close',
    keys: ['esc', 'ctrl+c'],
    where: lists,
    label: 'close',
    help: 'close it without doing anything',
    footer: 9,
    run: close,
  },
];
