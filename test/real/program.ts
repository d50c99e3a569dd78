import type {Provider} from './stand-in.ts';

/** What the script has to know of one program: its own eyes and hands, independent of amux's rules. */
export type Program = {
  name: string;
  /** Package whose version is noted. */
  package: string;
  provider: Provider;
  /** Arguments behind the program: tools that run `tool.py` need no permission, others do. */
  args: string[];
  environment?: Record<string, string>;
  /** Files of a repository, for programs that are configured there. */
  files?: Record<string, string>;
  /** The same below the home of the run. */
  homeFiles?: Record<string, string>;
  sees: {
    /** It works. */
    busy: RegExp;
    /** Its input line. */
    composer: RegExp;
    trust?: RegExp;
    /** Drawn by the process that starts anew after its trust dialog, once it takes input. */
    restarted?: RegExp;
    permission: RegExp;
    /** The same for a tool of an MCP server, where that looks different. */
    tool?: RegExp;
    question?: RegExp;
    menu: RegExp;
    /** Its question after `says.clear`; Enter goes on. */
    clearing?: RegExp;
    error: RegExp;
    /** Where it stops when the context is full; without it, it compacts and goes on by itself. */
    contextFull?: RegExp;
    /** Where it gives up at a 429; without it, it tries again for minutes. */
    limit?: RegExp;
  };
  keys: {
    trust?: string[];
    allow: string[];
    deny: string[];
    answer?: string[];
    interrupt: string[];
    closeMenu: string[];
  };
  /** Another model than it begins with, and what its requests then name. */
  other: {model: string; asks: string};
  /** The user's own settings, below the home of the run. */
  settings: string;
  /** Directives and commands. */
  says: {
    /** Runs `ask.py NAME SECONDS` so that it asks. */
    ask: (name: string, seconds: number) => string;
    /** A command that has to come first. */
    beforeQuestion?: string;
    question?: string;
    /** Calls a tool of an MCP server. */
    tool?: (server: string, tool: string, input: object) => string;
    background?: string;
    /** A sub-agent for which the turn waits. */
    subAgent?: string;
    /** Has a sub-agent do what the prompt says. */
    delegate?: (prompt: string) => string;
    retries: string;
    error: string;
    limit: string;
    /** The same once; without it, it tries again by itself for minutes. */
    limitOnce?: string;
    /** What fills its context to more than 80 %; without it nobody knows how much fits. */
    fills?: string;
    /** Start of the prompt with which it goes on after a context that was full. */
    afterFull?: string;
    menu: string;
    compact: string;
    clear: string;
    exit: string;
  };
  /** A launcher is its first process; the program itself is that one's child. */
  launched?: boolean;
  /** What the program cannot do, with the reason, by case. */
  cannot: Partial<Record<string, string>>;
};
