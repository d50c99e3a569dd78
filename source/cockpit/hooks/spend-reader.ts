import type {EventView} from '../../domain/fleet.ts';
import {moodOf} from '../attention.ts';
import {midnight, spendOf} from '../spend.ts';
import type {Source} from './use-fleet.ts';

/** The journal does not tell of tokens. While sessions work, and so long after, they are asked for, in ms. */
const LIVELY_MS = 30_000;
const LIVELY_LOOK_MS = 5000;
/** While histories are read for the first time, in ms. */
const READING_LOOK_MS = 1000;
const MINUTE_MS = 60_000;
/** A minute that is over is asked for so late, in ms. */
const AFTER_MS = 500;

type Options = {
  signal: AbortSignal;
  /** Has the sessions read again. */
  refresh: () => void;
};

/** Keeps what was spent true to the fleet, in the header and on the cards. Asks for nothing while nothing is spent. */
export function spendReader({fleet, store, clock}: Source, {signal, refresh}: Options) {
  let timer: NodeJS.Timeout | undefined;
  let lively = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let busy = false;
  signal.addEventListener('abort', () => clearTimeout(timer));

  const look = async (): Promise<void> => {
    busy = true;
    last = performance.now();
    const since = midnight(clock());
    try {
      const report = await fleet.spend({by: 'agent', since});
      if (!signal.aborted) store.dispatch({type: 'spend', spend: spendOf(report, since)});
    } catch {
      // A fleet that does not answer is told of by whoever reads the sessions; one that cannot say shows nothing.
    } finally {
      busy = false;
    }
    plan();
  };

  const plan = (): void => {
    clearTimeout(timer);
    const wait = waiting();
    if (busy || signal.aborted || wait === null) return;
    // The fleet reads on in the histories of those who work when it is asked for sums: sessions come after.
    timer = setTimeout(() => void look().then(refresh), Math.max(0, last + wait - performance.now()));
  };

  /** From one look to the next, in ms; null: there is nothing to wait for. */
  const waiting = (): number | null => {
    const {sessions, spend} = store.state();
    const now = performance.now();
    if (spend !== null && spend.read !== null) return READING_LOOK_MS;
    if (sessions?.some(session => moodOf(session) === 'working')) lively = now;
    if (now - lively < LIVELY_MS) return LIVELY_LOOK_MS;
    // Minutes in which something was spent move on, until the last one is out of sight.
    const isMoving = sessions?.some(({rate}) => rate?.some(tokens => tokens > 0)) === true;
    return isMoving ? MINUTE_MS - (clock() % MINUTE_MS) + AFTER_MS : null;
  };

  return {
    start: (): void => void look(),
    /** A turn may begin or end with it. */
    told({type}: EventView): void {
      if (type.startsWith('budget.') && store.state().place === 'tokens') {
        store.dispatch({type: 'tokens', step: {do: 'stale'}});
      }
      if (type !== 'session.activity') return;
      lively = performance.now();
      plan();
    },
  };
}
