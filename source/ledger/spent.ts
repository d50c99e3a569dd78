import {noTokens, type Tokens} from '../domain/ledger.ts';

/** What a group of messages used, by kind. */
export type Spent = {
  messages: number;
  input: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWriteHour: number;
  output: number;
  reasoning: number;
  /** Micro-USD that the agents report, and the messages of which they do. */
  reported: number;
  reports: number;
  /** Micro-USD by the price of the model, and the messages that have one. */
  estimated: number;
  priced: number;
  /** Micro-USD: what is reported where it is, else what is estimated. */
  cost: number;
};

export const nothingSpent = (): Spent => ({
  messages: 0,
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWriteHour: 0,
  output: 0,
  reasoning: 0,
  reported: 0,
  reports: 0,
  estimated: 0,
  priced: 0,
  cost: 0,
});

/** As it is shown. */
export function tokensOf(all: Iterable<Spent>): Tokens {
  const tokens = noTokens();
  for (const {input, output, cacheRead, cacheWrite, cacheWriteHour} of all) {
    tokens.input += input;
    tokens.output += output;
    tokens.cacheRead += cacheRead;
    tokens.cacheWrite += cacheWrite + cacheWriteHour;
    tokens.total += input + output + cacheRead + cacheWrite + cacheWriteHour;
  }
  return tokens;
}
