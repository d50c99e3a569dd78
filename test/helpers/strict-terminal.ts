/** What the cockpit itself may write: pictures, its own modes, its title, its questions (DEC 2026, the background), and what puts it all back. */
const ALLOWED = [
  /\x1b\[[\d;]*m/, // colours and weights
  /\x1b\[\d*[AEG]/, // up, to the next line, to a column
  /\x1b\[(?:\d+;\d+)?H/, // to a place
  /\x1b\[[02]?[JK]/, // erase
  /\x1b\[\?(?:1049|25|2004|2026|7|1004)[hl]/, // alternate screen, cursor, paste, pictures held together, wrapping, focus
  /\x1b\[\?2026\$p/,
  /\x1b\]11;\?\x1b\\/,
  /\x1b\[2[23];2t/, // its title, kept and given back
  /\x1b\]2;(?:amux(?: ◆\d+)?)?\x1b\\/,
  /\x1b\[\?(?:1000|1002|1003|1006|1)l/, // modes that an attached program may have left
  /\x1b>/,
  /\x1b\[>4;0m/,
  /\x1b\[=0;1u/,
  /[\r\n]/,
];
const SEQUENCE = new RegExp(ALLOWED.map(({source}) => source).join('|'), 'y');
/** Printable text: no control of any kind, nothing that turns the direction of what follows. */
const TEXT = /[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/uy;

/** Everything in these bytes that a terminal should not get, each with what stands around it. */
export function strayOutput(bytes: Uint8Array): string[] {
  // Fatal: a byte that is no UTF-8 may be an 8-bit control for the terminal.
  const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  const stray: string[] = [];
  for (let at = 0; at < text.length; ) {
    TEXT.lastIndex = at;
    SEQUENCE.lastIndex = at;
    const found = TEXT.exec(text) ?? SEQUENCE.exec(text);
    if (found === null) stray.push(JSON.stringify(text.slice(Math.max(0, at - 20), at + 40)));
    at += found?.[0].length ?? 1;
  }
  return stray;
}
