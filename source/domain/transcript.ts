/** One thing that was said in a conversation. */
export type TranscriptEntry = {
  /** `tool`: what a tool answered. */
  role: 'user' | 'assistant' | 'tool';
  /** What was said; of a call, its input as JSON. */
  text: string;
  /** The tool that is called, or that answers; null: neither. */
  tool: string | null;
  /** Unix seconds; null: not told. */
  at: number | null;
};

/** An entry as an agent wrote it. What it writes again under the same id takes the place of the first. */
export type Said = {
  /** A tool's answer has the id of its call; empty: none. */
  id: string;
  role: TranscriptEntry['role'];
  text: string;
  /** Empty: that of the call with this id. */
  tool: string | null;
};

/** Of a tool's input and output so much is kept, in characters. */
const TOOL_MAX = 4000;
/** Lines of a tool's output in a text. */
const TOOL_LINES = 12;

/** Entries in the order in which they were said first. */
export class Conversation {
  readonly #entries = new Map<string, TranscriptEntry>();
  readonly #calls = new Map<string, string>();

  add(said: readonly Said[], at: number | null): void {
    for (const {id, role, text, tool: named} of said) {
      const tool = named === '' ? (this.#calls.get(id) ?? 'tool') : named;
      if (role === 'assistant' && tool !== null) this.#calls.set(id, tool);
      const key = id === '' ? `${this.#entries.size}` : `${id} ${role} ${tool ?? ''}`;
      const kept = tool === null || text.length <= TOOL_MAX ? text : `${text.slice(0, TOOL_MAX)} …`;
      this.#entries.set(key, {role, text: kept, tool, at: this.#entries.get(key)?.at ?? at});
    }
  }

  last(count: number): TranscriptEntry[] {
    return count === 0 ? [] : [...this.#entries.values()].slice(-count);
  }
}

/** A conversation as lines of text: prompts behind `> `, tools in brackets, what they answered indented. */
export function transcriptLines(entries: readonly TranscriptEntry[]): string[] {
  return entries.flatMap(({role, text, tool}) => {
    const lines = text.trimEnd().split('\n');
    if (role === 'user') return ['', ...lines.map((line, i) => (i === 0 ? `> ${line}` : `  ${line}`))];
    if (role === 'assistant') return tool === null ? ['', ...lines] : [`[${tool}] ${lines.join(' ')}`];
    const more = lines.length - TOOL_LINES;
    return [
      ...lines.slice(0, TOOL_LINES).map(line => `    ${line}`),
      ...(more > 0 ? [`    … ${more} more lines`] : []),
    ];
  });
}
