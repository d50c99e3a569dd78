import {readPercent} from '../domain/spend-text.ts';
import type {SpendReport} from '../domain/spending.ts';

/** What the fleet spent today. */
export type Spend = {
  /** The day, by its midnight here: unix seconds. */
  since: number;
  tokens: number;
  /** USD; null: no price is known. */
  cost: number | null;
  /** How much of the histories is read, in percent; null: all of them. */
  read: number | null;
};

/** So few bytes are read before anybody could see it: what was written since the last time. */
const SHORT_READING = 8_000_000;

export function spendOf({total, reading}: SpendReport, since: number): Spend {
  const read = reading === null || reading.bytes < SHORT_READING ? null : readPercent(reading);
  return {since, tokens: total.total, cost: total.cost, read};
}

export function sameSpend(a: Spend | null, b: Spend): boolean {
  return a !== null && (Object.keys(b) as (keyof Spend)[]).every(key => a[key] === b[key]);
}

/** The midnight before `now` (ms), in unix seconds. */
export function midnight(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0) / 1000;
}
