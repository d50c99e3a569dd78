import {PRICES, type Price, type PriceTable, pricesOf} from '../domain/prices.ts';
import type {PriceSettings} from './prices.ts';

/** The list, with what is configured over it: whole prices, under names of models as they are shown or without a date. */
export function pricesWith(own: PriceSettings): PriceTable {
  const made = Object.entries(own).map(([model, given]): [string, Price[]] => {
    const {input, output, cacheRead = input * 0.1, cacheWrite = input, cacheWriteHour = cacheWrite} = given;
    const context = given.context ?? pricesOf(PRICES, model).at(-1)?.context ?? null;
    return [
      model.toLowerCase(),
      [{input, output, cacheRead, cacheWrite, cacheWriteHour, context, long: null, since: 0}],
    ];
  });
  return {...PRICES, ...Object.fromEntries(made)};
}
