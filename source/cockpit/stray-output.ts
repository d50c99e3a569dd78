/** Lines kept for after the cockpit. */
const KEPT = 200;

/**
 * Warnings and logs would land in the middle of the picture: they are told to `onLine` instead, and
 * written to stderr once the returned function ends it.
 */
export function catchStrayOutput(onLine: (line: string) => void): () => void {
  const kept: string[] = [];
  const take = (text: string): void => {
    const line = text.trimEnd();
    if (line === '') return;
    kept.push(line);
    if (kept.length > KEPT) kept.shift();
    onLine(line.split('\n')[0]!);
  };
  const {stderr} = process;
  const write = stderr.write;
  const consoles = {log: console.log, info: console.info, debug: console.debug};
  if (stderr.isTTY) {
    stderr.write = ((chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      const done = rest.at(-1);
      if (typeof done === 'function') queueMicrotask(() => done());
      return true;
    }) as typeof stderr.write;
  }
  const say = (...values: unknown[]): void => take(values.map(String).join(' '));
  Object.assign(console, {log: say, info: say, debug: say});
  let over = false;
  return () => {
    if (over) return;
    over = true;
    stderr.write = write;
    Object.assign(console, consoles);
    if (kept.length > 0) stderr.write(`${kept.join('\n')}\n`);
  };
}
