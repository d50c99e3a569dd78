type Options = {type: (bytes: string) => Promise<void>; failed: (error: unknown) => void};

/** Sends what a person types in order: while one piece is under way, the next ones gather. */
export class Typist {
  readonly #options: Options;
  #waiting = '';
  #sending = false;

  constructor(options: Options) {
    this.#options = options;
  }

  type(bytes: string): void {
    this.#waiting += bytes;
    if (!this.#sending) void this.#send();
  }

  /** What could not be sent is dropped: typed later it would be an answer to something else. */
  async #send(): Promise<void> {
    this.#sending = true;
    while (this.#waiting !== '') {
      const bytes = this.#waiting;
      this.#waiting = '';
      try {
        await this.#options.type(bytes);
      } catch (error) {
        this.#waiting = '';
        this.#options.failed(error);
      }
    }
    this.#sending = false;
  }
}
