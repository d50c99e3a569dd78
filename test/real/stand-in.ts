/** One request to a model, as the stand-in saw it. Times are ms since the epoch. */
export type ModelRequest = {
  t: number;
  url: string;
  /** Start of the prompt that the answer is scripted by. */
  prompt?: string;
  /** That was asked for. */
  model?: string;
  /** Tool results after the prompt. */
  step?: number;
  /** The program's own small request (a title, a summary for its screen). */
  side?: boolean;
  compaction?: boolean;
  /** Marks of all messages in what the person said, in order. */
  markers?: string[];
  /** The answer was out, or the program had hung up (`cut`). */
  done?: number;
  cut?: boolean;
  /** Tokens that the whole answer was said to cost. Kinds do not overlap; output is with what was only thought. */
  usage?: Counts;
};

export type Counts = {input: number; output: number; cacheRead: number; cacheWrite: number};

export type StandIn = {
  requests: ModelRequest[];
  /** Defaults for every prompt until the next call. */
  set: (sticky: {slow?: number}) => void;
  close: () => Promise<void>;
};

/** The ports that the launcher's environment names. */
const PORTS = {anthropic: 9921, openai: 9941, gemini: 9951} as const;
export type Provider = keyof typeof PORTS;

/** Starts a stand-in in this process, so that its log is at hand without a question. */
export async function startStandIn(provider: Provider): Promise<StandIn> {
  const file = new URL(`../fixtures/agents/stand-ins/fake-${provider}.mjs`, import.meta.url);
  const {start} = (await import(file.href)) as {start: (options: {port: number}) => Promise<StandIn>};
  return start({port: PORTS[provider]});
}
