/** What servers were asked. Kept small: a count for each route and class of status. */
export class Traffic {
  readonly #answers = new Map<string, {route: string; method: string; status: string; count: number}>();
  /** Clients that stay. */
  streams = 0;
  /** Streams that ended because their client did not read. */
  slow = 0;

  answered(method: string, route: string, status: number): void {
    const about = {method, route, status: `${Math.floor(status / 100)}xx`};
    const key = Object.values(about).join(' ');
    const known = this.#answers.get(key);
    if (known === undefined) this.#answers.set(key, {...about, count: 1});
    else known.count++;
  }

  get answers(): {route: string; method: string; status: string; count: number}[] {
    return [...this.#answers.values()];
  }
}

/** Of all servers of this process, unless they are told otherwise. */
export const processTraffic = new Traffic();
