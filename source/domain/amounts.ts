/** `500ms`, `30s`, `5m`, `2h`, `1d` or plain seconds, in ms; null when it is none of these. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null) return null;
  const unit = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000}[match[2] ?? 's'] ?? 1000;
  return Number(match[1]) * unit;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `512MB`, `4 GB`, `1.5G`, in bytes, by steps of 1024 as the system counts memory; null when it is no size. */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?) ?([KMGT])(?:i?B)?$/i.exec(text.trim());
  if (match === null) return null;
  const step = 'KMGT'.indexOf(match[2]!.toUpperCase()) + 1;
  return Math.round(Number(match[1]) * 1024 ** step);
}

/** `1.4 GB`, `412 MB`; `coarse`: with two digits that count, `410 MB`. */
export function sizeText(bytes: number, {coarse = false} = {}): string {
  let step = 0;
  let amount = bytes;
  while (amount >= 1000 && step < UNITS.length - 1) {
    amount /= 1024;
    step++;
  }
  const digits = amount < 10 || coarse ? 2 : 3;
  return `${Number((step === 0 ? Math.round(amount) : amount).toPrecision(digits))} ${UNITS[step]}`;
}

/** A time as `20m`, `90s`, `1h30m`: for reasons, in which no second of an hour counts. */
export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const left = minutes % 60;
  return left === 0 ? `${minutes / 60}h` : `${Math.floor(minutes / 60)}h${left}m`;
}
