import {rmSync, statSync} from 'node:fs';
import type {Server} from '../api/server.ts';
import type {Paths} from '../config/paths.ts';
import {listens} from './autostart.ts';

/** How often it is looked whether the home's socket is still this process's, in ms. */
const LOOK_MS = 500;

/** The home's unix socket, under a name that a successor may take over by renaming its own. */
export class HomeSocket {
  readonly server: Server;
  readonly #path: string;
  readonly #lock: string;
  #inode: bigint | null = null;
  #held: bigint | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** `lock`: the file whose lock this process holds. In a home that was made anew, it is another one. */
  constructor({socket, lock}: Pick<Paths, 'socket' | 'lock'>, server: Server) {
    this.#path = socket;
    this.#lock = lock;
    this.server = server;
  }

  get isOpen(): boolean {
    return this.#inode !== null;
  }

  async open(): Promise<void> {
    await this.server.listenOn(this.#path);
    this.#inode = inodeOf(this.#path);
  }

  /** Listens again when the name is gone, or leads to a successor that died before it took over. */
  guard(): void {
    this.#held = inodeOf(this.#lock);
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  /** Leaves the name to whoever has it. */
  release(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Takes the name away, if it still leads here. */
  remove(): void {
    this.release();
    if (this.#isOurs()) rmSync(this.#path, {force: true});
  }

  async #look(): Promise<void> {
    if (inodeOf(this.#lock) !== this.#held) return this.release();
    if (this.#isOurs() || (await listens(this.#path)) || this.#timer === null) return;
    try {
      await this.server.listenOn(this.#path);
      this.#inode = inodeOf(this.#path);
    } catch {
      // The home is gone, or full: the next look tries again.
    }
  }

  #isOurs(): boolean {
    return this.#inode !== null && inodeOf(this.#path) === this.#inode;
  }
}

function inodeOf(path: string): bigint | null {
  return statSync(path, {bigint: true, throwIfNoEntry: false})?.ino ?? null;
}
