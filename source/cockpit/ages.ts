const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Ages below a minute move in these steps, in seconds. */
const YOUNG_STEP = 5;

/** `now`, `15s`, `2m`, `1h`, `3d`: how long ago `since` (unix seconds) was at `now` (ms). */
export function age(since: number | null, now: number): string {
  if (since === null) return '';
  const seconds = Math.max(0, Math.floor(now / 1000 - since));
  if (seconds < YOUNG_STEP) return 'now';
  if (seconds < MINUTE) return `${Math.floor(seconds / YOUNG_STEP) * YOUNG_STEP}s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h`;
  return `${Math.floor(seconds / DAY)}d`;
}

/**
 * When time alone changes a visible text next (ms): every five seconds while something is younger than a
 * minute, else with the clock's minute, so that all older ages move in one frame.
 */
export function nextTick(sinces: readonly (number | null)[], now: number): number {
  const young = sinces.some(since => since !== null && now / 1000 - since < MINUTE + YOUNG_STEP);
  const step = young ? YOUNG_STEP * 1000 : MINUTE * 1000;
  return (Math.floor(now / step) + 1) * step;
}

/** `14:32` in the zone of this machine. */
export function clockText(now: number): string {
  const date = new Date(now);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `05-04`. */
export function dayText(at: number): string {
  const date = new Date(at);
  return `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `14:32:07`. */
export function timeText(now: number): string {
  return `${clockText(now)}:${two(new Date(now).getSeconds())}`;
}

/** `14:32` of today, else `05-04 14:32`. */
/** The same in another zone, which is told beside it: with its day where it is another, with its year likewise. */
export function zonedText(at: number, {timezone, now}: {timezone: string; now: number}): string {
  const [then, today] = [at, now].map(each => zoned(each, timezone));
  const [day, time] = then!.split(' ');
  if (then!.slice(0, 4) !== today!.slice(0, 4)) return then!;
  return today!.startsWith(day!) ? time! : `${day!.slice(5)} ${time}`;
}

/** `2026-11-22 03:00`, as Swedish writes it. */
function zoned(at: number, timeZone: string): string {
  const digits = '2-digit' as const;
  const parts = {year: 'numeric' as const, month: digits, day: digits, hour: digits, minute: digits};
  return new Intl.DateTimeFormat('sv-SE', {...parts, timeZone}).format(at);
}

export function momentText(at: number, now: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return clockText(at);
  return `${dayText(at)} ${clockText(at)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
