const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment as a person reads it, in local time: `15:04`, with its day when that is not within the next 20 hours. */
export function clock(at: number, now = at): string {
  const day = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(day.getHours())}:${two(day.getMinutes())}`;
  if (Math.abs(at - now) < (DAY_MS * 20) / 24) return time;
  return `${MONTHS[day.getMonth()]} ${day.getDate()} ${time}`;
}
