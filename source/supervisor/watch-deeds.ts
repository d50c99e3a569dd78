import {isAtBoundary} from '../domain/session.ts';
import {conversationOf} from './comebacks.ts';
import {Interrupter} from './interrupter.ts';
import type {Life} from './life.ts';
import type {Roster} from './roster.ts';
import type {Runner} from './runner.ts';

type Options = {roster: () => Roster; life: () => Life; now: () => number};

/** What rules of the watchdog have done, besides what is decided in the session itself. */
export function watchDeeds({roster, life, now}: Options) {
  return {
    /** Ends its turn, once. */
    async interrupt(runner: Runner): Promise<void> {
      const interrupter = new Interrupter({
        session: () => runner.session,
        agent: () => roster().agentOf(runner.session),
        backend: () => roster().backendOf(runner.session),
        now,
        again: () => {}, // Once is enough: who goes on after that is told of, not fought.
      });
      await interrupter.interrupt({id: 'stuck'});
    },

    /** Its turn boundary is there, for which something was planned. */
    async planned(runner: Runner): Promise<void> {
      await runner.outbox.idle();
      const {planned} = runner.session.watch;
      if (runner.closed || planned === null || !isAtBoundary(runner.session)) return;
      const restarts = planned.do === 'restart';
      const conversation = restarts ? await conversationOf(runner, life()) : undefined;
      await life().stop(runner, false, ACTOR);
      const reason = `${restarts ? 'started again' : 'stopped'} by the watchdog: ${planned.why}`;
      runner.update({reason}, reason, ACTOR);
      if (!restarts) return;
      // Why it does not start stands in the session.
      await life()
        .start(runner, conversation === undefined ? {} : {conversation}, ACTOR)
        .catch(() => {});
    },
  };
}

const ACTOR = 'watchdog';
