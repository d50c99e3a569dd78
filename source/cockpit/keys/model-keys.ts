import type {Binding} from './binding.ts';

/** Keys of the dialog that gives sessions another model. */
export const modelKeys: readonly Binding[] = [
  {
    id: 'model.give',
    keys: ['enter'],
    where: ['model'],
    label: 'switch',
    help: 'give the sessions this model',
    footer: 1,
    run: deeds => deeds.giveModel(),
  },
  {
    id: 'model.take',
    keys: ['tab'],
    where: ['model'],
    label: 'complete',
    help: 'write the chosen model, or the first one',
    footer: 2,
    run: deeds => deeds.takeModel(),
  },
  {
    id: 'model.down',
    keys: ['down'],
    where: ['model'],
    label: 'choose',
    help: 'one model down',
    footer: 3,
    run: deeds => deeds.chooseModel(1),
  },
  {
    id: 'model.up',
    keys: ['up'],
    where: ['model'],
    label: 'up',
    help: 'one model up',
    run: deeds => deeds.chooseModel(-1),
  },
];
