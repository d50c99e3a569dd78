/** What stands in the footer for a while. */
export type Notice = {
  kind: 'error' | 'info';
  message: string;
  hint: string;
  at: number;
  /** It goes on to tell of what was sent. */
  follows?: 'deliveries';
  /** Why the key that was just pressed does nothing: of no interest to the next one. */
  of?: 'key';
};

/** Most that a key's word stands there, in ms. */
const KEY_SAID_MS = 5000;

/** When it goes by itself, ms since the epoch. */
export const silentAt = (notice: Notice | null): number =>
  notice?.of === 'key' ? notice.at + KEY_SAID_MS : Number.POSITIVE_INFINITY;

type Noticed = {notice: Notice | null};

/** With the time; what is over by then is gone. */
export const silentBy = <S extends Noticed>(state: S, now: number): S =>
  now >= silentAt(state.notice) ? {...state, notice: null} : state;

/** In a terminal of another size what a key said may not hold any more. */
export const withoutKeyWord = <S extends Noticed>(state: S): S =>
  state.notice?.of === 'key' ? {...state, notice: null} : state;
