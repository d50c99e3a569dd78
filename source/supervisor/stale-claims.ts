import type {BoardState} from '../domain/board.ts';
import {releaseCard} from '../domain/claims.ts';
import type {Change} from '../domain/events.ts';
import {type StaleClaim, staleClaims} from '../domain/stale-claim.ts';
import {type Firing, firingText, modeOf, type WatchSettings} from '../domain/watch.ts';
import type {Store} from '../store/store.ts';
import type {Roster} from './roster.ts';
import type {WatchFiles} from './watch-settings.ts';

const ACTOR = 'watchdog';

type Options = {board: BoardState; roster: Roster; store: Store; watching: WatchFiles; now: () => number};

/** Tells of cards whose holders left them, once each, and puts them back into `todo` where that is wanted. */
export function lookAtClaims({board, roster, store, watching, now}: Options): void {
  const at = now();
  const sessionOf = (id: string) => roster.runners.get(id)?.session ?? null;
  for (const stale of staleClaims(board, {sessionOf, now: at})) {
    const holder = sessionOf(stale.claim.holder.id);
    const settings = watching.of(holder);
    const mode = holder === null ? settings.modes['stale-claim'] : modeOf('stale-claim', holder, settings);
    if (mode !== 'off') tell(stale, {settings, dryRun: mode === 'report'});
  }

  function tell(
    {card, claim, reason}: StaleClaim,
    {settings, dryRun}: {settings: WatchSettings; dryRun: boolean},
  ): void {
    const resets = settings['stale-claim'].reset;
    const firing: Firing = {rule: 'stale-claim', at, verdict: resets ? 'reset' : 'mark', reason, dryRun};
    const marked: Change[] = [{kind: 'put', table: 'cards', record: {...card, claim: {...claim, staleAt: at}}}];
    const isBack = resets && !dryRun;
    // The card first: a supervisor that ends in between finds nothing left to do.
    if (isBack) {
      const {entry} = releaseCard(board, {id: card.id, session: null, reason: `stale: ${reason}`, actor: ACTOR}, at);
      store.keep({...entry!, actor: ACTOR, at});
    }
    const changes = isBack ? [] : marked;
    const runner = roster.runners.get(claim.holder.id);
    if (runner !== undefined) runner.fire(firing, changes);
    else {
      const {holder} = claim;
      roster.keep({type: 'watchdog.fired', actor: ACTOR, session: holder, reason: firingText(firing), changes});
    }
  }
}
