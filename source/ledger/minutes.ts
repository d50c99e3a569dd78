const MINUTE_S = 60;
/** So many minutes of a conversation are kept one by one. */
const KEPT = 60;

/** Tokens of the last minutes, by conversation. */
export class Minutes {
  readonly #kept = new Map<number, Map<number, number>>();

  /** `seconds`: when, since the epoch. */
  add({payer, seconds, tokens}: {payer: number; seconds: number; tokens: number}): void {
    const minutes = this.#kept.get(payer) ?? new Map<number, number>();
    this.#kept.set(payer, minutes);
    const minute = Math.floor(seconds / MINUTE_S);
    minutes.set(minute, (minutes.get(minute) ?? 0) + tokens);
    if (minutes.size > KEPT) minutes.delete(Math.min(...minutes.keys()));
  }

  /** By minute since the epoch. */
  of(payer: number): ReadonlyMap<number, number> | undefined {
    return this.#kept.get(payer);
  }
}
