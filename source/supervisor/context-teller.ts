import type {Roster} from './roster.ts';
import type {Spendings} from './spending.ts';

type Options = {roster: Roster; spendings: Spendings; now: () => number};

/** Tells sessions how full their contexts are, as their histories say, whenever that is another number than before. */
export function contextTeller({roster, spendings, now}: Options): () => void {
  return () => {
    for (const runner of roster.liveOnes) {
      const said = spendings.contextOf(runner.session);
      const percent = said?.view.percent ?? null;
      const known = runner.session.watch.context;
      const at = said === null || said.at === 0 ? now() : said.at;
      if (
        percent !== (known?.percent ?? null) ||
        (known !== null && percent !== null && at > known.at && said?.at !== 0)
      )
        runner.observe({source: 'context', at, percent});
    }
  };
}
