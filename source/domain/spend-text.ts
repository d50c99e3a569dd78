const NAMES_SHOWN = 8;

/** `1.24M`: three figures that count. */
export function tokenText(count: number): string {
  if (count < 1000) return String(count);
  const units = ['k', 'M', 'G', 'T'];
  let value = count / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)}${units[unit]}`;
}

/** USD; null: no price is known. */
export const costText = (cost: number | null): string =>
  cost === null ? 'no price' : cost > 0 && cost < 0.01 ? '<$0.01' : `$${cost.toFixed(2)}`;

/** Names as they are shown in a line: of many only the first. */
export function fewOf(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return more <= 0 ? names.join(', ') : `${names.slice(0, NAMES_SHOWN).join(', ')} and ${more} more`;
}

/** How much of the histories is read, in whole percent. */
export const readPercent = ({bytes, readBytes}: {bytes: number; readBytes: number}): number =>
  Math.min(100, Math.floor((readBytes / Math.max(1, bytes)) * 100));
