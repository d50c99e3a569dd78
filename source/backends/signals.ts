import {constants} from 'node:os';

/** `9`, `KILL` or `SIGKILL` → `SIGKILL`. */
export function signalName(signal: string | number): string {
  const number = Number(signal);
  if (Number.isNaN(number)) return String(signal).startsWith('SIG') ? String(signal) : `SIG${signal}`;
  for (const [name, value] of Object.entries(constants.signals)) if (value === number) return name;
  return `signal ${number}`;
}
