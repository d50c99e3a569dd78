/** A limit further away than this was misread, in ms. */
const FARTHEST_MS = 40 * 86_400_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const UNITS: readonly [RegExp, number][] = [
  [/^(?:ms|millis)/, 1],
  [/^mo/, 30 * DAY_MS],
  [/^w/, 7 * DAY_MS],
  [/^d/, DAY_MS],
  [/^h/, 60 * MINUTE_MS],
  [/^m/, MINUTE_MS],
  [/^s/, 1000],
];

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** How a text of an agent says when its limit ends. `verified`: seen of a real program here; else taken from its code or its documentation. */
export type ResetRule = {
  says: string;
  verified: boolean;
  pattern: RegExp;
  /** ms since the epoch; null: it says none after all. */
  read: (found: Record<string, string | undefined>, now: number) => number | null;
};

/** Times of day stand in the zone that the text names, else in the local one. */
export const resetRules: readonly ResetRule[] = [
  {
    says: 'limit reached|1795225000',
    verified: false,
    pattern: /\|(?<epoch>1\d{9})\b/,
    read: ({epoch}) => Number(epoch) * 1000,
  },
  {
    says: 'resets Nov 25, 3pm (Europe/Berlin); try again at Nov 25th, 2026 3:05 PM; resets Aug 8',
    verified: false,
    pattern:
      /(?:resets?|again|until)(?: (?:at|on))? (?<month>[A-Z][a-z]{2})[a-z]* (?<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?<year>20\d\d))?(?:,? (?:at )?(?<hour>\d{1,2})(?::(?<minute>\d\d))? ?(?<half>[ap]m)?)?(?: \(?(?<zone>[A-Z][\w+/:-]{1,40})\)?)?/i,
    read: dated,
  },
  {
    says: 'resets 3pm (Europe/Berlin); reset at 15:05; Access resets at 3:05 PM GMT+1; try again at 3:05 PM',
    verified: false,
    pattern:
      /(?:resets?|again|until)(?: at)? (?<hour>\d{1,2})(?::(?<minute>\d\d))? ?(?<half>[ap]m)?(?! ?(?:[smhdw]\b|ms\b|sec|min|hour|day|week))(?: \(?(?<zone>[A-Z][\w+/:-]{1,40})\)?)?/i,
    read: ofDay,
  },
  {
    says: 'try again in 5 days 3 hours 12 minutes; retry in 37.5s; resets in 2h 5m; retry after 30 seconds',
    verified: false,
    pattern:
      /(?:again|retry|retrying|resets?|wait)(?: (?:in|after|for))? (?<span>(?:about )?\d+(?:\.\d+)? ?[a-z]+(?:(?:,? and|,)? ?\d+(?:\.\d+)? ?[a-z]+)*)/i,
    read: ({span = ''}, now) => {
      const length = lengthOf(span);
      return length === null ? null : now + length;
    },
  },
];

/** When a limit ends, as its agent says, in ms since the epoch; null: it does not say, or nothing that can be right. */
export function resetOf(text: string, now: number): number | null {
  for (const {pattern, read} of resetRules) {
    const found = pattern.exec(text);
    const at = found === null ? null : read(found.groups ?? {}, now);
    if (at !== null && Number.isFinite(at) && at > now - MINUTE_MS && at < now + FARTHEST_MS) return Math.max(at, now);
  }
  return null;
}

/** `5 days 3 hours`, in ms; null: a part of it has no unit that is known. */
function lengthOf(span: string): number | null {
  let sum = 0;
  for (const [, count, unit] of span.matchAll(/(\d+(?:\.\d+)?) ?([a-z]+)/gi)) {
    const size = UNITS.find(([name]) => name.test(unit!.toLowerCase()))?.[1];
    if (size === undefined) return sum > 0 ? sum : null;
    sum += Number(count) * size;
  }
  return sum > 0 ? sum : null;
}

type Found = Record<string, string | undefined>;

/** The next such time of day. */
function ofDay({hour, minute = '0', half, zone}: Found, now: number): number | null {
  // "try again 3" is no time.
  if (half === undefined && minute === '0') return null;
  const wanted = hourOf(hour!, half);
  if (wanted === null || Number(minute) > 59) return null;
  const here = zoneOf(zone);
  const {year, month, day} = partsOf(now, here);
  const today = momentOf({year, month, day, hour: wanted, minute: Number(minute)}, here);
  return today > now - MINUTE_MS
    ? today
    : momentOf({year, month, day: day + 1, hour: wanted, minute: Number(minute)}, here);
}

function dated({month: name, day, year, hour = '0', minute = '0', half, zone}: Found, now: number): number | null {
  const month = MONTHS.indexOf(name!.toLowerCase()) + 1;
  const wanted = hourOf(hour, half);
  if (month === 0 || wanted === null || Number(minute) > 59) return null;
  const here = zoneOf(zone);
  const at = (y: number): number =>
    momentOf({year: y, month, day: Number(day), hour: wanted, minute: Number(minute)}, here);
  const current = partsOf(now, here).year;
  if (year !== undefined) return at(Number(year));
  return at(current) > now - MINUTE_MS ? at(current) : at(current + 1);
}

function hourOf(hour: string, half: string | undefined): number | null {
  const value = Number(hour);
  if (half === undefined) return value <= 23 ? value : null;
  if (value < 1 || value > 12) return null;
  return (value % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

/** Undefined: the local one. */
function zoneOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const [, sign, hours, minutes = '00'] = /^(?:GMT|UTC)([+-])(\d{1,2})(?::?(\d\d))?$/i.exec(name) ?? [];
  const zone = sign === undefined ? name : `${sign}${hours!.padStart(2, '0')}:${minutes}`;
  try {
    return new Intl.DateTimeFormat('en', {timeZone: zone}).resolvedOptions().timeZone;
  } catch {
    return undefined; // A word behind the time that is no zone.
  }
}

type Moment = {year: number; month: number; day: number; hour: number; minute: number};

/** What a clock in that zone shows. */
function partsOf(at: number, timeZone: string | undefined): Moment {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({type, value}) => [type, Number(value)]));
  const {year = 0, month = 0, day = 0, hour = 0, minute = 0} = parts;
  return {year, month, day, hour, minute};
}

/** When a clock in that zone shows this. */
function momentOf(wanted: Moment, timeZone: string | undefined): number {
  const asUtc = ({year, month, day, hour, minute}: Moment): number => Date.UTC(year, month - 1, day, hour, minute);
  const target = asUtc(wanted);
  let at = target;
  // The offset before and after a change of the clocks may differ.
  for (let i = 0; i < 2; i++) at += target - asUtc(partsOf(at, timeZone));
  return at;
}
