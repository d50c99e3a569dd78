import type {Paths} from '../config/paths.ts';
import {AmuxError} from '../domain/errors.ts';
import {PRICES, type PriceTable} from '../domain/prices.ts';
import type {Spending} from '../domain/spending.ts';
import type {Store} from '../store/store.ts';
import type {Roster} from './roster.ts';
import {Spendings} from './spending.ts';

type Options = {
  paths: Paths;
  store: Store;
  roster: () => Roster;
  now: () => number;
  prices?: PriceTable | undefined;
  env?: Readonly<Record<string, string | undefined>> | null;
};

/** The ledger of a supervisor: trouble with a file is told once a while in the journal. */
export function spendingsOf({paths, store, roster, now, env = null, prices = PRICES}: Options): Spendings {
  const told = new Set<string>();
  return new Spendings({
    file: paths.ledger,
    writes: true,
    prices,
    env,
    now,
    sessions: () => roster().all.map(({session}) => session),
    conversations: () => store.state.conversations,
    onTrouble: ({path, why, skipped}) => {
      if (told.has(`${path} ${why}`)) return;
      told.add(`${path} ${why}`);
      unlessFull(() => roster().note('notice', `tokens: ${path}: ${skipped > 0 ? `${skipped} ` : ''}${why}`));
    },
  });
}

export function spending({roster, spendings}: {roster: Roster; spendings: Spendings}): Spending {
  return {
    async spend(query) {
      await spendings.followAll();
      return spendings.report(query);
    },

    async spendOf(ref, query) {
      const {session} = roster.find(ref);
      await spendings.follow(session);
      return spendings.reportOf(session, query);
    },
  };
}

/** Where the journal cannot be written, its store tells that itself: nobody waits for an answer here. */
export function unlessFull(...acts: (() => void)[]): void {
  for (const act of acts) {
    try {
      act();
    } catch (error) {
      if (!(error instanceof AmuxError) || error.code !== 'store.write') throw error;
    }
  }
}
