// What the scanner says of a line, as 32-bit numbers. Read by the compiler of TypeScript and by that of AssemblyScript.

export const RECORD_FIELDS = 28;

/** Where the line stands: its first byte, and the one behind its last. */
export const LINE_FROM = 0;
export const LINE_TO = 1;
/** One of the kinds below. */
export const KIND = 2;
/** 1: of a sub-agent. */
export const IS_SIDE = 3;

/** Texts: the first byte, then the one behind the last; both 0: it is not there. */
export const ID = 4;
export const REQUEST = 6;
export const UUID = 8;
export const SESSION = 10;
export const REQUEST_SESSION = 12;
export const MODEL = 14;
export const TIME = 16;

/** Tokens. */
export const INPUT = 18;
export const CACHE_READ = 19;
export const CACHE_CREATED = 20;
export const CACHE_HOUR = 21;
export const OUTPUT = 22;
export const REASONING = 23;

/** Tokens: written to a cache for five minutes. What is written for both times stands in `CACHE_CREATED` as well. */
export const CACHE_MINUTES = 26;

/** A text: the time of the last line of the message, which may not be the one that is told. */
export const LAST_TIME = 24;

export const OTHER = 0;
export const USAGE = 1;
/** Of the system, and it names a compaction. */
export const COMPACTED = 2;
export const DAMAGED = 3;
