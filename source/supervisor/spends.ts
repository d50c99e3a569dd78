import type {Paths} from '../config/paths.ts';
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
    onTrouble: ({path, why}) => {
      if (told.has(`${path} ${why}`)) return;
      told.add(`${path} ${why}`);
      roster().note('notice', `tokens: ${path}: ${why}`);
    },
  });
}

export function spending({roster, spendings}: {roster: Roster; spendings: Spendings}): Spending {
  return {
    async spend(query) {
      for (const {session} of roster.liveOnes) spendings.follow(session);
      return spendings.report(query);
    },

    async spendOf(ref, query) {
      const {session} = roster.find(ref);
      spendings.follow(session);
      return spendings.reportOf(session, query);
    },
  };
}
