/** What is typed into a program: whole lines, as its terminal collects them, or single keys. */
export type Typed = {
  /** Null: there will be none. */
  line: () => Promise<string | null>;
  /** Null: there will be none, or Ctrl-C. */
  key: () => Promise<string | null>;
};

const LINE_END = /\r\n?|\n/;
const ESCAPE = '\u001b';
const CTRL_C = '\u0003';

export function typedInto(stdin: NodeJS.ReadStream): Typed {
  const chunks = stdin.setEncoding('utf8')[Symbol.asyncIterator]();
  let rest = '';
  /** False at the end. */
  const more = async (): Promise<boolean> => {
    const {value, done} = await chunks.next();
    if (done !== true) rest += value;
    return done !== true;
  };
  return {
    async line() {
      for (;;) {
        const end = LINE_END.exec(rest);
        if (end !== null) {
          const line = rest.slice(0, end.index);
          rest = rest.slice(end.index + end[0].length);
          return line;
        }
        if (!(await more())) return null;
      }
    },

    async key() {
      // Typed before there was anything to answer.
      rest = '';
      if (stdin.isTTY) stdin.setRawMode(true);
      try {
        if (!(await more())) return null;
        // Other keys than Escape begin with it, too.
        const key = rest.startsWith(ESCAPE) ? rest : rest.slice(0, 1);
        rest = rest.slice(key.length);
        return key === CTRL_C ? null : key;
      } finally {
        if (stdin.isTTY) stdin.setRawMode(false);
      }
    },
  };
}
