/** Who waits for something to become true: asked at each change. */
export class Waiters {
  readonly #all = new Set<() => void>();

  /** Something changed. */
  look(): void {
    for (const waiter of [...this.#all]) waiter();
  }

  /** False when the bound passed first. */
  async until(holds: () => boolean, boundMs: number): Promise<boolean> {
    if (holds()) return true;
    return new Promise(resolve => {
      const done = (value: boolean) => {
        clearTimeout(timer);
        this.#all.delete(look);
        resolve(value);
      };
      const look = () => {
        if (holds()) done(true);
      };
      const timer = setTimeout(() => done(false), boundMs);
      this.#all.add(look);
    });
  }
}
