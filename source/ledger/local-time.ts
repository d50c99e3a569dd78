import type {Grouping} from '../domain/spending.ts';

const HOUR_S = 3600;
/** All zones differ from UTC by a multiple of it. */
export const QUARTER_S = 900;
/** For what was said without a time. */
const NO_TIME = '(no time)';

/** Whether a local hour or day begins within this hour of UTC, so that it belongs to two of them. `from`: unix seconds. */
export function isAstride(by: Grouping, from: number): boolean {
  if (by !== 'hour' && by !== 'day') return false;
  const begin = new Date(from * 1000);
  return begin.getMinutes() !== 0 && (by === 'hour' || begin.getHours() === 23);
}

/** Local days, hours and minutes of unix seconds, as they are shown. Those that were asked for are kept. */
export class LocalTimes {
  readonly #known = new Map<number, string>();

  day(seconds: number): string {
    return seconds === 0 ? NO_TIME : this.#text(seconds).slice(0, 10);
  }

  /** `2026-10-25T02`; where clocks are set back, the second of that name has its zone behind it: `2026-10-25T02+01:00`. */
  hour(seconds: number): string {
    if (seconds === 0) return NO_TIME;
    const text = this.#text(seconds).slice(0, 13);
    return this.#text(seconds - HOUR_S).startsWith(text) ? `${text}${zoneOf(seconds)}` : text;
  }

  minute(seconds: number): string {
    return seconds === 0 ? NO_TIME : this.#text(seconds);
  }

  #text(seconds: number): string {
    const known = this.#known.get(seconds);
    if (known !== undefined) return known;
    const at = new Date(seconds * 1000);
    const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    const made = `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
    this.#known.set(seconds, made);
    return made;
  }
}

/** When its local day, hour or minute begins, in unix seconds; null: it is of none. `from`: the earliest part of it. */
export function beginOf(by: Grouping, from: number): number | null {
  const at = new Date(from * 1000);
  if (from === 0) return null;
  if (by === 'day') return at.setHours(0, 0, 0, 0) / 1000;
  if (by === 'hour') return from - at.getMinutes() * 60;
  return by === 'minute' ? from : null;
}

function zoneOf(seconds: number): string {
  const minutes = -new Date(seconds * 1000).getTimezoneOffset();
  const ahead = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
