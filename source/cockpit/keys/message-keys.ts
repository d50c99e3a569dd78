import {messageScrolls} from '../event-deeds.ts';
import type {Binding} from './binding.ts';

const PAGE = 10;

const moves: readonly {id: string; keys: readonly string[]; by: number; help: string; footer?: number}[] = [
  {id: 'down', keys: ['j', 'down'], by: 1, help: 'one line down', footer: 2},
  {id: 'up', keys: ['k', 'up'], by: -1, help: 'one line up', footer: 3},
  {id: 'page-down', keys: ['pagedown', 'ctrl+d'], by: PAGE, help: 'half a page down'},
  {id: 'page-up', keys: ['pageup', 'ctrl+u'], by: -PAGE, help: 'half a page up'},
];

/** Moving in a message that is longer than the screen. */
export const messageKeys: readonly Binding[] = moves.map(({id, by, ...rest}) => ({
  id: `message.${id}`,
  where: ['message'],
  label: id.replace('-', ' '),
  when: messageScrolls,
  run: deeds => deeds.scrollMessage(by),
  ...rest,
}));
