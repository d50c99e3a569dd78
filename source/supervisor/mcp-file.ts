import {type FSWatcher, statSync, watch} from 'node:fs';
import {basename, dirname} from 'node:path';
import {hashOfMcp, type McpFile, placeOf, readMcp} from '../config/mcp.ts';
import type {McpNow} from '../domain/mcp-run.ts';

/** Who writes a file in pieces is waited for, in ms. */
const SETTLE_MS = 100;

type Seen = {mark: string; file: McpFile; now: McpNow};

/** The fleet's MCP servers as their file has them now: it is read again when it was changed, by whomever. */
export class FleetMcpFile {
  readonly #path: string;
  readonly #onChange: (what: string) => void;
  #seen: Seen | null = null;
  /** What was told last. */
  #told: Seen;
  #timer: NodeJS.Timeout | undefined;
  #watcher: FSWatcher | null = null;

  /** `onChange`: somebody changed it who did not say so (`written`); what is different. */
  constructor(path: string, onChange: (what: string) => void) {
    this.#path = path;
    this.#onChange = onChange;
    this.#told = this.#read();
    try {
      // Its directory: whoever replaces a file leaves a watch of that file behind.
      this.#watcher = watch(dirname(path), {persistent: false}, (_, name) => {
        if (name === basename(path)) this.#lookSoon();
      });
      this.#watcher.on('error', () => this.close()); // It is read all the same when somebody asks.
    } catch {
      // Likewise.
    }
  }

  get current(): McpFile {
    return this.#read().file;
  }

  get now(): McpNow {
    return this.#read().now;
  }

  /** It was changed through this supervisor, which tells that itself. */
  written(): void {
    this.#told = this.#read();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = null;
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), SETTLE_MS).unref();
  }

  #look(): void {
    const before = this.#told;
    this.#told = this.#read();
    const {file, now} = this.#told;
    if (file.etag === before.file.etag) return;
    if (file.broken !== null) this.#onChange(`cannot be read: ${placeOf(file.file, file.broken)}`);
    else this.#onChange(differences(before.now ?? new Map(), now ?? new Map()));
  }

  #read(): Seen {
    const mark = markOf(this.#path);
    if (this.#seen?.mark === mark) return this.#seen;
    const file = readMcp(this.#path);
    const hashes = Object.entries(file.servers).map(([name, entry]) => [name, hashOfMcp(entry)] as const);
    this.#seen = {mark, file, now: file.broken === null ? new Map(hashes) : null};
    return this.#seen;
  }
}

/** Changes whenever the file does. */
function markOf(path: string): string {
  try {
    const {ino, mtimeMs, ctimeMs, size} = statSync(path);
    return `${ino} ${mtimeMs} ${ctimeMs} ${size}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}

/** By name only: there may be secrets in the rest. */
export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string {
  const says = [
    ...[...after.keys()].filter(name => !before.has(name)).map(name => `${name} added`),
    ...[...after]
      .filter(([name, hash]) => before.has(name) && before.get(name) !== hash)
      .map(([name]) => `${name} changed`),
    ...[...before.keys()].filter(name => !after.has(name)).map(name => `${name} removed`),
  ];
  return says.join(', ') || 'nothing but its text';
}
