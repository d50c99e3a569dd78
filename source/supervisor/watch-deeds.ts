import {isAtBoundary} from '../domain/session.ts';
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

    /**
     * Its turn boundary is there, for which something was planned. That its process is being ended for it is written
     * first: so its end is no crash, also for the next supervisor.
     */
    async planned(runner: Runner): Promise<void> {
      await runner.outbox.idle();
      await runner.exclusively(async () => {
        const {watch, run} = runner.session;
        const {planned} = watch;
        if (runner.closed || planned === null || run === null || !isAtBoundary(runner.session)) return;
        await runner.screen.now();
        const what = `its process is ended by the watchdog: ${planned.why}`;
        if (planned.of !== run.id)
          runner.update({watch: {...watch, planned: {...planned, of: run.id}}}, what, 'watchdog');
        await life().end(runner);
      });
    },
  };
}
