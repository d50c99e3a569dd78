import {join} from 'node:path';
import {pino} from 'pino';
import type {Log} from '../domain/log.ts';
import {RotatingFile} from './rotating-file.ts';

/** Where a supervisor writes what it does, as JSON lines, below the directory of logs. */
export const LOG_FILE = 'supervisor.log';

/** Secrets have no way into it by design; what people write into a URL or a message may hold one all the same. */
export function openLog({dir, level}: {dir: string; level: string}): {log: Log; close: () => void} {
  const file = new RotatingFile(join(dir, LOG_FILE));
  const options = {
    level,
    base: {pid: process.pid},
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {level: (label: string) => ({level: label})},
  };
  const logger = pino(options, {write: line => file.write(redacted(line))});
  return {log: (at, message, facts = {}) => logger[at](facts, message), close: () => file.close()};
}

/** Without the userinfo of URLs and without what follows `Bearer` and `Basic`. */
export function redacted(text: string): string {
  return text
    .replace(/(\w:\/\/)[^\s/?#"@]*@/g, '$1[redacted]@')
    .replace(/\b(Bearer|Basic)(\s+)[\w.~+/=-]+/gi, '$1$2[redacted]')
    .replace(/([?&](?:access_)?token=)[^&\s"]+/gi, '$1[redacted]');
}
