import {z} from 'zod';

const MODELS_MAX = 500;
const usd = z.number().min(0).max(1_000_000);

/** What models cost where that is another price than the list's, or the list has none. */
export const pricesSchema = z
  .record(
    z.string().min(1).max(200),
    z.strictObject({
      input: usd.describe('USD per million tokens'),
      output: usd.describe('USD per million tokens'),
      cacheRead: usd.optional().describe('USD per million tokens; default 0.1 of input'),
      cacheWrite: usd.optional().describe('USD per million tokens; default that of input'),
      cacheWriteHour: usd.optional().describe('USD per million tokens, for one hour; default cacheWrite'),
      context: z.int().min(1).max(1_000_000_000).optional().describe('Tokens that fit into its context'),
    }),
  )
  .refine(prices => Object.keys(prices).length <= MODELS_MAX, {message: `at most ${MODELS_MAX} models`})
  .default({});

export type PriceSettings = z.output<typeof pricesSchema>;
