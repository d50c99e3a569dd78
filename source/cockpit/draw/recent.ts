/** Values by text, of which those that are asked for stay and others go: at most twice as many as `size`. */
export class Recent<V> {
  readonly #size: number;
  #now = new Map<string, V>();
  #before = new Map<string, V>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): V | undefined {
    const value = this.#now.get(key);
    if (value !== undefined) return value;
    const old = this.#before.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.#now.size >= this.#size) {
      this.#before = this.#now;
      this.#now = new Map();
    }
    this.#now.set(key, value);
  }
}
