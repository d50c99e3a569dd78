/** The longest event that is read, in characters. A longer one is left out: nothing that tells a status is as long. */
const EVENT_MAX = 1024 * 1024;

/** What is known of an event that is not complete yet; `tooLong`: it is left out, whatever else comes. */
export type Unfinished = {line: string; data: string[]; length: number; tooLong: boolean};

export const nothingYet: Unfinished = {line: '', data: [], length: 0, tooLong: false};

/** The data of the server-sent events that end in this chunk, and the rest. Names, ids and comments are left out. */
export function readServerSent(before: Unfinished, chunk: string): {events: string[]; rest: Unfinished} {
  const events: string[] = [];
  let {data, length, tooLong} = before;
  const whole = before.line + chunk;
  // The second half of a CR LF may still come.
  const lines = (whole.endsWith('\r') ? whole.slice(0, -1) : whole).split(/\r\n|\r|\n/);
  const open = `${lines.pop()}${whole.endsWith('\r') ? '\r' : ''}`;
  for (const line of lines) {
    if (line === '') {
      if (data.length > 0 && !tooLong) events.push(data.join('\n'));
      data = [];
      length = 0;
      tooLong = false;
      continue;
    }
    if (!line.startsWith('data:') || tooLong) continue;
    data = [...data, line.slice(line.startsWith('data: ') ? 6 : 5)];
    length += line.length;
    if (length > EVENT_MAX) tooLong = true;
  }
  if (length + open.length > EVENT_MAX) tooLong = true;
  if (!tooLong) return {events, rest: {line: open, data, length, tooLong}};
  // A line that never ends is not kept: only its kind is, so that the empty line behind it still ends the event.
  return {
    events,
    rest: {line: open === '' ? '' : `${open[0]}${open.endsWith('\r') ? '\r' : ''}`, data: [], length: 0, tooLong},
  };
}
