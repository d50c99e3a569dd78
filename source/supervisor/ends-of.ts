import {open} from 'node:fs/promises';

/** So much of the end of a file is read at first, in bytes. */
const FIRST_BYTES = 1024 * 1024;
const GROWTH = 4;

/** `whole`: these are all the lines, or all that are read at most. */
type End = {lines: string[]; whole: boolean};

/** The last lines of a file, then again with more before them, until its beginning or `mostBytes`. Throws what reading throws. */
export async function* endsOf(file: string, mostBytes: number): AsyncGenerator<End> {
  await using handle = await open(file);
  const {size} = await handle.stat();
  for (let wanted = FIRST_BYTES; ; wanted *= GROWTH) {
    const from = Math.max(0, size - Math.min(wanted, mostBytes));
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.subarray(0, bytesRead).toString().split('\n');
    const whole = from === 0 || wanted >= mostBytes;
    // It may begin in the middle of a line.
    yield {lines: from === 0 ? lines : lines.slice(1), whole};
    if (whole) return;
  }
}
