import type {Paths} from '../config/paths.ts';
import {AmuxError} from '../domain/errors.ts';
import {PRICES, type PriceTable} from '../domain/prices.ts';
import type {Spending} from '../domain/spending.ts';
import {troubleText} from '../ledger/tally.ts';
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

/** A file of which more and more cannot be read is told of again when it is so many times as much. */
const AGAIN_AT = 10;

/** The ledger of a supervisor: trouble with a file is told in the journal. */
export function spendingsOf({paths, store, roster, now, env = null, prices = PRICES}: Options): Spendings {
  const told = new Map<string, number>();
  return new Spendings({
    file: paths.ledger,
    writes: true,
    prices,
    env,
    now,
    sessions: () => roster().all.map(({session}) => session),
    conversations: () => store.state.conversations,
    onTrouble: trouble => {
      const {path, why, skipped} = trouble;
      const known = told.get(`${path} ${why}`);
      if (known !== undefined && (skipped === 0 || skipped < AGAIN_AT * known)) return;
      told.set(`${path} ${why}`, skipped);
      unlessFull(() => roster().note('notice', `tokens: ${troubleText(trouble)}`));
    },
  });
}

export function spending({roster, spendings}: {roster: Roster; spendings: Spendings}): Spending {
  return {
    async spend(query) {
      // What no session of the fleet has is found by looking everywhere.
      await (query?.all === true ? spendings.readNews() : spendings.followAll());
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
